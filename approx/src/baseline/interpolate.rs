//! Interpolation at Chebyshev points.

use rug::{Float, float::Constant};

use crate::{
    ApproxError, Result,
    domain::Domain,
    poly::{Chebyshev, Parity},
    target::Target,
};

/// Largest degree: the sums take its square of steps.
const MAX_DEGREE: usize = 4095;

/// Bits beyond those of the result at which the sums run.
const GUARD: u32 = 32;

/// The polynomial of degree `degree` that meets the target at the `N = degree + 1` zeros of `T_N`, in `prec` bits:
///
/// ```text
/// c_k = (2 − [k = 0])/N · Σ_j f(x_j)·cos(kθ_j),   θ_j = π(j + ½)/N,   x_j = (a + b)/2 + (b − a)/2·cos θ_j.
/// ```
///
/// The error is at most `2 + (2/π)·ln N` times that of the minimax polynomial; for ReLU it is 1.7 bits above.
///
/// # Errors
/// [`ApproxError::Degree`] above 4095, [`ApproxError::Precision`] below 2 bits, an inverted interval, a target that is
/// not finite on it, and a table of samples, which has no value at the points.
pub fn interpolate(
    target: &Target,
    lo: &Float,
    hi: &Float,
    degree: usize,
    prec: u32,
) -> Result<Chebyshev> {
    if degree > MAX_DEGREE {
        return Err(ApproxError::Degree {
            degree,
            min: 0,
            max: MAX_DEGREE,
            why: "interpolation takes degree² steps".into(),
        });
    }
    if prec < 2 {
        return Err(ApproxError::Precision {
            precision: prec,
            needed: 2,
            why: "no number has fewer".into(),
        });
    }
    target.check_finite(&Domain::interval(lo.clone(), hi.clone())?)?;
    let wide = prec.saturating_add(GUARD);
    let count = degree + 1;
    // cos(π m/(2N)) for all m of a period: kθ_j is one of them.
    let step = Float::with_val(wide, Constant::Pi) / (2 * count) as u32;
    let cosines: Vec<Float> = (0..4 * count)
        .map(|m| Float::with_val(wide, &step * m as u32).cos())
        .collect();
    let middle = Float::with_val(wide, lo + hi) / 2u32;
    let half = Float::with_val(wide, hi - lo) / 2u32;
    let values: Vec<Float> = (0..count)
        .map(|j| target.eval(&(Float::with_val(wide, &half * &cosines[2 * j + 1]) + &middle)))
        .collect::<Result<_>>()?;
    let coeffs = (0..count).map(|k| {
        let terms = values.iter().enumerate();
        let sum = terms.fold(Float::new(wide), |sum, (j, f)| {
            sum + f * &cosines[k * (2 * j + 1) % (4 * count)]
        });
        let factor = if k == 0 { 1u32 } else { 2 };
        Float::with_val(prec, sum * factor / count as u32)
    });
    Chebyshev::new(Parity::Full, lo.clone(), hi.clone(), coeffs.collect())
}
