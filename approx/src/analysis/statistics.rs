//! Statistics of the approximation error over a distribution of inputs.

use serde::Serialize;

use super::{composition::Composition, distribution::Quadrature};
use crate::{ApproxError, Result};

/// Moments and percentiles of `target − r`, estimates from weighted points in f64.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorStatistics {
    /// Points used.
    pub points: usize,
    /// Probability outside the domain, left out.
    pub outside: f64,
    /// Probability where errors do not count (the gap of a sign), left out.
    pub excluded: f64,
    /// Mean, with its sign: a bias that sums do not average out.
    pub mean: f64,
    /// Mean of |error|.
    pub mean_absolute: f64,
    /// Variance about the mean.
    pub variance: f64,
    /// Root of the mean square.
    pub rms: f64,
    /// Percentiles 50, 90, 99 and 99.9 of |error|.
    pub percentiles: Percentiles,
    /// Largest |error| among the points, a lower bound of the supremum.
    pub max: f64,
    /// Where.
    pub max_at: f64,
}

/// Percentiles of |error|.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// Exceeded by one in ten.
    pub p90: f64,
    /// Exceeded by one in a hundred.
    pub p99: f64,
    /// Exceeded by one in a thousand.
    pub p999: f64,
}

impl ErrorStatistics {
    /// Evaluates the error at every point.
    ///
    /// # Errors
    /// [`ApproxError::NonFinite`] where target or result is not finite, [`ApproxError::OutOfRange`] when no point
    /// counts.
    pub fn of(composition: &Composition<'_>, quadrature: &Quadrature) -> Result<Self> {
        let mut errors: Vec<(f64, f64)> = Vec::with_capacity(quadrature.points.len());
        let (mut max, mut max_at) = (0.0, f64::NAN);
        for &(x, weight) in &quadrature.points {
            if !composition.shape().counts(x) {
                continue;
            }
            let error = composition.error(x);
            if !error.is_finite() {
                return Err(ApproxError::NonFinite {
                    what: "the approximation error".into(),
                    at: x.to_string(),
                });
            }
            if error.abs() > max || max_at.is_nan() {
                (max, max_at) = (error.abs(), x);
            }
            errors.push((error, weight));
        }
        let mass: f64 = errors.iter().map(|e| e.1).sum();
        if errors.is_empty() || mass <= 0.0 {
            return Err(ApproxError::OutOfRange {
                name: "mass of the distribution",
                value: "0".into(),
                bound: "something where the error counts".into(),
            });
        }
        let average = |f: &dyn Fn(f64) -> f64| {
            let sum: f64 = errors.iter().map(|&(e, w)| w * f(e)).sum();
            sum / mass
        };
        let mean = average(&|e| e);
        let mut statistics = Self {
            points: errors.len(),
            outside: quadrature.outside,
            excluded: (1.0 - mass).max(0.0),
            mean,
            mean_absolute: average(&f64::abs),
            variance: average(&|e| (e - mean) * (e - mean)),
            rms: average(&|e| e * e).sqrt(),
            percentiles: Percentiles::default(),
            max,
            max_at,
        };
        // Weights of exactly 1 sum to it only up to rounding.
        if statistics.excluded < 1e-9 && errors.len() == quadrature.points.len() {
            statistics.excluded = 0.0;
        }
        statistics.percentiles = percentiles(errors, mass);
        Ok(statistics)
    }
}

fn percentiles(mut errors: Vec<(f64, f64)>, mass: f64) -> Percentiles {
    errors.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    let mut found = [0.0; 4];
    let (mut sum, mut next) = (0.0, 0);
    for (error, weight) in errors {
        sum += weight;
        while next < 4 && sum >= [0.5, 0.9, 0.99, 0.999][next] * mass * (1.0 - 1e-12) {
            found[next] = error.abs();
            next += 1;
        }
    }
    let [p50, p90, p99, p999] = found;
    Percentiles {
        p50,
        p90,
        p99,
        p999,
    }
}
