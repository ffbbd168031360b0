//! Monotone functions of intervals: the ends are the function of the ends, rounded outwards.

use std::cmp::Ordering;

use rug::Float;
use rug::float::Round;
use rug::ops::PowAssignRound;

use super::Interval;

impl Interval {
    /// A non-decreasing function given by its correctly rounded evaluation in place.
    fn increasing(&self, f: impl Fn(&mut Float, Round) -> Ordering) -> Self {
        let (mut lo, mut hi) = (self.lo.clone(), self.hi.clone());
        f(&mut lo, Round::Down);
        f(&mut hi, Round::Up);
        Self { lo, hi }
    }

    /// A non-decreasing function given by an enclosure of its value at one number.
    fn increasing_by_points(&self, f: impl Fn(&Self) -> Self) -> Self {
        let end = |x: &Float| {
            f(&Self {
                lo: x.clone(),
                hi: x.clone(),
            })
        };
        let Self { lo, hi } = end(&self.lo);
        if self.is_point() {
            return Self { lo, hi };
        }
        Self {
            lo,
            hi: end(&self.hi).hi,
        }
    }

    /// `exp x`.
    #[must_use]
    pub fn exp(&self) -> Self {
        self.increasing(Float::exp_round)
    }

    /// Natural logarithm; `None` unless the interval is positive.
    pub fn log(&self) -> Option<Self> {
        (self.lo > 0).then(|| self.increasing(Float::ln_round))
    }

    /// `√x`; `None` if a negative number lies in the interval.
    pub fn sqrt(&self) -> Option<Self> {
        (self.lo >= 0).then(|| self.increasing(Float::sqrt_round))
    }

    /// `x^p` for a positive base, or for a base that reaches zero and a positive exponent; `None` otherwise.
    ///
    /// Its logarithm `p·log x` is linear in each factor, so the extrema lie at corners, and the sign of `log x` says
    /// which end of the exponent goes with which end of the base.
    pub fn pow(&self, exponent: &Self) -> Option<Self> {
        if self.lo < 0
            || (self.lo == 0 && exponent.lo <= 0)
            || !self.is_finite()
            || !exponent.is_finite()
        {
            return None;
        }
        let prec = self.prec().max(exponent.prec());
        let corner = |x: &Float, p: &Float, round| {
            let mut value = Float::with_val(prec, x);
            value.pow_assign_round(p, round);
            value
        };
        let low_exponent = |x: &Float| if *x < 1 { &exponent.hi } else { &exponent.lo };
        let high_exponent = |x: &Float| if *x < 1 { &exponent.lo } else { &exponent.hi };
        let (a, b) = (&self.lo, &self.hi);
        let lo =
            corner(a, low_exponent(a), Round::Down).min(&corner(b, low_exponent(b), Round::Down));
        let hi =
            corner(a, high_exponent(a), Round::Up).max(&corner(b, high_exponent(b), Round::Up));
        Some(Self { lo, hi })
    }

    /// `sinh x`.
    #[must_use]
    pub fn sinh(&self) -> Self {
        self.increasing(Float::sinh_round)
    }

    /// `cosh x`.
    #[must_use]
    pub fn cosh(&self) -> Self {
        self.abs().increasing(Float::cosh_round)
    }

    /// `tanh x`.
    #[must_use]
    pub fn tanh(&self) -> Self {
        self.increasing(Float::tanh_round)
    }

    /// `arctan x`.
    #[must_use]
    pub fn atan(&self) -> Self {
        self.increasing(Float::atan_round)
    }

    /// The error function.
    #[must_use]
    pub fn erf(&self) -> Self {
        self.increasing(Float::erf_round)
    }

    /// `1 − erf x`, without the cancellation.
    #[must_use]
    pub fn erfc(&self) -> Self {
        let (mut lo, mut hi) = (self.hi.clone(), self.lo.clone());
        lo.erfc_round(Round::Down);
        hi.erfc_round(Round::Up);
        Self { lo, hi }
    }

    /// `1/(1+exp(−x))`, by the exponential that cannot overflow.
    #[must_use]
    pub fn sigmoid(&self) -> Self {
        self.increasing_by_points(|x| {
            let one = Self::from_integer(x.prec(), 1);
            let decay = x.abs().neg().exp();
            let numerator = if x.lo >= 0 { &one } else { &decay };
            // The denominator lies in [1, 2], so the division is defined.
            numerator
                .div(&one.add(&decay))
                .unwrap_or_else(|| Self::whole(x.prec()))
        })
    }

    /// `log(1+exp x) = max(x,0) + log(1+exp(−|x|))`.
    #[must_use]
    pub fn softplus(&self) -> Self {
        self.increasing_by_points(|x| {
            let tail = x.abs().neg().exp().increasing(Float::ln_1p_round);
            tail.add(&x.max(&Self::from_integer(x.prec(), 0)))
        })
    }

    /// The sign of `x`, 0 at 0.
    #[must_use]
    pub fn signum(&self) -> Self {
        self.increasing(|x, _| {
            let sign = x.cmp0().map_or(0, |order| order as i8);
            *x = Float::with_val(x.prec(), sign);
            Ordering::Equal
        })
    }
}
