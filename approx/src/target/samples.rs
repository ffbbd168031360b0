//! Tables of sampled values.

use std::cmp::Ordering;

use rug::Float;

use super::Scalar;
use super::parity::{Parity, differ, witness};
use crate::interval::check_precision;
use crate::{ApproxError, Result};

/// Pairs `(x, y)` with finite, strictly ascending `x`; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    points: Vec<(Float, Float)>,
}

impl Samples {
    /// A table of points in any order.
    ///
    /// # Errors
    /// No point, a value that is not finite, or an abscissa that occurs twice.
    pub fn new(points: Vec<(Float, Float)>) -> Result<Self> {
        let numbered = points
            .into_iter()
            .enumerate()
            .map(|(k, point)| (format!("point {}", k + 1), point))
            .collect();
        Self::from_numbered(numbered)
    }

    /// Reads lines `x,y`, rounded to the nearest numbers of `prec` bits. Blank lines and lines that begin with `#` are
    /// skipped, and so is a first line of two names.
    ///
    /// # Errors
    /// [`ApproxError::Parse`] with the line, or as [`Samples::new`].
    pub fn parse_csv(text: &str, prec: u32) -> Result<Self> {
        check_precision(prec)?;
        let mut points = Vec::new();
        let mut header_allowed = true;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("line {number}");
            let fields: Vec<_> = line.split(',').map(str::trim).collect();
            let &[x, y] = fields.as_slice() else {
                return Err(fail(
                    place,
                    format!("expected two fields `x,y`, found {}", fields.len()),
                ));
            };
            let header = std::mem::replace(&mut header_allowed, false);
            match (Float::parse(x), Float::parse(y)) {
                (Ok(x), Ok(y)) => {
                    points.push((place, (Float::with_val(prec, x), Float::with_val(prec, y))))
                }
                (Err(_), Err(_)) if header => {}
                (Err(_), _) => {
                    return Err(fail(
                        place,
                        format!("expected a decimal number, found `{x}`"),
                    ));
                }
                (_, Err(_)) => {
                    return Err(fail(
                        place,
                        format!("expected a decimal number, found `{y}`"),
                    ));
                }
            }
        }
        Self::from_numbered(points)
    }

    fn from_numbered(mut points: Vec<(String, (Float, Float))>) -> Result<Self> {
        if points.is_empty() {
            return Err(fail(
                "the end".into(),
                "expected at least one line `x,y`, found none".into(),
            ));
        }
        for (place, (x, y)) in &points {
            if !x.is_finite() || !y.is_finite() {
                return Err(ApproxError::NonFinite {
                    what: format!("the sample of {place}"),
                    at: x.describe(),
                });
            }
        }
        points.sort_by(|a, b| a.1.0.partial_cmp(&b.1.0).unwrap_or(Ordering::Equal));
        for pair in points.windows(2) {
            if pair[0].1.0 == pair[1].1.0 {
                let why = format!(
                    "expected distinct abscissae, but x = {} stands in {} too",
                    pair[1].1.0.describe(),
                    pair[0].0
                );
                return Err(fail(pair[1].0.clone(), why));
            }
        }
        Ok(Self {
            points: points.into_iter().map(|(_, point)| point).collect(),
        })
    }

    /// The points in ascending order of `x`.
    pub fn points(&self) -> &[(Float, Float)] {
        &self.points
    }

    /// The value at an abscissa of the table.
    pub fn get(&self, x: &Float) -> Option<&Float> {
        let order = |point: &(Float, Float)| point.0.partial_cmp(x).unwrap_or(Ordering::Less);
        let k = self.points.binary_search_by(order).ok()?;
        Some(&self.points[k].1)
    }

    /// Checks that the table is its own image under the symmetry, to half of its digits.
    pub(super) fn check_parity(&self, parity: Parity) -> Result<()> {
        let fail = |why| ApproxError::Parity {
            parity: parity.name(),
            why,
        };
        let scale = self
            .points
            .iter()
            .fold(Float::new(64), |m, (_, y)| m.max(&y.clone().abs()));
        for (x, right) in &self.points {
            let mirrored = x.neg();
            let Some(left) = self.get(&mirrored) else {
                return Err(fail(format!(
                    "the table has x = {} but not x = {}",
                    x.describe(),
                    mirrored.describe()
                )));
            };
            if differ(parity, right, left) > Float::with_val(64, &scale >> (right.prec() / 2)) {
                return Err(fail(witness(x, right, left)));
            }
        }
        Ok(())
    }
}

fn fail(place: String, why: String) -> ApproxError {
    ApproxError::Parse {
        what: "a table of samples",
        place,
        why,
    }
}
