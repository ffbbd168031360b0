//! ReLU by a composition whose last stage has the least mean-square error.
//!
//! For fixed odd stages g = p_{k−1}∘…∘p_1 the error of `r(x) = x/2 + x·p(g(x)) + c` is that of |x|/2, even in x and linear
//! in the coefficients of the odd polynomial p and in c. So the best of them solve
//!
//! ```text
//! min Σ_i w_i·(x_i/2 − c − x_i·p(g(x_i)))²,     x_i > 0.
//! ```
//!
//! With weights w_i·x_i² and the abscissae g(x_i) that is a fit of ½ − c/x_i by p, which is linear in c: p = q − c·u for
//! the fits q of ½ and u of 1/x. What they leave, e = x/2 − x·q(g) and d = 1 − x·u(g), gives c = ⟨e, d⟩/⟨d, d⟩.

use rug::Float;

use super::{Fit, WeightedPoint};
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, FastChebyshev, Parity},
};

/// The last stage of a ReLU, and how far it errs.
#[derive(Debug, Clone)]
pub struct ReluFit {
    /// Odd, on \[−1, 1\], its coefficients in 53 bits; the factor ½ of x·sign(x)/2 is in it.
    pub last: Chebyshev,
    /// The constant c.
    pub offset: f64,
    /// Root of the weighted mean square of the error.
    pub rms: f64,
}

/// The best last stage of a degree behind stages `inner`, which take \[−1, 1\] into itself. Points are (x, weight) with x
/// in \[−1, 1\]; their sign does not matter, and those at 0 say nothing of p.
///
/// ```
/// use equiripple_approx::least_squares::relu;
/// let points: Vec<_> = (1..=1000).map(|i| (f64::from(i) / 1000.0, 1.0)).collect();
/// // Without stages before it, ½·|x| ≈ 15/32·x² + 3/32: half the projection of |x| on Legendre polynomials.
/// let fit = relu(&[], 1, &points)?;
/// assert!((fit.last.coeffs()[0].to_f64() - 15.0 / 32.0).abs() < 1e-2 && (fit.offset - 3.0 / 32.0).abs() < 1e-3);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// A stage that leaves \[−1, 1\] at a point; a weight that is not positive; and those of [`Fit::degree`].
pub fn relu(inner: &[Chebyshev], degree: usize, points: &[(f64, f64)]) -> Result<ReluFit> {
    let stages: Vec<FastChebyshev> = inner.iter().map(FastChebyshev::new).collect();
    let mut seen = Vec::with_capacity(points.len());
    for &(x, weight) in points {
        let x = x.abs();
        if !(weight > 0.0 && weight.is_finite()) {
            return Err(ApproxError::NonPositiveWeight {
                value: weight.to_string(),
                at: x.to_string(),
            });
        }
        if x > 0.0 {
            let y = stages.iter().fold(x, |y, stage| stage.eval(y));
            // A stage that touches 1 may pass it by a rounding.
            let y = if y > 1.0 && y < 1.0 + 1e-9 { 1.0 } else { y };
            seen.push((x, y, weight));
        }
    }
    let fitted = |value: fn(f64) -> f64| {
        let point = |&(x, y, weight): &(f64, f64, f64)| WeightedPoint {
            x: y,
            value: value(x),
            weight: weight * x * x,
        };
        let fit = Fit::weighted(seen.iter().map(point).collect(), -1.0, 1.0)?;
        Ok::<_, ApproxError>(fit.with_parity(Parity::Odd)?.degree(degree)?.poly)
    };
    let (half, inverse) = (fitted(|_| 0.5)?, fitted(|x| 1.0 / x)?);
    let (fast_half, fast_inverse) = (FastChebyshev::new(&half), FastChebyshev::new(&inverse));
    let left = |&(x, y, weight): &(f64, f64, f64)| {
        let e = x * (0.5 - fast_half.eval(y));
        (weight, e, 1.0 - x * fast_inverse.eval(y))
    };
    let sums = seen
        .iter()
        .map(left)
        .fold((0.0, 0.0, 0.0, 0.0), |s, (w, e, d)| {
            (s.0 + w, s.1 + w * e * e, s.2 + w * e * d, s.3 + w * d * d)
        });
    let (total, squares, cross, scale) = sums;
    let offset = if scale > 0.0 { cross / scale } else { 0.0 };
    let pairs = half.coeffs().iter().zip(inverse.coeffs());
    let coeffs = pairs.map(|(q, u)| Float::with_val(53, q.to_f64() - offset * u.to_f64()));
    Ok(ReluFit {
        last: Chebyshev::on_unit(Parity::Odd, coeffs.collect()),
        offset,
        rms: ((squares - cross * offset) / total).max(0.0).sqrt(),
    })
}
