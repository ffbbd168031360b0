//! Between the values of the transform and integer coefficients.

use crate::{ckks::error::EncodeError, quantity::Scale};
use num_complex::Complex64;

/// log2 of the largest coefficient: what is below stays exact in i128 and leaves room for sums.
pub(super) const MAX_LOG2: u32 = 120;

/// Rounds Δ·w to coefficients: real parts in the lower half of the polynomial, imaginary ones in the upper.
pub(super) fn to_coefficients(
    values: &[Complex64],
    scale: &Scale,
    degree: usize,
) -> Result<Vec<i128>, EncodeError> {
    let factor = scale.to_f64();
    let gap = degree / 2 / values.len();
    let mut coefficients = vec![0; degree];
    let (low, high) = coefficients.split_at_mut(degree / 2);
    let places = low
        .iter_mut()
        .step_by(gap)
        .zip(high.iter_mut().step_by(gap));
    for ((re, im), value) in places.zip(values) {
        *re = rounded(value.re, factor, scale)?;
        *im = rounded(value.im, factor, scale)?;
    }
    Ok(coefficients)
}

/// Ties go to even. A sum that overflowed f64 fails the comparison, and so does 0 times an infinite factor.
fn rounded(value: f64, factor: f64, scale: &Scale) -> Result<i128, EncodeError> {
    let product = value * factor;
    if product.abs() <= f64::from(MAX_LOG2).exp2() {
        return Ok(product.round_ties_even() as i128);
    }
    Err(EncodeError::TooLarge {
        log2: value.abs().log2() + scale.log2(),
        max_log2: MAX_LOG2,
        log2_scale: scale.log2(),
    })
}

/// Values of the transform from the coefficients at multiples of the gap, divided by the scale.
pub(super) fn from_coefficients(
    coefficients: &[i128],
    slots: usize,
    scale: &Scale,
) -> Vec<Complex64> {
    let (low, high) = coefficients.split_at(coefficients.len() / 2);
    let gap = low.len() / slots;
    let share = 1.0 / scale.to_f64();
    let pairs = low.iter().step_by(gap).zip(high.iter().step_by(gap));
    pairs
        .map(|(re, im)| Complex64::new(*re as f64 * share, *im as f64 * share))
        .collect()
}

/// Makes the values those of real slots: Im w₀ = 0 and Re wᵢ = −Im wₙ₋ᵢ, where rounding had left them apart.
pub(super) fn symmetrise(values: &mut [Complex64]) {
    let n = values.len();
    values[0].im = 0.0;
    for i in 1..n {
        let both = (values[i].re - values[n - i].im) / 2.0;
        values[i].re = both;
        values[n - i].im = -both;
    }
}
