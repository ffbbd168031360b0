//! How many standard deviations an error may have.

use super::report::{Part, Secret};
use rug::Float;

/// Nothing is beyond this many.
const MOST: f64 = 256.0;
/// Halvings of the interval [0, 256]: to 2^-45.
const HALVINGS: usize = 53;
/// Significant bits.
const PRECISION: u32 = 53;

/// The t for which an error exceeds t standard deviations with probability `p`, 0 < p < 1.
pub(super) fn quantile(part: Part, secret: Secret, p: f64) -> f64 {
    let halve = |(low, high): (f64, f64), _| {
        let middle = (low + high) / 2.0;
        if survival(part, secret, middle) > p {
            (middle, high)
        } else {
            (low, middle)
        }
    };
    (0..HALVINGS).fold((0.0, MOST), halve).1
}

/// P(|e| > t) for E|e|² = 1.
///
/// With a secret at its mean, the modulus is a Rayleigh variable, and a part Gaussian. A rounding times the secret is a
/// product of two Rayleigh variables instead, P = ∫ exp(−s − t²/s) ds = 2t·K1(2t), and its real part a Laplace variable.
fn survival(part: Part, secret: Secret, t: f64) -> f64 {
    match (part, secret) {
        (Part::Complex, Secret::Mean) => (-t * t).exp(),
        (Part::Real, Secret::Mean) => Float::with_val(PRECISION, t / 2f64.sqrt()).erfc().to_f64(),
        (Part::Complex, Secret::Random) => product(t),
        (Part::Real, Secret::Random) => (-(2f64.sqrt()) * t).exp(),
    }
}

/// 2t·K1(2t) by K1(z) = ∫ exp(−z·cosh u)·cosh u du over u ≥ 0. The trapezoidal rule converges exponentially.
fn product(t: f64) -> f64 {
    const STEP: f64 = 1.0 / 32.0;
    const STEPS: u32 = 1024;
    if t <= f64::MIN_POSITIVE {
        return 1.0;
    }
    let value = |k: u32| {
        let cosh = (f64::from(k) * STEP).cosh();
        let half = if k == 0 { 0.5 } else { 1.0 };
        half * (-2.0 * t * cosh).exp() * cosh
    };
    2.0 * t * STEP * (0..STEPS).map(value).sum::<f64>()
}
