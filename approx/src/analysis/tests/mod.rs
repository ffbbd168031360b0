//! Against Monte Carlo, closed forms, and the figures that the design of this crate rests on.

mod figures;
mod histograms;
mod monte_carlo;
mod outside;
mod random;
mod ring;
mod statistics;

use rug::Float;

use crate::poly::{Chebyshev, Parity};

/// A series on `[−1, 1]` with f64 coefficients.
fn series(parity: Parity, c: &[f64]) -> Chebyshev {
    Chebyshev::on_unit(parity, c.iter().map(|c| Float::with_val(53, *c)).collect())
}

/// T_n in its own parity.
fn chebyshev(n: usize) -> Chebyshev {
    let mut c = vec![0.0; n / 2 + 1];
    c[n / 2] = 1.0;
    series(
        if n.is_multiple_of(2) {
            Parity::Even
        } else {
            Parity::Odd
        },
        &c,
    )
}

/// Whether two numbers agree to a relative `tolerance`.
fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}
