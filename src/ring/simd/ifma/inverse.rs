//! Inverse transform: the forward one backwards, with N⁻¹ in the last level.
//!
//! Invariant: all values < 2q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Vector,
    lanes::{Lanes, load, parts, store, subtract_once},
    levels::{GROUP, inverse_levels, transpose},
    twiddles::{TailTwiddles, Twiddles, below},
};

/// Pre: â < 2q, as long as the table. Post: < q.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transform(ntt: &IfmaNtt, a: &mut [Vector]) {
    levels(Lanes::new(ntt.modulus), &ntt.passes, &ntt.inverse, 1, a);
}

/// All levels of a block whose last twiddle is number `node`, part by part, so that small parts stay in near caches.
#[target_feature(enable = "avx512f,avx512ifma")]
fn levels(lanes: Lanes, passes: &[u32], twiddles: &Twiddles, node: usize, a: &mut [Vector]) {
    let [count, rest @ ..] = passes else {
        let pairs = a.as_chunks_mut().0.as_chunks_mut().0;
        for (pair, twiddles) in pairs.iter_mut().zip(twiddles.tail_below(node)) {
            first_levels(lanes, pair, twiddles);
        }
        return;
    };
    // The first levels take two blocks of 64 elements at a time, so the parts stay together.
    let parts = if rest.is_empty() { 1 } else { 1 << count };
    let size = a.len() / parts;
    for (i, part) in a.chunks_exact_mut(size).enumerate() {
        levels(lanes, rest, twiddles, node * parts + i, part);
    }
    match (count, node) {
        (1, 1) => pass::<2, true>(lanes, twiddles, node, a),
        (2, 1) => pass::<4, true>(lanes, twiddles, node, a),
        (3, 1) => pass::<8, true>(lanes, twiddles, node, a),
        (_, 1) => pass::<16, true>(lanes, twiddles, node, a),
        (1, _) => pass::<2, false>(lanes, twiddles, node, a),
        (2, _) => pass::<4, false>(lanes, twiddles, node, a),
        (3, _) => pass::<8, false>(lanes, twiddles, node, a),
        _ => pass::<16, false>(lanes, twiddles, node, a),
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
        inverse_levels::<R, 1, false, LAST>(lanes, &mut x, &[w]);
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
    inverse_levels::<8, 2, true, false>(lanes, &mut x, &[a.within(), b.within()]);
    transpose(&mut x);
    inverse_levels::<8, 2, false, false>(lanes, &mut x, &[a.between(), b.between()]);
    for k in 0..GROUP {
        store(&mut pair[k % 2][k / 2], x[k]);
    }
}
