//! Forward transform: levels three at a time in registers, then four levels inside two vectors.
//!
//! Invariant: all values < 4q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Levels, Vector,
    lanes::{Lanes, load, parts, store, subtract_once},
    twiddles::{Factor, TailTwiddles},
};

/// Pre: a < 4q, as long as the table. Post: < q.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transform(ntt: &IfmaNtt, a: &mut [Vector]) {
    let lanes = Lanes::new(ntt.modulus);
    passes(lanes, &ntt.outer, &ntt.forward.head, 1, a);
    // Then block by block, so that each is in the first-level cache for all its levels.
    let blocks = 1 << ntt.outer.total();
    let (block, tail) = (a.len() / blocks, ntt.forward.tail.len() / blocks);
    let tails = ntt.forward.tail.chunks_exact(tail);
    for (i, (block, twiddles)) in a.chunks_exact_mut(block).zip(tails).enumerate() {
        passes(lanes, &ntt.inner, &ntt.forward.head, blocks + i, block);
        for (pair, twiddles) in block.as_chunks_mut().0.iter_mut().zip(twiddles) {
            last_levels(lanes, pair, twiddles);
        }
    }
}

/// Several passes over a block whose first twiddle is number `node`.
#[target_feature(enable = "avx512f,avx512ifma")]
fn passes(lanes: Lanes, levels: &Levels, head: &[Factor], node: usize, a: &mut [Vector]) {
    let mut parts = 1;
    for count in &levels.0 {
        let size = a.len() / parts;
        for (i, block) in a.chunks_exact_mut(size).enumerate() {
            let node = node * parts + i;
            match count {
                1 => pass::<2>(lanes, head, node, block),
                2 => pass::<4>(lanes, head, node, block),
                _ => pass::<8>(lanes, head, node, block),
            }
        }
        parts <<= count;
    }
}

/// log2 R levels of one block.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pass<const R: usize>(lanes: Lanes, head: &[Factor], node: usize, a: &mut [Vector]) {
    let stride = a.len() / R;
    let mut w = [head[node].everywhere(); R];
    for i in 1..R {
        // i = 2^level + block in level.
        let level = i.ilog2();
        w[i] = head[(node << level) + i - (1 << level)].everywhere();
    }
    let parts = parts::<R>(a);
    for j in 0..stride {
        let mut x = [_mm512_setzero_si512(); R];
        for k in 0..R {
            x[k] = load(&parts[k][j]);
        }
        let mut half = R / 2;
        while half > 0 {
            for k in 0..R {
                if k & half == 0 {
                    let factor = w[(R / 2 + k / 2) / half];
                    (x[k], x[k + half]) = lanes.butterfly(x[k], x[k + half], factor);
                }
            }
            half /= 2;
        }
        for k in 0..R {
            store(&mut parts[k][j], x[k]);
        }
    }
}

/// The levels of distance 8, 4, 2 and 1 of 16 elements. Post: < q.
///
/// With a and b the two vectors and their elements 0 to 7, the lanes of (x, y) are: distance 4, (a0123 b0123, a4567 b4567);
/// distance 2, (a01 b01 a45 b45, a23 b23 a67 b67); distance 1, (a0 a2 b0 b2 a4 a6 b4 b6, a1 a3 b1 b3 a5 a7 b5 b7).
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn last_levels(lanes: Lanes, pair: &mut [Vector; 2], twiddles: &TailTwiddles) {
    let [eight, four, two, one] = twiddles.levels();
    let (x, y) = lanes.butterfly(load(&pair[0]), load(&pair[1]), eight);
    let (x, y) = (
        _mm512_shuffle_i64x2::<0x44>(x, y),
        _mm512_shuffle_i64x2::<0xee>(x, y),
    );
    let (x, y) = lanes.butterfly(x, y, four);
    let (x, y) = (
        _mm512_shuffle_i64x2::<0x88>(x, y),
        _mm512_shuffle_i64x2::<0xdd>(x, y),
    );
    let (x, y) = lanes.butterfly(x, y, two);
    let (x, y) = (_mm512_unpacklo_epi64(x, y), _mm512_unpackhi_epi64(x, y));
    let (x, y) = lanes.butterfly(x, y, one);
    let x = subtract_once(subtract_once(x, lanes.two_q), lanes.q);
    let y = subtract_once(subtract_once(y, lanes.two_q), lanes.q);
    let first = _mm512_setr_epi64(0, 8, 1, 9, 4, 12, 5, 13);
    let second = _mm512_setr_epi64(2, 10, 3, 11, 6, 14, 7, 15);
    store(&mut pair[0], _mm512_permutex2var_epi64(x, first, y));
    store(&mut pair[1], _mm512_permutex2var_epi64(x, second, y));
}
