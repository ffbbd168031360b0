//! What is left of the error of each part in the message.

use super::{circuit::Parts, cosine::Cosine, domain::Intervals, sine::Inverse};
use equiripple_approx::ApproxError;
use std::f64::consts::TAU;

/// Widens a bound by more than all roundings of this file.
const UP: f64 = 1.0 + 1e-12;
/// Unit roundoff of doubles.
const UNIT: f64 = f64::EPSILON / 2.0;
/// A lower bound of cos 2πδ: δ is at most 17/256.
const LEAST_COSINE: f64 = 0.9;

/// Bounds of the parts of |z − gain·y|, in units of the message. Their sum is a bound for every amplitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvalModBound {
    /// The polynomial with its rounded coefficients, after the double angles and the arcsine.
    pub polynomial: f64,
    /// The sine in place of the identity, or what the arcsine leaves of that.
    pub sine: f64,
    /// The constants of the circuit, an amplitude folded in, rounded to doubles.
    pub rounding: f64,
}

impl EvalModBound {
    /// Of all parts together.
    #[must_use]
    pub fn total(&self) -> f64 {
        (self.polynomial + self.sine + self.rounding) * UP
    }

    /// log2 of [`EvalModBound::total`].
    #[must_use]
    pub fn log2(&self) -> f64 {
        self.total().log2()
    }
}

/// What is known of the sine that the double angles give, on some intervals.
pub(super) struct Sine<'a> {
    intervals: &'a Intervals,
    inverse: &'a Inverse,
    /// E_0.
    start: f64,
    /// Bound of its error.
    error: f64,
    /// Bound of its magnitude.
    size: f64,
}

impl<'a> Sine<'a> {
    /// Certifies the polynomial and follows its error.
    ///
    /// With u = cos θ + e, |e| ≤ E_0, a double angle makes of e = l + q, l its part of first order, 4·u·e + 2e²; so
    /// E_(k+1) ≤ 2(2 + E_k)·E_k, and the rest behind the first order Q_(k+1) ≤ 4·Q_k + 2·E_k². The first order in the end
    /// is what [`Cosine::error`] certifies.
    pub(super) fn new(
        cosine: &Cosine,
        inverse: &'a Inverse,
        intervals: &'a Intervals,
        double_angles: u32,
    ) -> Result<Self, ApproxError> {
        let first_order = cosine.error(intervals)?;
        let n = f64::from(1_u32 << double_angles);
        let start = first_order * UP / if n > 1.0 { n * LEAST_COSINE } else { 1.0 };
        let (mut error, mut rest) = (start, 0.0);
        for _ in 0..double_angles {
            rest = 4.0 * rest + 2.0 * error * error;
            error *= 2.0 * (2.0 + error);
        }
        let error = (first_order + rest) * UP;
        Ok(Self {
            intervals,
            inverse,
            start,
            error,
            size: TAU * intervals.reach().to_f64() * UP + error,
        })
    }

    /// What its error, and its not being the message, make of the message; nothing rounded but the polynomial's
    /// coefficients.
    pub(super) fn bound(&self) -> Result<EvalModBound, ApproxError> {
        Ok(EvalModBound {
            polynomial: self.inverse.spread(self.size, self.error) * UP,
            sine: self.inverse.error(self.intervals)?,
            rounding: 0.0,
        })
    }

    /// What rounded constants make of the message, at any amplitude.
    ///
    /// Every constant of the circuit errs by a unit of its own. The polynomial is a sum of its constants times products
    /// of Chebyshev polynomials, which are at most 1. The arcsine is one of its constants times multiples of T_k(s) for odd
    /// k up to its degree d, and |T_k(s)| ≤ k·|s|.
    pub(super) fn rounding(&self, parts: &Parts<'_>) -> Result<f64, ApproxError> {
        let (of_polynomial, of_inverse) = parts.constants()?;
        let n = f64::from(1_u32 << parts.double_angles);
        // In units of a_k = a_0^(2^k).
        let (mut error, mut rounding) = (self.start, UNIT * of_polynomial);
        for _ in 0..parts.double_angles {
            rounding = (4.0 * (1.0 + error) + 2.0 * rounding) * rounding + UNIT;
            error *= 2.0 * (2.0 + error);
        }
        let size = self.size + rounding;
        let spread = |distance: f64| self.inverse.spread(size, distance);
        let rounding = if parts.inverts() {
            let degree = 2.0 * parts.arcsine.len() as f64 - 1.0;
            spread(rounding) + self.inverse.spread(0.0, UNIT * of_inverse * degree * size)
        } else {
            // The root a_0 errs by a unit, and so the amplitude by n.
            spread(rounding + n * UNIT * size)
        };
        Ok(rounding * UP)
    }
}
