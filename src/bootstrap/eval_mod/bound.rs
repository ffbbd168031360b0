//! What is left of the error of each part in the message.

use super::{cosine::Cosine, domain::Intervals, sine::Inverse};
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
    /// An amplitude, folded into constants that are doubles.
    pub amplitude: f64,
}

impl EvalModBound {
    /// Of all parts together.
    #[must_use]
    pub fn total(&self) -> f64 {
        (self.polynomial + self.sine + self.amplitude) * UP
    }

    /// log2 of [`EvalModBound::total`].
    #[must_use]
    pub fn log2(&self) -> f64 {
        self.total().log2()
    }
}

/// Certifies all parts on the intervals.
///
/// With u = cos θ + e, |e| ≤ E_0, a double angle makes of e = l + q, l its part of first order, 4·u·e + 2e²; so
/// E_(k+1) ≤ 2(2 + E_k)·E_k, and the rest behind the first order Q_(k+1) ≤ 4·Q_k + 2·E_k². The first order in the end is
/// what [`Cosine::error`] certifies.
pub(super) fn certify(
    cosine: &Cosine,
    inverse: &Inverse,
    intervals: &Intervals,
    double_angles: u32,
) -> Result<EvalModBound, ApproxError> {
    let first_order = cosine.error(intervals)?;
    let n = f64::from(1_u32 << double_angles);
    let mut error = first_order * UP / if n > 1.0 { n * LEAST_COSINE } else { 1.0 };
    let mut rest = 0.0;
    // Doubles of a_0·c_k, then of each a_k = a_0^(2^k), in units of a_k. The root a_0 errs by one unit itself.
    let coefficients = cosine.coefficients();
    let mut rounding = UNIT * coefficients.iter().map(|c| c.abs()).sum::<f64>();
    for _ in 0..double_angles {
        rest = 4.0 * rest + 2.0 * error * error;
        rounding = (4.0 * (1.0 + error) + 2.0 * rounding) * rounding + UNIT;
        error *= 2.0 * (2.0 + error);
    }
    let of_sine = first_order + rest;
    let sine = TAU * intervals.reach().to_f64() * UP;
    let size = sine + of_sine + rounding;
    let amplitude = if inverse.coefficients().len() == 1 {
        let root = 2.0 * n * UNIT * size;
        inverse.spread(size, rounding + root)
    } else {
        // |T_k(s)| ≤ k·|s| for odd k.
        let terms = inverse.chebyshev()?;
        let scaled = terms.iter().zip(0..);
        let sum: f64 = scaled
            .map(|(c, j)| f64::from(2 * j + 1) * c.to_f64().abs())
            .sum();
        inverse.spread(0.0, 2.0 * UNIT * sum * size)
    };
    Ok(EvalModBound {
        polynomial: inverse.spread(size, of_sine) * UP,
        sine: inverse.error(intervals)?,
        amplitude: amplitude * UP,
    })
}
