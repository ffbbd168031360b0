//! Where inputs lie, as points with weights: no random numbers, so the same figures every time.

use serde::{Deserialize, Serialize};

use super::{composition::out_of_range, histogram::Histogram};
use crate::{
    Result,
    target::{Expr, Function, eval_f64},
};

/// How inputs are distributed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Uniform over the domain.
    #[default]
    Uniform,
    /// Normal, cut off at the ends of the domain.
    Gaussian {
        /// Mean before the cut.
        mean: f64,
        /// Standard deviation before the cut.
        std: f64,
    },
    /// Uniform within each bin, cut off at the ends of the domain.
    Histogram(Histogram),
}

/// Points in the domain and their weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quadrature {
    /// (x, weight); the weights sum to 1.
    pub points: Vec<(f64, f64)>,
    /// Probability outside the domain, which was cut off.
    pub outside: f64,
}

/// Standard deviations from the mean beyond which a Gaussian is taken as nothing: 2^-58 in all.
const TAILS: f64 = 9.0;

impl Distribution {
    /// About `count` midpoints of cells of `[lo, hi]`, each with the probability of its cell.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`](crate::ApproxError::OutOfRange) for a standard deviation that is not positive, and
    /// for a distribution with nothing in `[lo, hi]`.
    pub fn quadrature(&self, lo: f64, hi: f64, count: usize) -> Result<Quadrature> {
        let count = count.max(2);
        let (cells, mass) = match self {
            Self::Uniform => (cells(lo, hi, count).map(|(x, _)| (x, 1.0)).collect(), 1.0),
            Self::Gaussian { mean, std } => {
                if !(*std > 0.0 && std.is_finite() && mean.is_finite()) {
                    let bound = "finite numbers, the standard deviation positive";
                    return Err(out_of_range("gaussian", &format!("{mean}, {std}"), bound));
                }
                let (a, b) = (lo.max(mean - TAILS * std), hi.min(mean + TAILS * std));
                let density = |x: f64| (-0.5 * ((x - mean) / std).powi(2)).exp();
                let points: Vec<(f64, f64)> = if a < b {
                    cells(a, b, count).map(|(x, _)| (x, density(x))).collect()
                } else {
                    vec![]
                };
                let below = upper_tail((mean - lo) / std);
                let above = upper_tail((hi - mean) / std);
                (points, 1.0 - below - above)
            }
            Self::Histogram(histogram) => histogram.cells(lo, hi, count),
        };
        let total: f64 = cells.iter().map(|c| c.1).sum();
        if !(mass > 0.0 && total > 0.0) {
            let bound = format!("something inside the domain [{lo}, {hi}]");
            return Err(out_of_range("mass of the distribution", "0", &bound));
        }
        let points = cells.into_iter().map(|(x, w)| (x, w / total)).collect();
        let outside = (1.0 - mass).clamp(0.0, 1.0);
        Ok(Quadrature { points, outside })
    }
}

/// Midpoints and widths of `count` equal cells.
pub(super) fn cells(lo: f64, hi: f64, count: usize) -> impl Iterator<Item = (f64, f64)> {
    let width = (hi - lo) / count as f64;
    (0..count).map(move |i| (lo + (i as f64 + 0.5) * width, width))
}

/// Probability of a standard normal variate above `z`.
fn upper_tail(z: f64) -> f64 {
    let erfc = Expr::call_x(Function::Erfc);
    0.5 * eval_f64(&erfc, z * std::f64::consts::FRAC_1_SQRT_2)
}
