//! Eight residues at a time: loads, stores, and the butterflies with their ranges.

use std::arch::x86_64::*;

use super::{Vector, WORD_BITS};

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

    /// (x + w·y, x − w·y). Pre: x, y < 4q. Post: < 4q.
    ///
    /// x is brought below 2q, w·y is below 2q, and 2q is added to the difference.
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

    /// (x + y, w·(x − y)). Pre: x, y < 2q. Post: < 2q.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn inverse_butterfly(
        self,
        x: __m512i,
        y: __m512i,
        w: Factors,
    ) -> (__m512i, __m512i) {
        let (sum, difference) = self.sum_and_difference(x, y);
        let product = self.mul_lazy(difference, w);
        (subtract_once(sum, self.two_q), product)
    }
}

/// As many vectors as are worked on at once: eight butterflies of one level do not wait for each other, which hides their
/// latency, and 16 registers are left for constants and intermediate results.
pub(super) const GROUP: usize = 16;

/// The log2 R levels of distance GROUP/2 down to GROUP/R of a group. Pre: < 4q. Post: < 4q, or < q if `END`.
///
/// The factors are trees: node 1 is the first, the nodes 2i and 2i+1 follow node i. Vector k takes tree k mod T.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn forward_levels<const R: usize, const T: usize, const END: bool>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    // One by one, because the compiler does not unroll a loop over them.
    forward_level::<8, R, T>(lanes, x, w);
    if R >= 4 {
        forward_level::<4, R, T>(lanes, x, w);
    }
    if R >= 8 {
        forward_level::<2, R, T>(lanes, x, w);
    }
    if R >= 16 {
        forward_level::<1, R, T>(lanes, x, w);
    }
    if END {
        for k in 0..GROUP {
            x[k] = subtract_once(subtract_once(x[k], lanes.two_q), lanes.q);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn forward_level<const HALF: usize, const R: usize, const T: usize>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    for i in 0..GROUP / 2 {
        let k = i / HALF * 2 * HALF + i % HALF;
        let factor = w[k % T][(GROUP + k) / (2 * HALF)];
        (x[k], x[k + HALF]) = lanes.butterfly(x[k], x[k + HALF], factor);
    }
}

/// Which part of a transform the levels of a group are.
pub(super) mod part {
    /// The first levels: values are < q before them.
    pub(in super::super) const FIRST: u8 = 0;
    /// Others.
    pub(in super::super) const MIDDLE: u8 = 1;
    /// The last levels, of which the very last is left to the caller.
    pub(in super::super) const LAST: u8 = 2;
}

/// The same levels backwards. Pre: < 2q, or < q for the first part. Post: < 2q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn inverse_levels<const R: usize, const T: usize, const PART: u8>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    if R >= 16 {
        inverse_level::<1, R, T>(lanes, x, w);
    }
    if R >= 8 {
        inverse_level::<2, R, T>(lanes, x, w);
    }
    if R >= 4 {
        inverse_level::<4, R, T>(lanes, x, w);
    }
    if PART != part::LAST {
        inverse_level::<8, R, T>(lanes, x, w);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn inverse_level<const HALF: usize, const R: usize, const T: usize>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    for i in 0..GROUP / 2 {
        let k = i / HALF * 2 * HALF + i % HALF;
        let factor = w[k % T][(GROUP + k) / (2 * HALF)];
        (x[k], x[k + HALF]) = lanes.inverse_butterfly(x[k], x[k + HALF], factor);
    }
}

/// Of the even vectors, and of the odd ones: element j of vector i becomes element i of vector j.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn transpose(x: &mut [__m512i; GROUP]) {
    // Pairs of elements, then pairs of pairs, then halves.
    let y = *x;
    for k in [0, 1, 4, 5, 8, 9, 12, 13] {
        x[k] = _mm512_unpacklo_epi64(y[k], y[k + 2]);
        x[k + 2] = _mm512_unpackhi_epi64(y[k], y[k + 2]);
    }
    let y = *x;
    for k in [0, 1, 2, 3, 8, 9, 10, 11] {
        x[k] = _mm512_shuffle_i64x2::<0x88>(y[k], y[k + 4]);
        x[k + 4] = _mm512_shuffle_i64x2::<0xdd>(y[k], y[k + 4]);
    }
    let y = *x;
    for k in 0..8 {
        x[k] = _mm512_shuffle_i64x2::<0x88>(y[k], y[k + 8]);
        x[k + 8] = _mm512_shuffle_i64x2::<0xdd>(y[k], y[k + 8]);
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
