//! Field operations on intervals, two roundings per result in all but the case where both factors straddle zero.

use std::cmp::Ordering;

use rug::Float;
use rug::float::Round;
use rug::ops::{AddAssignRound, DivAssignRound, MulAssignRound, PowAssignRound};

use super::Interval;

/// Where an interval lies; decides which ends of a product are extreme.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    NonNegative,
    NonPositive,
    Straddling,
}

fn side(x: &Interval) -> Side {
    if x.lo >= 0 {
        Side::NonNegative
    } else if x.hi <= 0 {
        Side::NonPositive
    } else {
        Side::Straddling
    }
}

/// One product of ends, rounded. `0·∞` is 0: an infinite end is a bound that overflowed, not a value taken.
fn end_product(prec: u32, a: &Float, b: &Float, round: Round) -> Float {
    let product = Float::with_val_round(prec, a * b, round).0;
    if product.is_nan() {
        Float::new(prec)
    } else {
        product
    }
}

/// One quotient of ends, rounded. `∞/∞` is 0, which the other ends' quotients (`c/∞`) make a value of the closure.
fn end_quotient(prec: u32, a: &Float, b: &Float, round: Round) -> Float {
    let quotient = Float::with_val_round(prec, a / b, round).0;
    if quotient.is_nan() {
        Float::new(prec)
    } else {
        quotient
    }
}

/// The ends whose products are the least and the greatest; `None` if both factors straddle zero.
#[expect(
    clippy::type_complexity,
    reason = "a pair of pairs of borrowed ends has no better name"
)]
fn extreme_ends<'a>(
    a: &'a Interval,
    b: &'a Interval,
) -> Option<((&'a Float, &'a Float), (&'a Float, &'a Float))> {
    use Side::{NonNegative, NonPositive, Straddling};
    Some(match (side(a), side(b)) {
        (NonNegative, NonNegative) => ((&a.lo, &b.lo), (&a.hi, &b.hi)),
        (NonNegative, NonPositive) => ((&a.hi, &b.lo), (&a.lo, &b.hi)),
        (NonNegative, Straddling) => ((&a.hi, &b.lo), (&a.hi, &b.hi)),
        (NonPositive, NonNegative) => ((&a.lo, &b.hi), (&a.hi, &b.lo)),
        (NonPositive, NonPositive) => ((&a.hi, &b.hi), (&a.lo, &b.lo)),
        (NonPositive, Straddling) => ((&a.lo, &b.hi), (&a.lo, &b.lo)),
        (Straddling, NonNegative) => ((&a.lo, &b.hi), (&a.hi, &b.hi)),
        (Straddling, NonPositive) => ((&a.hi, &b.lo), (&a.lo, &b.lo)),
        (Straddling, Straddling) => return None,
    })
}

impl Interval {
    /// `x + y`.
    #[must_use]
    pub fn add(&self, other: &Self) -> Self {
        let prec = self.prec().max(other.prec());
        Self {
            lo: Float::with_val_round(prec, &self.lo + &other.lo, Round::Down).0,
            hi: Float::with_val_round(prec, &self.hi + &other.hi, Round::Up).0,
        }
    }

    /// `x − y`.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Self {
        let prec = self.prec().max(other.prec());
        Self {
            lo: Float::with_val_round(prec, &self.lo - &other.hi, Round::Down).0,
            hi: Float::with_val_round(prec, &self.hi - &other.lo, Round::Up).0,
        }
    }

    /// `−x`.
    #[must_use]
    pub fn neg(&self) -> Self {
        Self {
            lo: Float::with_val(self.prec(), -&self.hi),
            hi: Float::with_val(self.prec(), -&self.lo),
        }
    }

    /// `x·y`. Two multiplications when one factor has a constant sign, so always when one is a point.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Self {
        let prec = self.prec().max(other.prec());
        if let Some((low, high)) = extreme_ends(self, other) {
            return Self {
                lo: end_product(prec, low.0, low.1, Round::Down),
                hi: end_product(prec, high.0, high.1, Round::Up),
            };
        }
        let lo = end_product(prec, &self.lo, &other.hi, Round::Down);
        let hi = end_product(prec, &self.lo, &other.lo, Round::Up);
        Self {
            lo: lo.min(&end_product(prec, &self.hi, &other.lo, Round::Down)),
            hi: hi.max(&end_product(prec, &self.hi, &other.hi, Round::Up)),
        }
    }

    /// Adds `a·b` in place, by fused multiply-adds where the signs allow; at the precision of `self`.
    pub fn add_mul(&mut self, a: &Self, b: &Self) {
        if a.is_finite()
            && b.is_finite()
            && let Some((low, high)) = extreme_ends(a, b)
        {
            self.lo.add_assign_round(low.0 * low.1, Round::Down);
            self.hi.add_assign_round(high.0 * high.1, Round::Up);
        } else {
            let product = a.mul(b);
            self.lo.add_assign_round(&product.lo, Round::Down);
            self.hi.add_assign_round(&product.hi, Round::Up);
        }
    }

    /// Multiplies by an integer in place.
    pub fn scale(&mut self, n: i64) {
        if n == 0 {
            *self = Self::from_integer(self.prec(), 0);
            return;
        }
        if n < 0 {
            std::mem::swap(&mut self.lo, &mut self.hi);
        }
        self.lo.mul_assign_round(n, Round::Down);
        self.hi.mul_assign_round(n, Round::Up);
    }

    /// Divides by a positive integer in place.
    pub fn unscale(&mut self, n: std::num::NonZeroU32) {
        self.lo.div_assign_round(n.get(), Round::Down);
        self.hi.div_assign_round(n.get(), Round::Up);
    }

    /// `x/y`; `None` if zero lies in `y`.
    pub fn div(&self, other: &Self) -> Option<Self> {
        use Side::{NonNegative, NonPositive, Straddling};
        if other.contains_zero() {
            return None;
        }
        let (a, b) = (self, other);
        let (low, high) = match (side(a), b.lo > 0) {
            (NonNegative, true) => ((&a.lo, &b.hi), (&a.hi, &b.lo)),
            (NonNegative, false) => ((&a.hi, &b.hi), (&a.lo, &b.lo)),
            (NonPositive, true) => ((&a.lo, &b.lo), (&a.hi, &b.hi)),
            (NonPositive, false) => ((&a.hi, &b.lo), (&a.lo, &b.hi)),
            (Straddling, true) => ((&a.lo, &b.lo), (&a.hi, &b.lo)),
            (Straddling, false) => ((&a.hi, &b.hi), (&a.lo, &b.hi)),
        };
        let prec = a.prec().max(b.prec());
        Some(Self {
            lo: end_quotient(prec, low.0, low.1, Round::Down),
            hi: end_quotient(prec, high.0, high.1, Round::Up),
        })
    }

    /// `x²`, never below zero.
    #[must_use]
    pub fn sqr(&self) -> Self {
        let (mut lo, mut hi) = (self.mig(), self.mag());
        lo.square_round(Round::Down);
        hi.square_round(Round::Up);
        Self { lo, hi }
    }

    /// `xⁿ` with `x⁰ = 1`; `None` if `n < 0` and zero lies in `x`.
    pub fn powi(&self, n: i32) -> Option<Self> {
        if n == 0 {
            return Some(Self::from_integer(self.prec(), 1));
        }
        if n < 0 && self.contains_zero() {
            return None;
        }
        let (mut lo, mut hi) = if n % 2 == 0 {
            (self.mig(), self.mag())
        } else {
            (self.lo.clone(), self.hi.clone())
        };
        if n < 0 {
            std::mem::swap(&mut lo, &mut hi);
        }
        lo.pow_assign_round(n, Round::Down);
        hi.pow_assign_round(n, Round::Up);
        Some(Self { lo, hi })
    }

    /// `|x|`.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self {
            lo: self.mig(),
            hi: self.mag(),
        }
    }

    /// The larger of two numbers.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        let prec = self.prec().max(other.prec());
        let pick = |a: &Float, b: &Float, round| {
            Float::with_val_round(prec, if a < b { b } else { a }, round).0
        };
        Self {
            lo: pick(&self.lo, &other.lo, Round::Down),
            hi: pick(&self.hi, &other.hi, Round::Up),
        }
    }

    /// The smaller of two numbers.
    #[must_use]
    pub fn min(&self, other: &Self) -> Self {
        self.neg().max(&other.neg()).neg()
    }

    /// The sign that all numbers of the interval share, `None` if they do not share one.
    pub fn sign(&self) -> Option<Ordering> {
        if self.lo > 0 {
            Some(Ordering::Greater)
        } else if self.hi < 0 {
            Some(Ordering::Less)
        } else if self.lo == 0 && self.hi == 0 {
            Some(Ordering::Equal)
        } else {
            None
        }
    }
}
