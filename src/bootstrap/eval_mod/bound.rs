//! What is left of the error of each part in the message.

use super::{circuit::Parts, domain::Intervals, exponential::Exponential, sine::Inverse};
use equiripple_approx::ApproxError;
use std::f64::consts::TAU;

/// Widens a bound by more than all roundings of this file.
const UP: f64 = 1.0 + 1e-12;
/// Unit roundoff of doubles.
const UNIT: f64 = f64::EPSILON / 2.0;

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
    /// Bound of the error in the end.
    error: f64,
    /// Bound of its magnitude.
    size: f64,
}

impl<'a> Sine<'a> {
    /// Certifies the polynomial and follows its error.
    ///
    /// With u + e, |u| = 1 and |e| ≤ E_k, a squaring makes of e = l + q, l its part of first order, 2u·e + e²; so
    /// E_(k+1) ≤ (2 + E_k)·E_k, and the rest behind the first order Q_(k+1) ≤ 2·Q_k + E_k². The imaginary part of the first
    /// order in the end is 2^r times what [`Exponential::errors`] certifies.
    pub(super) fn new(
        exponential: &Exponential,
        inverse: &'a Inverse,
        intervals: &'a Intervals,
        double_angles: u32,
    ) -> Result<Self, ApproxError> {
        let (first_order, start) = exponential.errors(intervals)?;
        let n = f64::from(1_u32 << double_angles);
        let (mut error, mut rest) = (start * UP, 0.0);
        for _ in 0..double_angles {
            rest = 2.0 * rest + error * error;
            error *= 2.0 + error;
        }
        let error = (n * first_order + rest) * UP;
        Ok(Self {
            intervals,
            inverse,
            start: start * UP,
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
    /// Every constant of the circuit errs by a unit of its own, and so does the root of the amplitude, which counts 2^r
    /// times in the end. The arcsine is a sum of its constants times multiples of T_k(s) for odd k up to its degree d, and
    /// |T_k(s)| ≤ k·|s|.
    pub(super) fn rounding(&self, parts: &Parts<'_>) -> Result<f64, ApproxError> {
        let (of_polynomial, of_inverse) = parts.constants()?;
        let n = f64::from(1_u32 << parts.double_angles);
        // In units of the amplitude's powers.
        let (mut error, mut rounding) = (self.start, UNIT * of_polynomial);
        for _ in 0..parts.double_angles {
            rounding *= 2.0 * (1.0 + error) + rounding;
            error *= 2.0 + error;
        }
        let size = self.size + rounding;
        let of_sine = self.inverse.spread(size, rounding + n * UNIT * size);
        let degree = 2.0 * parts.arcsine.len() as f64 - 1.0;
        let of_inverse = self.inverse.spread(0.0, UNIT * of_inverse * degree * size);
        Ok((of_sine + of_inverse) * UP)
    }
}
