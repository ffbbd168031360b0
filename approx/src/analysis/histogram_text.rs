//! Histograms from text of `lo,hi,weight` or `center,weight` lines.

use std::str::FromStr;

use super::histogram::{Bin, Histogram};
use crate::{ApproxError, Result};

pub(super) fn parse_error(place: String, why: String) -> ApproxError {
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
