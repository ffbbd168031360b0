//! Sums of products, their low and high halves kept apart until one reduction.

use std::arch::x86_64::*;

use super::{
    WORD_BITS,
    lanes::{Factors, Lanes, broadcast, subtract_once},
};
use crate::ring::{Modulus, ShoupFactor};

/// Products that a sum takes before it has to be folded.
pub(super) const TERMS: usize = 15;

/// high·2^52 + low.
///
/// Invariant: it is below 2^104, because it consists of at most [`TERMS`] products of numbers below 2^50, and of numbers
/// that are together below 2^100: 15·2^100 + 2^100 = 2^104. The halves are then far below 2^64.
#[derive(Clone, Copy)]
pub(super) struct Wide {
    low: __m512i,
    high: __m512i,
}

impl Wide {
    /// A number below 2^63 in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(low: __m512i) -> Self {
        Self {
            low,
            high: _mm512_setzero_si512(),
        }
    }

    /// The sum and x·y. Pre: x, y < 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_product(self, x: __m512i, y: __m512i) -> Self {
        Self {
            low: _mm512_madd52lo_epu64(self.low, x, y),
            high: _mm512_madd52hi_epu64(self.high, x, y),
        }
    }
}

/// What it takes to reduce sums modulo q.
#[derive(Clone, Copy, Debug)]
pub(super) struct WideConstants {
    /// 1.
    one: ShoupFactor,
    /// 2^52 mod q.
    word: ShoupFactor,
}

impl WideConstants {
    pub(super) fn new(modulus: &Modulus) -> Self {
        Self {
            one: ShoupFactor::new(1, modulus),
            word: ShoupFactor::new(modulus.reduce(1 << WORD_BITS), modulus),
        }
    }
}

/// The constants in every lane.
#[derive(Clone, Copy)]
pub(super) struct Reducer {
    pub(super) lanes: Lanes,
    one: Factors,
    word: Factors,
    /// 2^52 − 1.
    mask: __m512i,
}

impl Reducer {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(q: u64, constants: &WideConstants) -> Self {
        Self {
            lanes: Lanes::new(q),
            one: Factors::everywhere(constants.one),
            word: Factors::everywhere(constants.word),
            mask: broadcast((1 << WORD_BITS) - 1),
        }
    }

    /// A number that is y modulo q. Pre: y < 2^52. Post: < 2q.
    ///
    /// This is [`Lanes::mul_lazy`] with the factor 1.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduce_lazy(self, y: __m512i) -> __m512i {
        let estimate = _mm512_madd52hi_epu64(_mm512_setzero_si512(), y, self.one.quotient);
        self.lanes.subtract_multiple(y, estimate)
    }

    /// The high word, below 2^52 because the sum is below 2^104. The low word is the low half modulo 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn high(sum: Wide) -> __m512i {
        _mm512_add_epi64(sum.high, _mm512_srli_epi64::<WORD_BITS>(sum.low))
    }

    /// A sum that is the same modulo q, ready for [`TERMS`] products more. Post: < 2^52 + 2q < 2^53.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn fold(self, sum: Wide) -> Wide {
        let rest = self.lanes.mul_lazy(Self::high(sum), self.word);
        Wide::new(_mm512_add_epi64(_mm512_and_si512(sum.low, self.mask), rest))
    }

    /// The sum modulo q. Post: < q.
    ///
    /// It is [`Lanes::mul_lazy`] of the high word and 2^52, plus [`Reducer::reduce_lazy`] of the low word: two numbers below
    /// 2q. As their sum is below 4q < 2^52, it is enough to have it modulo 2^52, so both estimates are subtracted at once;
    /// and a product takes no more than the low 52 bits of an operand.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn reduce(self, sum: Wide) -> __m512i {
        let zero = _mm512_setzero_si512();
        let high = Self::high(sum);
        let estimate = _mm512_madd52hi_epu64(zero, sum.low, self.one.quotient);
        let estimate = _mm512_madd52hi_epu64(estimate, high, self.word.quotient);
        let value = _mm512_madd52lo_epu64(sum.low, high, self.word.value);
        let value = self.lanes.subtract_multiple(value, estimate);
        subtract_once(subtract_once(value, self.lanes.two_q), self.lanes.q)
    }
}
