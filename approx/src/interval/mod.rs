//! Rigorous closed intervals: every result contains every value the exact operation can take on its arguments.
//!
//! Lower ends are rounded towards −∞ and upper ends towards +∞ by MPFR, so containment needs no further argument.
//! An overflow shows as an infinite end; an operation that is undefined somewhere in its argument returns `None`.
//! No end is ever a NaN, no lower end is +∞ and no upper end is −∞.

mod arith;
mod functions;
mod trig;

#[cfg(test)]
mod tests;

use std::fmt;

use rug::float::{Constant, Round};
use rug::ops::AssignRound;
use rug::{Float, Rational};

use crate::{ApproxError, Result};

/// The set of reals `lo ≤ x ≤ hi`. Both ends have the same precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    lo: Float,
    hi: Float,
}

impl Interval {
    /// The interval `[lo, hi]`; the less precise end is extended exactly to the precision of the other.
    ///
    /// # Errors
    /// A NaN, an infinite end, or `lo > hi`.
    pub fn new(mut lo: Float, mut hi: Float) -> Result<Self> {
        for end in [&lo, &hi] {
            if !end.is_finite() {
                return Err(ApproxError::NonFinite {
                    what: "an interval end".into(),
                    at: end.to_string(),
                });
            }
        }
        if lo > hi {
            return Err(ApproxError::InvertedInterval {
                lo: lo.to_string(),
                hi: hi.to_string(),
            });
        }
        let prec = lo.prec().max(hi.prec());
        lo.set_prec(prec);
        hi.set_prec(prec);
        Ok(Self { lo, hi })
    }

    /// The interval holding one number.
    ///
    /// # Errors
    /// A NaN or an infinity.
    pub fn point(x: Float) -> Result<Self> {
        Self::new(x.clone(), x)
    }

    /// The tightest interval at `prec` bits around a rational number.
    pub fn from_rational(prec: u32, x: &Rational) -> Self {
        Self::enclose(prec, x)
    }

    /// The tightest interval at `prec` bits around an integer.
    pub fn from_integer(prec: u32, x: i64) -> Self {
        Self::enclose(prec, x)
    }

    /// The tightest interval at `prec` bits around π.
    pub fn pi(prec: u32) -> Self {
        Self::enclose(prec, Constant::Pi)
    }

    /// All reals: the enclosure that says nothing.
    pub fn whole(prec: u32) -> Self {
        Self {
            lo: Float::with_val(prec, f64::NEG_INFINITY),
            hi: Float::with_val(prec, f64::INFINITY),
        }
    }

    /// Rounds one exact value both ways. The value is finite wherever this is used.
    fn enclose<T: Copy>(prec: u32, value: T) -> Self
    where
        Float: AssignRound<T, Round = Round, Ordering = std::cmp::Ordering>,
    {
        Self {
            lo: Float::with_val_round(prec, value, Round::Down).0,
            hi: Float::with_val_round(prec, value, Round::Up).0,
        }
    }

    /// Lower end.
    pub fn lo(&self) -> &Float {
        &self.lo
    }

    /// Upper end.
    pub fn hi(&self) -> &Float {
        &self.hi
    }

    /// Both ends, given away.
    pub fn into_ends(self) -> (Float, Float) {
        (self.lo, self.hi)
    }

    /// Precision of the ends in bits.
    pub fn prec(&self) -> u32 {
        self.lo.prec()
    }

    /// The same set at another precision, rounded outwards.
    #[must_use]
    pub fn with_prec(&self, prec: u32) -> Self {
        Self {
            lo: Float::with_val_round(prec, &self.lo, Round::Down).0,
            hi: Float::with_val_round(prec, &self.hi, Round::Up).0,
        }
    }

    /// Whether both ends are finite.
    pub fn is_finite(&self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    /// Whether the interval is a single number.
    pub fn is_point(&self) -> bool {
        self.lo == self.hi
    }

    /// Whether `x` lies in the interval; a NaN lies in none.
    pub fn contains(&self, x: &Float) -> bool {
        self.lo <= *x && *x <= self.hi
    }

    /// Whether `other` lies wholly in this interval.
    pub fn contains_interval(&self, other: &Self) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// Whether zero lies in the interval, ends included.
    pub fn contains_zero(&self) -> bool {
        self.lo <= 0 && self.hi >= 0
    }

    /// `hi − lo`, rounded up.
    pub fn width(&self) -> Float {
        Float::with_val_round(self.prec(), &self.hi - &self.lo, Round::Up).0
    }

    /// A finite number of the interval, the nearest to its middle at this precision.
    pub fn mid(&self) -> Float {
        match (self.lo.is_finite(), self.hi.is_finite()) {
            (true, true) => {
                // Halving first cannot overflow; both halves are exact, so rounding to nearest stays inside.
                let half_lo = Float::with_val(self.prec(), &self.lo >> 1u32);
                half_lo + Float::with_val(self.prec(), &self.hi >> 1u32)
            }
            (true, false) => self.lo.clone(),
            (false, true) => self.hi.clone(),
            (false, false) => Float::new(self.prec()),
        }
    }

    /// The largest absolute value in the interval.
    pub fn mag(&self) -> Float {
        if self
            .lo
            .cmp_abs(&self.hi)
            .is_some_and(std::cmp::Ordering::is_gt)
        {
            self.lo.clone().abs()
        } else {
            self.hi.clone().abs()
        }
    }

    /// The smallest absolute value in the interval.
    pub fn mig(&self) -> Float {
        if self.contains_zero() {
            Float::new(self.prec())
        } else if self.lo > 0 {
            self.lo.clone()
        } else {
            self.hi.clone().abs()
        }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        let prec = self.prec().max(other.prec());
        let lo = if other.lo < self.lo {
            &other.lo
        } else {
            &self.lo
        };
        let hi = if other.hi > self.hi {
            &other.hi
        } else {
            &self.hi
        };
        Self {
            lo: Float::with_val_round(prec, lo, Round::Down).0,
            hi: Float::with_val_round(prec, hi, Round::Up).0,
        }
    }

    /// What both intervals share, `None` if nothing.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let prec = self.prec().max(other.prec());
        let lo = if other.lo > self.lo {
            &other.lo
        } else {
            &self.lo
        };
        let hi = if other.hi < self.hi {
            &other.hi
        } else {
            &self.hi
        };
        (lo <= hi).then(|| Self {
            lo: Float::with_val_round(prec, lo, Round::Down).0,
            hi: Float::with_val_round(prec, hi, Round::Up).0,
        })
    }

    /// Splits at the middle; both halves hold the middle.
    pub fn bisect(&self) -> (Self, Self) {
        let mid = self.mid();
        let left = Self {
            lo: self.lo.clone(),
            hi: mid.clone(),
        };
        let right = Self {
            lo: mid,
            hi: self.hi.clone(),
        };
        (left, right)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The ends take the formatter's precision, as a number of digits.
        f.write_str("[")?;
        self.lo.fmt(f)?;
        f.write_str(", ")?;
        self.hi.fmt(f)?;
        f.write_str("]")
    }
}
