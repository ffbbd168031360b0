//! Several levels of a transform in registers.

use std::arch::x86_64::*;

use super::lanes::{Factors, Lanes, subtract_once};

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

/// The same levels backwards, but for the very last if `LAST`. Pre: < 2q, or < q if `FIRST`. Post: < 2q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn inverse_levels<
    const R: usize,
    const T: usize,
    const FIRST: bool,
    const LAST: bool,
>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    if R >= 16 {
        inverse_level::<1, R, T, FIRST>(lanes, x, w);
    }
    if R >= 8 {
        inverse_level::<2, R, T, FIRST>(lanes, x, w);
    }
    if R >= 4 {
        inverse_level::<4, R, T, FIRST>(lanes, x, w);
    }
    if !LAST {
        inverse_level::<8, R, T, FIRST>(lanes, x, w);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn inverse_level<const HALF: usize, const R: usize, const T: usize, const FIRST: bool>(
    lanes: Lanes,
    x: &mut [__m512i; GROUP],
    w: &[[Factors; R]; T],
) {
    for i in 0..GROUP / 2 {
        let k = i / HALF * 2 * HALF + i % HALF;
        let factor = w[k % T][(GROUP + k) / (2 * HALF)];
        let (sum, difference) = lanes.sum_and_difference(x[k], x[k + HALF]);
        // Sums of values < q are small enough.
        let small = FIRST && HALF == GROUP / R;
        x[k] = if small {
            sum
        } else {
            subtract_once(sum, lanes.two_q)
        };
        x[k + HALF] = lanes.mul_lazy(difference, factor);
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
