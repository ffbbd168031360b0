//! The intervals about the integers on which the approximation must hold.

use equiripple_approx::{ApproxError, domain::Domain};
use rug::{Float, float::Round};

/// Bits in which the ends of intervals are kept; every end here is exact in far fewer.
pub(super) const END_BITS: u32 = 128;

/// The numbers t with |t − I| ≤ δ for an integer |I| ≤ K'.
///
/// δ is the least number from `bound`/R for which K' + δ is a double. Then all ends I ± δ are doubles too, and what is
/// certified is certified for all of the intervals.
pub(super) struct Intervals {
    integers: u32,
    reach: Float,
}

impl Intervals {
    /// The intervals of messages |z| ≤ `bound` at the ratio R.
    pub(super) fn new(integers: u32, ratio: f64, bound: f64) -> Self {
        let quotient = Float::with_val(END_BITS, bound);
        let (quotient, _) = Float::with_val_round(END_BITS, &quotient / ratio, Round::Up);
        let (end, _) = Float::with_val_round(f64::MANTISSA_DIGITS, &quotient + integers, Round::Up);
        Self {
            integers,
            reach: Float::with_val(END_BITS, end) - integers,
        }
    }

    /// K' + δ.
    pub(super) fn half_width(&self) -> f64 {
        Float::with_val(END_BITS, &self.reach + self.integers).to_f64()
    }

    /// δ.
    pub(super) fn reach(&self) -> &Float {
        &self.reach
    }

    /// All of them.
    pub(super) fn domain(&self) -> Result<Domain, ApproxError> {
        Domain::mod1(self.integers, &self.reach)
    }

    /// All of them from 0 on.
    pub(super) fn right_half(&self) -> Result<Domain, ApproxError> {
        let end = |at: i64| Float::with_val(END_BITS, at);
        let about = |i: i64| (end(i) - &self.reach, end(i) + &self.reach);
        let first = (end(0), self.reach.clone());
        let rest = (1..=i64::from(self.integers)).map(about);
        Domain::new(std::iter::once(first).chain(rest).collect())
    }

    /// `[δ·from, δ]`: positive messages alone, from a part of the largest.
    pub(super) fn positive(&self, from: f64) -> Result<Domain, ApproxError> {
        let lo = Float::with_val(END_BITS, &self.reach * from);
        Domain::interval(lo, self.reach.clone())
    }
}
