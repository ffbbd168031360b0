//! Unions of disjoint closed intervals: where an approximation has to hold.
//!
//! The ends are floating-point numbers. An end that is written as `1/3` is rounded to the nearest number of the given
//! precision, and the interval between the rounded ends is the domain: every certificate speaks of that one.

mod text;

#[cfg(test)]
mod tests;

use rug::Float;

use crate::interval::Interval;
use crate::target::Scalar;
use crate::{ApproxError, Result};

/// More intervals than this are refused by [`Domain::mod1`].
const MAX_INTEGERS: u32 = 1 << 16;

/// A sorted union of closed intervals with interior, no two of which share a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    intervals: Vec<Interval>,
}

impl Domain {
    /// The union of the intervals `[lo, hi]`, in any order. Intervals that touch are refused like those that
    /// overlap: whoever means one interval should write one.
    ///
    /// # Errors
    /// No interval, an interval without interior, inverted or non-finite ends, or two intervals that share a point.
    pub fn new(ends: Vec<(Float, Float)>) -> Result<Self> {
        let prec = ends.iter().map(|(lo, hi)| lo.prec().max(hi.prec())).max();
        let Some(prec) = prec else {
            return Err(ApproxError::EmptyDomain {
                found: "no interval".into(),
            });
        };
        let mut intervals = Vec::with_capacity(ends.len());
        for (lo, hi) in ends {
            let interval = Interval::new(lo, hi)?.with_prec(prec);
            if interval.is_point() {
                return Err(ApproxError::EmptyDomain {
                    found: text::interval(&interval),
                });
            }
            intervals.push(interval);
        }
        intervals.sort_by(|a, b| a.lo().total_cmp(b.lo()));
        for pair in intervals.windows(2) {
            if pair[0].hi() >= pair[1].lo() {
                return Err(ApproxError::OverlappingIntervals {
                    first: text::interval(&pair[0]),
                    second: text::interval(&pair[1]),
                });
            }
        }
        Ok(Self { intervals })
    }

    /// One interval.
    ///
    /// # Errors
    /// As [`Domain::new`].
    pub fn interval(lo: Float, hi: Float) -> Result<Self> {
        Self::new(vec![(lo, hi)])
    }

    /// The numbers within `delta` of an integer of size at most `k`: `[i − δ, i + δ]` for `i = −k, …, k`.
    ///
    /// # Errors
    /// `delta` outside (0, ½), or more than 2^16 integers.
    pub fn mod1(k: u32, delta: &Float) -> Result<Self> {
        if !(*delta > 0 && *delta < 0.5) {
            return Err(ApproxError::OutOfRange {
                name: "delta",
                value: delta.describe(),
                bound: "above 0 and below 1/2, so that the intervals are disjoint".into(),
            });
        }
        if k > MAX_INTEGERS / 2 {
            return Err(ApproxError::OutOfRange {
                name: "k",
                value: k.to_string(),
                bound: format!("at most {}", MAX_INTEGERS / 2),
            });
        }
        let k = i64::from(k);
        let ends = (-k..=k)
            .map(|i| {
                (
                    Float::with_val(delta.prec(), i - delta),
                    Float::with_val(delta.prec(), i + delta),
                )
            })
            .collect();
        Self::new(ends)
    }

    /// The intervals in ascending order; there is at least one.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The intervals in ascending order.
    pub fn iter(&self) -> std::slice::Iter<'_, Interval> {
        self.intervals.iter()
    }

    /// Precision of the ends in bits.
    pub fn prec(&self) -> u32 {
        self.intervals[0].prec()
    }

    /// The smallest interval that contains the domain.
    pub fn hull(&self) -> Interval {
        self.intervals[0].hull(&self.intervals[self.intervals.len() - 1])
    }

    /// Whether `x` lies in one of the intervals.
    pub fn contains(&self, x: &Float) -> bool {
        self.intervals.iter().any(|interval| interval.contains(x))
    }

    /// Whether the domain is its own mirror image about zero.
    pub fn is_symmetric(&self) -> bool {
        let mirrored = self.intervals.iter().rev().map(Interval::neg);
        self.intervals.iter().cloned().eq(mirrored)
    }

    /// The part of the domain in `x ≥ 0`, `None` if that has no interior.
    pub fn positive_half(&self) -> Option<Self> {
        let zero = Float::new(self.prec());
        let ends: Vec<_> = self
            .intervals
            .iter()
            .filter(|interval| *interval.hi() > 0)
            .map(|interval| (interval.lo().clone().max(&zero), interval.hi().clone()))
            .collect();
        Self::new(ends).ok()
    }
}

impl<'a> IntoIterator for &'a Domain {
    type Item = &'a Interval;
    type IntoIter = std::slice::Iter<'a, Interval>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
