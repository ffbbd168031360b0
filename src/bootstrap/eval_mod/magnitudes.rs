//! How much the constants of a circuit weigh in its result.

use equiripple_approx::{
    ApproxError,
    evaltree::{Arithmetic, Dag},
};
use rug::Float;

/// A bound of Σ |c·∂p/∂c| over the constants c of a polynomial's circuit, for powers of size at most `power`: so much does
/// the result change, to first order, where every constant changes by a part of its own.
pub(super) fn constants(polynomial: &Dag<Float>, power: f64) -> Result<f64, ApproxError> {
    let mut magnitudes = Magnitudes { power };
    Ok(polynomial
        .evaluate(&mut magnitudes, &[None])?
        .unwrap_or(0.0))
}

struct Magnitudes {
    power: f64,
}

impl Magnitudes {
    /// Of a sum of powers a power, as the recurrences have it.
    fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
        match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (one, None) | (None, one) => one,
        }
    }
}

/// A power, whose constants are exact, or what the constants of a sum weigh.
impl Arithmetic<Float> for Magnitudes {
    type Value = Option<f64>;
    type Error = ApproxError;

    fn add(&mut self, a: &Option<f64>, b: &Option<f64>) -> Result<Option<f64>, ApproxError> {
        Ok(Self::sum(*a, *b))
    }

    fn sub(&mut self, a: &Option<f64>, b: &Option<f64>) -> Result<Option<f64>, ApproxError> {
        Ok(Self::sum(*a, *b))
    }

    fn mul(&mut self, a: &Option<f64>, b: &Option<f64>) -> Result<Option<f64>, ApproxError> {
        Ok(match (a, b) {
            (None, None) => None,
            (Some(sum), None) | (None, Some(sum)) => Some(sum * self.power),
            // Circuits of one polynomial multiply sums by powers alone.
            (Some(_), Some(_)) => Some(f64::INFINITY),
        })
    }

    fn mul_scalar(&mut self, a: &Option<f64>, c: &Float) -> Result<Option<f64>, ApproxError> {
        Ok(match a {
            None => Some(c.to_f64().abs() * self.power),
            Some(_) => Some(f64::INFINITY),
        })
    }

    fn add_scalar(&mut self, a: &Option<f64>, c: &Float) -> Result<Option<f64>, ApproxError> {
        Ok(a.map(|sum| sum + c.to_f64().abs()))
    }
}
