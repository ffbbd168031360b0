//! Polynomial activations of degree 2.

use rug::{Float, Rational};

use crate::{
    ApproxError, Result,
    poly::{Chebyshev, Parity},
};

/// `x²` on `[−reach, reach]`, without rounding.
///
/// # Errors
/// [`ApproxError::InvertedInterval`] unless `reach` is positive and finite.
pub fn square(reach: f64) -> Result<Chebyshev> {
    let [constant, _, second] = series([1.0, 0.0, 0.0], -reach, reach)?;
    Chebyshev::new(
        Parity::Even,
        Float::with_val(53, -reach),
        Float::with_val(53, reach),
        vec![constant, second],
    )
}

/// `a·x² + b·x + c` on `[lo, hi]`, without rounding: with `m = (lo + hi)/2` and `h = (hi − lo)/2` it is
/// `(c + bm + am² + ah²/2) + (bh + 2amh)·T_1 + (ah²/2)·T_2`.
///
/// # Errors
/// [`ApproxError::InvertedInterval`] unless `lo < hi`, both finite; [`ApproxError::NonFinite`] for a coefficient that
/// is not.
pub fn quadratic(a: f64, b: f64, c: f64, lo: f64, hi: f64) -> Result<Chebyshev> {
    let coeffs = series([a, b, c], lo, hi)?.into();
    let ends = (Float::with_val(53, lo), Float::with_val(53, hi));
    Chebyshev::new(Parity::Full, ends.0, ends.1, coeffs)
}

fn series(powers: [f64; 3], lo: f64, hi: f64) -> Result<[Float; 3]> {
    let inverted = || ApproxError::InvertedInterval {
        lo: lo.to_string(),
        hi: hi.to_string(),
    };
    let rational = |x: f64| {
        Rational::from_f64(x).ok_or_else(|| ApproxError::NonFinite {
            what: "a coefficient".into(),
            at: x.to_string(),
        })
    };
    let [a, b, c] = [
        rational(powers[0])?,
        rational(powers[1])?,
        rational(powers[2])?,
    ];
    let ends = Rational::from_f64(lo).zip(Rational::from_f64(hi));
    let (lo, hi) = ends.filter(|(lo, hi)| lo < hi).ok_or_else(inverted)?;
    let middle = Rational::from(&hi + &lo) / 2u32;
    let half = (hi - lo) / 2u32;
    let second = Rational::from(&a * &half) * &half / 2u32;
    let first = (Rational::from(&a * &middle) * 2u32 + &b) * half;
    let constant = (a * &middle + b) * middle + c + &second;
    Ok([constant, first, second].map(|q| {
        // The denominator is a power of two.
        let bits = q.numer().significant_bits().max(53);
        Float::with_val(bits, q)
    }))
}
