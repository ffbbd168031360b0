//! Measured distributions, from text of `lo,hi,weight` or `center,weight` lines.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::distribution::cells;
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

    fn checked(bins: Vec<Bin>, place: impl Fn(usize) -> String) -> Result<Self> {
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

fn parse_error(place: String, why: String) -> ApproxError {
    ApproxError::Parse {
        what: "histogram",
        place,
        why,
    }
}

impl FromStr for Histogram {
    type Err = ApproxError;

    /// Reads lines of `lo,hi,weight`, or of `center,weight` with rising centres, whose bins meet half-way between them
    /// (a single centre is a point mass). Blank lines, lines that begin with `#`, and a header of names are skipped.
    fn from_str(text: &str) -> Result<Self> {
        let mut rows: Vec<(usize, Vec<f64>)> = vec![];
        let mut may_be_header = true;
        for (number, line) in text.lines().enumerate().map(|(i, l)| (i + 1, l.trim())) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let header = std::mem::replace(&mut may_be_header, false)
                && matches!(
                    line.replace(' ', "").as_str(),
                    "lo,hi,weight" | "center,weight"
                );
            if header {
                continue;
            }
            rows.push((number, numbers(line, number)?));
            let expected = rows[0].1.len();
            let found = rows[rows.len() - 1].1.len();
            if found != expected {
                let why = format!("expected {expected} fields as before, found {found}");
                return Err(parse_error(format!("line {number}"), why));
            }
        }
        let Some((_, first)) = rows.first() else {
            return Err(parse_error("line 1".into(), "there are no bins".into()));
        };
        let lines: Vec<usize> = rows.iter().map(|r| r.0).collect();
        let bins = if first.len() == 3 {
            let bin = |r: &[f64]| Bin {
                lo: r[0],
                hi: r[1],
                weight: r[2],
            };
            rows.iter().map(|r| bin(&r.1)).collect()
        } else {
            centred(&rows)?
        };
        Self::checked(bins, |k| format!("line {}", lines[k]))
    }
}

/// The two or three numbers of a line.
fn numbers(line: &str, number: usize) -> Result<Vec<f64>> {
    let place = || format!("line {number}");
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    if !(2..=3).contains(&fields.len()) {
        let why = format!(
            "expected lo,hi,weight or center,weight, found {} fields",
            fields.len()
        );
        return Err(parse_error(place(), why));
    }
    let read = |field: &&str| {
        let value = field.parse::<f64>().ok().filter(|v| v.is_finite());
        value.ok_or_else(|| parse_error(place(), format!("`{field}` is not a finite number")))
    };
    fields.iter().map(read).collect()
}

/// Bins around centres.
fn centred(rows: &[(usize, Vec<f64>)]) -> Result<Vec<Bin>> {
    let at = |k: usize| rows[k].1[0];
    if let Some(k) = (1..rows.len()).find(|&k| at(k) <= at(k - 1)) {
        let why = format!(
            "the centre {} is not above {}; sort the bins",
            at(k),
            at(k - 1)
        );
        return Err(parse_error(format!("line {}", rows[k].0), why));
    }
    // The outermost bins reach as far out as in.
    let half = |k: usize| 0.5 * (at(k + 1) - at(k));
    let last = rows.len() - 1;
    let bin = |k: usize| {
        let below = if k > 0 {
            half(k - 1)
        } else if last > 0 {
            half(0)
        } else {
            0.0
        };
        let above = if k < last { half(k) } else { below };
        Bin {
            lo: at(k) - below,
            hi: at(k) + above,
            weight: rows[k].1[1],
        }
    };
    let mut bins: Vec<Bin> = (0..=last).map(bin).collect();
    // Both sides of a common edge are computed from their own centre; rounding must not make them overlap.
    for k in 1..bins.len() {
        bins[k].lo = bins[k - 1].hi;
    }
    Ok(bins)
}
