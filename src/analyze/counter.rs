//! Operations and their cost, without values and errors.

use super::{Analyzer, CostTable};
use crate::{
    circuit::{
        CircuitError, Scheme,
        shadow::{self, Disturbance, Key, Prepared, Shadowed, Slots, TransformErrors},
    },
    quantity::Level,
};
use num_complex::Complex64;

/// The interpreter that only counts: the same operations at the same levels as the [`Analyzer`], on any number of slots in
/// the same time.
///
/// ```
/// use equiripple::{analyze::{CostTable, Counter}, circuit::{Evaluator, SchemeLiteral}, quantity::{Level, LogN}};
/// # use equiripple::{circuit::shadow::Operation, ckks::{Parameters, params::sets}};
/// let parameters = Parameters::new(sets::named("toy").ok_or("no set")?.literal())?;
/// let counter = Counter::counting(parameters.scheme().clone(), CostTable::shipped()?);
/// let x = counter.ciphertext(1 << 10, Level::new(5)?)?;
/// counter.rotate(&x, 3)?;
/// assert_eq!(counter.cost().count(Operation::Rotate), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Counter = Analyzer<Blank>;

impl Counter {
    /// Counts from nothing; costs are by `table`.
    #[must_use]
    pub fn counting(scheme: Scheme, table: CostTable) -> Self {
        Self::empty(scheme, table)
    }

    /// A ciphertext of `slots` slots at the canonical scale of `level`; its encryption is not counted.
    ///
    /// # Errors
    /// When there is no such level, or `slots` is no power of two up to N/2.
    pub fn ciphertext(&self, slots: usize, level: Level) -> Result<Shadowed<Blank>, CircuitError> {
        shadow::encrypt(self, Blank, slots, level, Key::Public, 0)
    }
}

/// Slots of which nothing is known; where a number is asked for they are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank;

const ZERO: [Complex64; 1] = [Complex64::ZERO];

impl Slots for Blank {
    fn values(&self) -> &[Complex64] {
        &ZERO
    }

    fn sum(&self, _: &Self) -> Self {
        Self
    }

    fn difference(&self, _: &Self) -> Self {
        Self
    }

    fn product(&self, _: &Self) -> Self {
        Self
    }

    fn shifted(&self, _: f64) -> Self {
        Self
    }

    fn scaled(&self, _: f64) -> Self {
        Self
    }

    fn plus(&self, _: &[Complex64], _: &Disturbance) -> Self {
        Self
    }

    fn times(&self, _: &[Complex64], _: &Disturbance) -> Self {
        Self
    }

    fn plus_exact(&self, _: &[Complex64]) -> Self {
        Self
    }

    fn times_i(&self) -> Self {
        Self
    }

    fn rotated(&self, _: usize, _: usize) -> Self {
        Self
    }

    fn with_slots(&self, _: usize) -> Self {
        Self
    }

    fn conjugated(&self) -> Self {
        Self
    }

    fn disturbed(self, _: &Disturbance) -> Self {
        Self
    }

    fn transformed(&self, _: &Prepared, _: &TransformErrors) -> Self {
        Self
    }
}
