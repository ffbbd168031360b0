//! A pair of rigorous bounds.

use rug::{
    Float,
    float::Round,
    ops::{MulAssignRound, SubAssignRound},
};

/// `lower ≤ sup-norm ≤ upper`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// Reached at some point of the domain.
    pub lower: Float,
    /// Exceeded nowhere.
    pub upper: Float,
}

impl Bounds {
    /// `upper/lower − 1`.
    pub fn gap(&self) -> f64 {
        (Float::with_val(64, &self.upper - &self.lower) / &self.lower).to_f64()
    }

    /// `log2(lower)`, rounded down.
    pub fn log2_lower(&self) -> f64 {
        log2_round(&self.lower, Round::Down)
    }

    /// `log2(upper)`, rounded up.
    pub fn log2_upper(&self) -> f64 {
        log2_round(&self.upper, Round::Up)
    }

    /// Bounds of the larger of two suprema.
    pub fn max(self, other: Self) -> Self {
        Self {
            // Not `Float::max`, which rounds to the precision of one of them.
            lower: if other.lower > self.lower {
                other.lower
            } else {
                self.lower
            },
            upper: if other.upper > self.upper {
                other.upper
            } else {
                self.upper
            },
        }
    }

    /// Bounds multiplied by a positive factor.
    pub fn scaled(mut self, factor: &Float) -> Self {
        self.lower.mul_assign_round(factor, Round::Down);
        self.upper.mul_assign_round(factor, Round::Up);
        self
    }

    /// The sup of `|center − v|` for `v` in a range that is known from inside and outside.
    pub(crate) fn of_distance(center: i32, range: &super::Range) -> Self {
        let far = |lo: &Float, hi: &Float, round: Round| {
            let (mut above, mut below) = (hi.clone(), lo.clone());
            above.sub_assign_round(center, round);
            below.sub_assign_round(
                center,
                if round == Round::Up {
                    Round::Down
                } else {
                    Round::Up
                },
            );
            above.max(&(-below))
        };
        Self {
            lower: far(&range.inner.0, &range.inner.1, Round::Down).max(&Float::new(53)),
            upper: far(&range.outer.0, &range.outer.1, Round::Up),
        }
    }
}

/// `log2` to f64 in the direction asked for; of zero, −∞.
pub fn log2_round(x: &Float, round: Round) -> f64 {
    if x.is_zero() {
        return f64::NEG_INFINITY;
    }
    Float::with_val_round(64, x.log2_ref(), round)
        .0
        .to_f64_round(round)
}
