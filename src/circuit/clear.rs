//! Circuits in the clear: what ciphertexts would hold without any error.

use super::CircuitError;
use equiripple_approx::{
    ApproxError,
    evaltree::{Arithmetic, Dag},
};
use num_complex::Complex64;

/// The circuit on slots of f64; all inputs have as many.
///
/// # Errors
/// When the inputs are of a wrong number.
pub fn evaluate(
    circuit: &Dag<f64>,
    inputs: &[Vec<Complex64>],
) -> Result<Vec<Complex64>, CircuitError> {
    Ok(circuit.evaluate(&mut Clear, inputs)?)
}

struct Clear;

type Slots = Vec<Complex64>;

fn zip(a: &Slots, b: &Slots, f: impl Fn(Complex64, Complex64) -> Complex64) -> Slots {
    a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect()
}

impl Arithmetic<f64> for Clear {
    type Value = Slots;
    type Error = ApproxError;

    fn add(&mut self, a: &Slots, b: &Slots) -> Result<Slots, ApproxError> {
        Ok(zip(a, b, |x, y| x + y))
    }

    fn sub(&mut self, a: &Slots, b: &Slots) -> Result<Slots, ApproxError> {
        Ok(zip(a, b, |x, y| x - y))
    }

    fn mul(&mut self, a: &Slots, b: &Slots) -> Result<Slots, ApproxError> {
        Ok(zip(a, b, |x, y| x * y))
    }

    fn mul_scalar(&mut self, a: &Slots, c: &f64) -> Result<Slots, ApproxError> {
        Ok(a.iter().map(|x| x * c).collect())
    }

    fn add_scalar(&mut self, a: &Slots, c: &f64) -> Result<Slots, ApproxError> {
        Ok(a.iter().map(|x| x + c).collect())
    }
}
