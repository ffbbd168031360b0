//! Inverse transform: the forward one backwards, with N⁻¹ in the last level.
//!
//! Invariant: all values < 2q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Levels, Vector,
    lanes::{Lanes, load, parts, store, subtract_once},
    twiddles::{TailTwiddles, Twiddles},
};

/// Pre: â < 2q, as long as the table. Post: < q.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transform(ntt: &IfmaNtt, a: &mut [Vector]) {
    let lanes = Lanes::new(ntt.modulus);
    let blocks = 1 << ntt.outer.total();
    let (block, tail) = (a.len() / blocks, ntt.inverse.tail.len() / blocks);
    let tails = ntt.inverse.tail.chunks_exact(tail);
    for (i, (block, twiddles)) in a.chunks_exact_mut(block).zip(tails).enumerate() {
        for (pair, twiddles) in block.as_chunks_mut().0.iter_mut().zip(twiddles) {
            first_levels(lanes, pair, twiddles);
        }
        passes(lanes, &ntt.inner, &ntt.inverse, blocks + i, block);
    }
    passes(lanes, &ntt.outer, &ntt.inverse, 1, a);
}

/// Several passes over a block whose last twiddle is number `node`.
#[target_feature(enable = "avx512f,avx512ifma")]
fn passes(lanes: Lanes, levels: &Levels, twiddles: &Twiddles, node: usize, a: &mut [Vector]) {
    let mut parts = 1 << levels.total();
    for count in levels.0.iter().rev() {
        parts >>= count;
        let size = a.len() / parts;
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            let node = node * parts + i;
            match (count, node) {
                (1, 1) => pass::<2, true>(lanes, twiddles, node, block),
                (2, 1) => pass::<4, true>(lanes, twiddles, node, block),
                (_, 1) => pass::<8, true>(lanes, twiddles, node, block),
                (1, _) => pass::<2, false>(lanes, twiddles, node, block),
                (2, _) => pass::<4, false>(lanes, twiddles, node, block),
                _ => pass::<8, false>(lanes, twiddles, node, block),
            }
        }
    }
}

/// log2 R levels of one block; if `LAST`, the transform ends with them, and values are then < q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pass<const R: usize, const LAST: bool>(
    lanes: Lanes,
    twiddles: &Twiddles,
    node: usize,
    a: &mut [Vector],
) {
    let stride = a.len() / R;
    let mut w = [twiddles.head[node].everywhere(); R];
    for i in 1..R {
        // i = 2^level + block in level.
        let level = i.ilog2();
        w[i] = twiddles.head[(node << level) + i - (1 << level)].everywhere();
    }
    if LAST {
        w[0] = twiddles.last[0].everywhere();
        w[1] = twiddles.last[1].everywhere();
    }
    let parts = parts::<R>(a);
    for j in 0..stride {
        let mut x = [_mm512_setzero_si512(); R];
        for k in 0..R {
            x[k] = load(&parts[k][j]);
        }
        let mut half = 1;
        while half < R {
            for k in 0..R {
                if k & half == 0 {
                    if LAST && half == R / 2 {
                        // The products are of numbers < 4q < 2^52, and are < 2q.
                        let (sum, difference) = lanes.sum_and_difference(x[k], x[k + half]);
                        x[k] = subtract_once(lanes.mul_lazy(sum, w[0]), lanes.q);
                        x[k + half] = subtract_once(lanes.mul_lazy(difference, w[1]), lanes.q);
                    } else {
                        let factor = w[(R / 2 + k / 2) / half];
                        (x[k], x[k + half]) = lanes.inverse_butterfly(x[k], x[k + half], factor);
                    }
                }
            }
            half *= 2;
        }
        for k in 0..R {
            store(&mut parts[k][j], x[k]);
        }
    }
}

/// The levels of distance 1, 2, 4 and 8 of 16 elements, in the lanes of the forward transform. Post: < 2q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn first_levels(lanes: Lanes, pair: &mut [Vector; 2], twiddles: &TailTwiddles) {
    let [eight, four, two, one] = twiddles.levels();
    let (a, b) = (load(&pair[0]), load(&pair[1]));
    let even = _mm512_setr_epi64(0, 2, 8, 10, 4, 6, 12, 14);
    let odd = _mm512_setr_epi64(1, 3, 9, 11, 5, 7, 13, 15);
    let x = _mm512_permutex2var_epi64(a, even, b);
    let y = _mm512_permutex2var_epi64(a, odd, b);
    let (x, y) = lanes.inverse_butterfly(x, y, one);
    let (x, y) = (_mm512_unpacklo_epi64(x, y), _mm512_unpackhi_epi64(x, y));
    let (x, y) = lanes.inverse_butterfly(x, y, two);
    let low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    let high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    let (x, y) = (
        _mm512_permutex2var_epi64(x, low, y),
        _mm512_permutex2var_epi64(x, high, y),
    );
    let (x, y) = lanes.inverse_butterfly(x, y, four);
    let (x, y) = (
        _mm512_shuffle_i64x2::<0x44>(x, y),
        _mm512_shuffle_i64x2::<0xee>(x, y),
    );
    let (x, y) = lanes.inverse_butterfly(x, y, eight);
    store(&mut pair[0], x);
    store(&mut pair[1], y);
}
