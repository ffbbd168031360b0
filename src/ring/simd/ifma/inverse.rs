//! Inverse transform: the forward one backwards, with N⁻¹ in the last level.
//!
//! Invariant: all values < 2q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Levels, Vector,
    lanes::{GROUP, Lanes, inverse_levels, load, parts, store, subtract_once, transpose},
    twiddles::{TailTwiddles, Twiddles, below},
};

/// Pre: â < 2q, as long as the table. Post: < q.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transform(ntt: &IfmaNtt, a: &mut [Vector]) {
    let lanes = Lanes::new(ntt.modulus);
    let blocks = 1 << ntt.outer.total();
    let (block, tail) = (a.len() / blocks, ntt.inverse.tail.len() / blocks);
    let tails = ntt.inverse.tail.chunks_exact(tail);
    for (i, (block, twiddles)) in a.chunks_exact_mut(block).zip(tails).enumerate() {
        let pairs = block.as_chunks_mut().0.as_chunks_mut().0;
        for (pair, twiddles) in pairs.iter_mut().zip(twiddles.as_chunks().0) {
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
                (3, 1) => pass::<8, true>(lanes, twiddles, node, block),
                (_, 1) => pass::<16, true>(lanes, twiddles, node, block),
                (1, _) => pass::<2, false>(lanes, twiddles, node, block),
                (2, _) => pass::<4, false>(lanes, twiddles, node, block),
                (3, _) => pass::<8, false>(lanes, twiddles, node, block),
                _ => pass::<16, false>(lanes, twiddles, node, block),
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
        w[i] = twiddles.head[below(node, i)].everywhere();
    }
    if LAST {
        w[0] = twiddles.last[0].everywhere();
        w[1] = twiddles.last[1].everywhere();
    }
    let columns = GROUP / R;
    let parts = parts::<R>(a);
    for j in (0..stride).step_by(columns) {
        let mut x = [_mm512_setzero_si512(); GROUP];
        for k in 0..GROUP {
            x[k] = load(&parts[k / columns][j + k % columns]);
        }
        inverse_levels::<R, 1, LAST>(lanes, &mut x, &[w]);
        if LAST {
            for k in 0..GROUP / 2 {
                // The products are of numbers < 4q < 2^52, and are < 2q.
                let (sum, difference) = lanes.sum_and_difference(x[k], x[k + GROUP / 2]);
                x[k] = subtract_once(lanes.mul_lazy(sum, w[0]), lanes.q);
                x[k + GROUP / 2] = subtract_once(lanes.mul_lazy(difference, w[1]), lanes.q);
            }
        }
        for k in 0..GROUP {
            store(&mut parts[k / columns][j + k % columns], x[k]);
        }
    }
}

/// The first six levels, of 64 elements twice. Post: < 2q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn first_levels(lanes: Lanes, pair: &mut [[Vector; 8]; 2], twiddles: &[TailTwiddles; 2]) {
    let mut x = [_mm512_setzero_si512(); GROUP];
    for k in 0..GROUP {
        x[k] = load(&pair[k % 2][k / 2]);
    }
    let [a, b] = twiddles;
    transpose(&mut x);
    inverse_levels::<8, 2, false>(lanes, &mut x, &[a.within(), b.within()]);
    transpose(&mut x);
    inverse_levels::<8, 2, false>(lanes, &mut x, &[a.between(), b.between()]);
    for k in 0..GROUP {
        store(&mut pair[k % 2][k / 2], x[k]);
    }
}
