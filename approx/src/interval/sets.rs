//! Intervals as sets: membership, size, union and intersection.

use rug::Float;
use rug::float::Round;

use super::Interval;

impl Interval {
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
