//! Sine, cosine, tangent and the distance to an integer: functions whose extrema may lie inside the interval.

use rug::Float;
use rug::float::Round;

use super::Interval;

/// Arguments of 2^4096 and more are not reduced: π to that many bits would cost more than the answer [−1,1] is worth.
const LARGEST_EXPONENT: i32 = 4096;

impl Interval {
    /// `sin x`.
    #[must_use]
    pub fn sin(&self) -> Self {
        // Maxima at π/2 + 2πk, minima at −π/2 + 2πk: in quarter turns 1 and −1.
        self.periodic(1, Float::sin_round)
    }

    /// `cos x`.
    #[must_use]
    pub fn cos(&self) -> Self {
        self.periodic(0, Float::cos_round)
    }

    /// `tan x`; `None` if a pole may lie in the interval.
    pub fn tan(&self) -> Option<Self> {
        // A connected set on which the cosine has no zero lies between two poles, where tan increases.
        if self.cos().contains_zero() {
            return None;
        }
        let (mut lo, mut hi) = (self.lo.clone(), self.hi.clone());
        lo.tan_round(Round::Down);
        hi.tan_round(Round::Up);
        Some(Self { lo, hi })
    }

    /// `x − n` for the nearest integer `n`, half-integers rounded away from zero.
    #[must_use]
    pub fn mod1(&self) -> Self {
        match self.nearest_integer() {
            Some(n) => Self {
                lo: Float::with_val_round(self.prec(), &self.lo - &n, Round::Down).0,
                hi: Float::with_val_round(self.prec(), &self.hi - &n, Round::Up).0,
            },
            None => Self {
                lo: Float::with_val(self.prec(), -0.5),
                hi: Float::with_val(self.prec(), 0.5),
            },
        }
    }

    /// The integer that is nearest to every number of the interval, `None` if that is not one integer.
    pub fn nearest_integer(&self) -> Option<Float> {
        if !self.is_finite() {
            return None;
        }
        // Rounding is non-decreasing, so equal ends mean that it is constant between them.
        let low = self.lo.clone().round();
        (low == self.hi.clone().round()).then_some(low)
    }

    /// A function with values in [−1,1] and period 2π, with maxima at `quarter`·π/2 + 2πk and minima half a period on.
    ///
    /// Without an extremum inside, the extreme values are those of the ends. Deciding that an extremum may be inside
    /// when it is not only widens the result.
    fn periodic(&self, quarter: i64, f: impl Fn(&mut Float, Round) -> std::cmp::Ordering) -> Self {
        let prec = self.prec();
        let exponent = self.lo.get_exp().max(self.hi.get_exp()).unwrap_or(0);
        let one = Float::with_val(prec, 1);
        if !self.is_finite() || exponent > LARGEST_EXPONENT {
            return Self {
                lo: Float::with_val(prec, -1),
                hi: one,
            };
        }
        let end = |x: &Float, round| {
            let mut value = x.clone();
            f(&mut value, round);
            value
        };
        let has_maximum = self.may_hold_turn(quarter, exponent);
        let has_minimum = self.may_hold_turn(quarter + 2, exponent);
        let lo = if has_minimum {
            Float::with_val(prec, -1)
        } else {
            end(&self.lo, Round::Down).min(&end(&self.hi, Round::Down))
        };
        let hi = if has_maximum {
            one
        } else {
            end(&self.lo, Round::Up).max(&end(&self.hi, Round::Up))
        };
        Self { lo, hi }
    }

    /// Whether `quarter`·π/2 + 2πk may lie in the interval for some integer k.
    fn may_hold_turn(&self, quarter: i64, exponent: i32) -> bool {
        let prec = self.prec() + exponent.max(0).unsigned_abs() + 32;
        let mut half_pi = Self::pi(prec);
        half_pi.lo >>= 1;
        half_pi.hi >>= 1;
        // In quarter turns: (x / (π/2) − quarter)/4 is an integer at the turn.
        let Some(mut turns) = self.with_prec(prec).div(&half_pi) else {
            return true;
        };
        turns = turns.sub(&Self::from_integer(prec, quarter));
        turns.lo >>= 2;
        turns.hi >>= 2;
        turns.lo.ceil() <= turns.hi.floor()
    }
}
