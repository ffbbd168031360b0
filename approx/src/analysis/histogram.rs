//! Measured distributions.

use serde::{Deserialize, Serialize};

use super::{distribution::cells, histogram_text::parse_error};
use crate::{ApproxError, Result};

/// A bin of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end.
    pub lo: f64,
    /// Upper end; not below the lower, and equal to it for a point mass.
    pub hi: f64,
    /// Weight, in any unit.
    pub weight: f64,
}

/// Bins in rising order that do not overlap, with a positive sum of weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Bin>", into = "Vec<Bin>")]
pub struct Histogram {
    bins: Vec<Bin>,
}

impl From<Histogram> for Vec<Bin> {
    fn from(histogram: Histogram) -> Self {
        histogram.bins
    }
}

impl TryFrom<Vec<Bin>> for Histogram {
    type Error = ApproxError;
    fn try_from(bins: Vec<Bin>) -> Result<Self> {
        Self::checked(bins, |k| format!("bin {}", k + 1))
    }
}

/// Fewest points in a bin: a bin that is rare may still hold the largest errors.
const FEWEST: usize = 16;

impl Histogram {
    /// The bins.
    #[must_use]
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    pub(super) fn checked(bins: Vec<Bin>, place: impl Fn(usize) -> String) -> Result<Self> {
        let wrong = |k: usize, why: String| Err(parse_error(place(k), why));
        for (k, bin) in bins.iter().enumerate() {
            if ![bin.lo, bin.hi, bin.weight].iter().all(|v| v.is_finite()) {
                return wrong(k, "a number is not finite".into());
            }
            if bin.hi < bin.lo {
                return wrong(
                    k,
                    format!("its end {} lies below its start {}", bin.hi, bin.lo),
                );
            }
            if bin.weight < 0.0 {
                return wrong(k, format!("the weight {} is negative", bin.weight));
            }
            if k > 0 && bin.lo < bins[k - 1].hi {
                let before = bins[k - 1].hi;
                return wrong(
                    k,
                    format!(
                        "{} lies below {before}, the end of the bin before; sort the bins",
                        bin.lo
                    ),
                );
            }
        }
        if !bins.iter().any(|b| b.weight > 0.0) {
            let last = bins.len().saturating_sub(1);
            return wrong(last, "no weight is positive; give at least one".into());
        }
        Ok(Self { bins })
    }

    /// Points with weights within `[lo, hi]`, and the share of the whole weight that lies there.
    pub(super) fn cells(&self, lo: f64, hi: f64, count: usize) -> (Vec<(f64, f64)>, f64) {
        let total: f64 = self.bins.iter().map(|b| b.weight).sum();
        let mut points = vec![];
        let mut inside = 0.0;
        for bin in self.bins.iter().filter(|b| b.weight > 0.0) {
            let (a, b) = (bin.lo.max(lo), bin.hi.min(hi));
            if a > b || (a >= b && bin.hi > bin.lo) {
                continue;
            }
            if a >= b {
                points.push((a, bin.weight));
                inside += bin.weight;
                continue;
            }
            let weight = bin.weight * ((b - a) / (bin.hi - bin.lo));
            inside += weight;
            let share = (count as f64 * weight / total).ceil() as usize;
            let share = share.max(FEWEST);
            points.extend(cells(a, b, share).map(|(x, _)| (x, weight / share as f64)));
        }
        (points, inside / total)
    }
}
