//! What the analyzer says that an operation takes.

use crate::{
    analyze::{Analyzer, Ciphertext, CostTable},
    circuit::{CircuitError, Scheme},
    cli::error::Outcome,
    quantity::Level,
};
use num_complex::Complex64;

/// Milliseconds of a circuit on a ciphertext at a level, after preparations that do not count, on one thread of the machine
/// of the shipped table.
pub(super) fn milliseconds<P, T>(
    scheme: &Scheme,
    level: Level,
    prepare: impl FnOnce(&Analyzer) -> Result<P, CircuitError>,
    run: impl FnOnce(&Analyzer, &Ciphertext, &P) -> Result<T, CircuitError>,
) -> Outcome<f64> {
    let analyzer = Analyzer::new(scheme.clone(), CostTable::shipped()?);
    let value = [Complex64::new(0.5, 0.0)];
    let x = analyzer.encrypt(&value, scheme.log_n().max_slots(), level, 0)?;
    let prepared = prepare(&analyzer)?;
    let before = analyzer.cost().seconds;
    run(&analyzer, &x, &prepared)?;
    Ok((analyzer.cost().seconds - before) * 1e3)
}
