//! The points of a fit: abscissa, value of the target, weight.

use rug::Float;

use crate::{
    ApproxError, Result,
    analysis::Quadrature,
    poly::{Chebyshev, FastChebyshev},
    target::{Samples, Target},
};

/// A point that a polynomial is fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedPoint {
    /// Abscissa.
    pub x: f64,
    /// Value of the target.
    pub value: f64,
    /// Weight; positive.
    pub weight: f64,
}

/// The error of a polynomial at the points of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanError {
    /// `√(Σ w_i e_i²)`, the weights summing to 1.
    pub rms: f64,
    /// `max |e_i|`, regardless of weights.
    pub max: f64,
    /// Where the largest error is.
    pub at: f64,
}

/// Bits at which a target is evaluated before it is rounded to f64.
const EVALUATION: u32 = 80;

/// Values of a target at the cells of a quadrature.
pub(super) fn of_target(target: &Target, quadrature: &Quadrature) -> Result<Vec<WeightedPoint>> {
    quadrature
        .points
        .iter()
        .map(|&(x, weight)| {
            let value = target.eval(&Float::with_val(EVALUATION, x))?.to_f64();
            Ok(WeightedPoint { x, value, weight })
        })
        .collect()
}

/// The points of a table in `[lo, hi]`, with one weight for each point of the table.
pub(super) fn of_samples(
    samples: &Samples,
    weights: Option<&[f64]>,
    lo: f64,
    hi: f64,
) -> Result<Vec<WeightedPoint>> {
    let count = samples.points().len();
    if let Some(found) = weights.map(<[f64]>::len).filter(|n| *n != count) {
        return Err(ApproxError::OutOfRange {
            name: "number of weights",
            value: found.to_string(),
            bound: format!("{count}, one for each point of the table"),
        });
    }
    let point = |(k, (x, y)): (usize, &(Float, Float))| WeightedPoint {
        x: x.to_f64(),
        value: y.to_f64(),
        weight: weights.map_or(1.0, |w| w[k]),
    };
    let inside = |p: &WeightedPoint| (lo..=hi).contains(&p.x);
    let points = samples.points().iter().enumerate().map(point);
    Ok(points.filter(inside).collect())
}

/// Checks the points and scales the weights to the sum 1.
pub(super) fn normalised(
    mut points: Vec<WeightedPoint>,
    lo: f64,
    hi: f64,
) -> Result<Vec<WeightedPoint>> {
    if points.is_empty() {
        return Err(ApproxError::EmptyDomain {
            found: format!("no point in [{lo}, {hi}]"),
        });
    }
    for p in &points {
        if !(lo..=hi).contains(&p.x) {
            return Err(ApproxError::OutOfRange {
                name: "x",
                value: p.x.to_string(),
                bound: format!("in [{lo}, {hi}]"),
            });
        }
        if !p.value.is_finite() {
            return Err(ApproxError::NonFinite {
                what: "the target".into(),
                at: p.x.to_string(),
            });
        }
        if !(p.weight > 0.0 && p.weight.is_finite()) {
            return Err(ApproxError::NonPositiveWeight {
                value: p.weight.to_string(),
                at: p.x.to_string(),
            });
        }
    }
    // Divided by the largest first: a sum of large weights may overflow.
    let largest = points.iter().map(|p| p.weight).fold(0.0, f64::max);
    let total: f64 = points.iter().map(|p| p.weight / largest).sum();
    for p in &mut points {
        p.weight = p.weight / largest / total;
    }
    Ok(points)
}

/// The error of `poly` at the points.
pub(super) fn measure(points: &[WeightedPoint], poly: &Chebyshev) -> MeanError {
    let fast = FastChebyshev::new(poly);
    let start = MeanError {
        rms: 0.0,
        max: 0.0,
        at: points.first().map_or(0.0, |p| p.x),
    };
    let mut error = points.iter().fold(start, |mut sum, p| {
        let e = (p.value - fast.eval(p.x)).abs();
        sum.rms += p.weight * e * e;
        if e > sum.max {
            (sum.max, sum.at) = (e, p.x);
        }
        sum
    });
    error.rms = error.rms.sqrt();
    error
}
