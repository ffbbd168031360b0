//! Rigorous closed intervals: every result contains every value the exact operation can take on its arguments.
//!
//! Lower ends are rounded towards −∞ and upper ends towards +∞ by MPFR, so containment needs no further argument.
//! An overflow shows as an infinite end; an operation that is undefined somewhere in its argument returns `None`.
//! No end is ever a NaN, no lower end is +∞ and no upper end is −∞.

mod arith;
mod functions;
mod sets;
mod trig;

#[cfg(test)]
mod tests;

use std::fmt;

use rug::float::{Constant, Round};
use rug::ops::AssignRound;
use rug::{Float, Rational};

use crate::{ApproxError, Result, error::shown};

/// The precisions in bits that text may ask for: MPFR itself allows sizes that no memory holds.
const PRECISIONS: std::ops::RangeInclusive<u32> = 2..=1 << 24;

/// Refuses a precision that no number can have.
pub(crate) fn check_precision(precision: u32) -> Result<()> {
    if PRECISIONS.contains(&precision) {
        return Ok(());
    }
    Err(ApproxError::OutOfRange {
        name: "precision",
        value: precision.to_string(),
        bound: "from 2 to 2^24 bits".into(),
    })
}

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
                lo: shown(&lo),
                hi: shown(&hi),
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
