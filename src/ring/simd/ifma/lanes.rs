//! Eight residues at a time: loads, stores, and the butterflies with their ranges.

use std::arch::x86_64::*;

use super::{Vector, WORD_BITS};
use crate::ring::ShoupFactor;

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn load(from: &Vector) -> __m512i {
    // SAFETY: the reference is valid for reading 64 bytes, and no alignment is asked for.
    unsafe { _mm512_loadu_epi64(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn store(to: &mut Vector, value: __m512i) {
    // SAFETY: the reference is valid for writing 64 bytes, and no alignment is asked for.
    unsafe { _mm512_storeu_epi64(to.as_mut_ptr().cast(), value) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn broadcast(x: u64) -> __m512i {
    _mm512_set1_epi64(x.cast_signed())
}

/// x − m where that is not negative, otherwise x. Post: < m if x < 2m.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn subtract_once(x: __m512i, m: __m512i) -> __m512i {
    _mm512_min_epu64(x, _mm512_sub_epi64(x, m))
}

/// Factors w < q with ⌊w·2^52 / q⌋.
#[derive(Clone, Copy)]
pub(super) struct Factors {
    pub(super) value: __m512i,
    pub(super) quotient: __m512i,
}

impl Factors {
    /// One factor in every lane. ⌊w·2^52 / q⌋ is ⌊w·2^64 / q⌋ without its lowest 12 bits.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn everywhere(w: ShoupFactor) -> Self {
        Self {
            value: broadcast(w.value()),
            quotient: broadcast(w.quotient() >> (u64::BITS - WORD_BITS)),
        }
    }
}

/// Multiples of q in every lane.
#[derive(Clone, Copy)]
pub(super) struct Lanes {
    pub(super) q: __m512i,
    pub(super) two_q: __m512i,
    /// 2^52 − q: −q in arithmetic modulo 2^52.
    minus_q: __m512i,
    /// 2^52 − 1.
    word: __m512i,
}

impl Lanes {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(q: u64) -> Self {
        Self {
            q: broadcast(q),
            two_q: broadcast(2 * q),
            minus_q: broadcast((1 << WORD_BITS) - q),
            word: broadcast((1 << WORD_BITS) - 1),
        }
    }

    /// low − e·q modulo 2^52. Post: < 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn subtract_multiple(self, low: __m512i, e: __m512i) -> __m512i {
        _mm512_and_si512(_mm512_madd52lo_epu64(low, e, self.minus_q), self.word)
    }

    /// A number that is y·w modulo q. Pre: y < 2^52. Post: < 2q.
    ///
    /// The estimate e = ⌊y·w'/2^52⌋ of y·w/q, with w' = ⌊w·2^52/q⌋, is never too large; it loses less than y/2^52 < 1 in w'
    /// and less than 1 in the floor, so y·w − e·q < 2q < 2^52, and its residue modulo 2^52 is itself.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn mul_lazy(self, y: __m512i, w: Factors) -> __m512i {
        let zero = _mm512_setzero_si512();
        let estimate = _mm512_madd52hi_epu64(zero, y, w.quotient);
        let low = _mm512_madd52lo_epu64(zero, y, w.value);
        self.subtract_multiple(low, estimate)
    }

    /// x − y modulo q. Pre: x, y < q. Post: < q.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sub(self, x: __m512i, y: __m512i) -> __m512i {
        // Where y > x the difference wraps to at least 2^64 − q.
        let difference = _mm512_sub_epi64(x, y);
        _mm512_min_epu64(difference, _mm512_add_epi64(difference, self.q))
    }

    /// (x + w·y, x − w·y). Pre: x, y < 4q. Post: < 4q.
    ///
    /// u, x brought below 2q, and the product v < 2q give u + v < 4q and u − v + 2q < 4q. The product is summed onto u, modulo
    /// 2^52 as in `mul_lazy`, and the difference is 2u + 2q less that sum.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn butterfly(self, x: __m512i, y: __m512i, w: Factors) -> (__m512i, __m512i) {
        let u = subtract_once(x, self.two_q);
        let estimate = _mm512_madd52hi_epu64(_mm512_setzero_si512(), y, w.quotient);
        let raised = _mm512_add_epi64(_mm512_add_epi64(u, self.two_q), u);
        let sum = self.subtract_multiple(_mm512_madd52lo_epu64(u, y, w.value), estimate);
        (sum, _mm512_sub_epi64(raised, sum))
    }

    /// (x + y, x − y + 2q). Pre: x, y < 2q. Post: < 4q.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn sum_and_difference(self, x: __m512i, y: __m512i) -> (__m512i, __m512i) {
        let raised = _mm512_add_epi64(x, self.two_q);
        (_mm512_add_epi64(x, y), _mm512_sub_epi64(raised, y))
    }
}

/// A block in R equal parts. Pre: R divides its length.
#[inline(always)]
pub(super) fn parts<const R: usize>(mut block: &mut [Vector]) -> [&mut [Vector]; R] {
    let stride = block.len() / R;
    std::array::from_fn(|_| {
        let (part, rest) = std::mem::take(&mut block).split_at_mut(stride);
        block = rest;
        part
    })
}
