//! Forward transform: levels three at a time in registers, then the last six of 64 elements at once.
//!
//! Invariant: all values < 4q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Vector,
    lanes::{Lanes, load, parts, store},
    levels::{GROUP, forward_levels, transpose},
    twiddles::{Factor, TailTwiddles, Twiddles, below},
};

/// Pre: a < 4q, as long as the table. Post: < q.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transform(ntt: &IfmaNtt, a: &mut [Vector]) {
    levels(Lanes::new(ntt.modulus), &ntt.passes, &ntt.forward, 1, a);
}

/// All levels of a block whose first twiddle is number `node`, part by part, so that small parts stay in near caches.
#[target_feature(enable = "avx512f,avx512ifma")]
fn levels(lanes: Lanes, passes: &[u32], twiddles: &Twiddles, node: usize, a: &mut [Vector]) {
    let [count, rest @ ..] = passes else {
        let pairs = a.as_chunks_mut().0.as_chunks_mut().0;
        for (pair, twiddles) in pairs.iter_mut().zip(twiddles.tail_below(node)) {
            last_levels(lanes, pair, twiddles);
        }
        return;
    };
    match count {
        1 => pass::<2>(lanes, &twiddles.head, node, a),
        2 => pass::<4>(lanes, &twiddles.head, node, a),
        3 => pass::<8>(lanes, &twiddles.head, node, a),
        _ => pass::<16>(lanes, &twiddles.head, node, a),
    }
    // The last levels take two blocks of 64 elements at a time, so the parts stay together.
    let parts = if rest.is_empty() { 1 } else { 1 << count };
    let size = a.len() / parts;
    for (i, part) in a.chunks_exact_mut(size).enumerate() {
        levels(lanes, rest, twiddles, node * parts + i, part);
    }
}

/// log2 R levels of one block.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pass<const R: usize>(lanes: Lanes, head: &[Factor], node: usize, a: &mut [Vector]) {
    let stride = a.len() / R;
    let mut w = [head[node].everywhere(); R];
    for i in 1..R {
        w[i] = head[below(node, i)].everywhere();
    }
    let columns = GROUP / R;
    let parts = parts::<R>(a);
    for j in (0..stride).step_by(columns) {
        let mut x = [_mm512_setzero_si512(); GROUP];
        for k in 0..GROUP {
            x[k] = load(&parts[k / columns][j + k % columns]);
        }
        forward_levels::<R, 1, false>(lanes, &mut x, &[w]);
        for k in 0..GROUP {
            store(&mut parts[k / columns][j + k % columns], x[k]);
        }
    }
}

/// The last six levels, of 64 elements twice. Post: < q.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn last_levels(lanes: Lanes, pair: &mut [[Vector; 8]; 2], twiddles: &[TailTwiddles; 2]) {
    let mut x = [_mm512_setzero_si512(); GROUP];
    for k in 0..GROUP {
        x[k] = load(&pair[k % 2][k / 2]);
    }
    let [a, b] = twiddles;
    forward_levels::<8, 2, false>(lanes, &mut x, &[a.between(), b.between()]);
    transpose(&mut x);
    forward_levels::<8, 2, true>(lanes, &mut x, &[a.within(), b.within()]);
    transpose(&mut x);
    for k in 0..GROUP {
        store(&mut pair[k % 2][k / 2], x[k]);
    }
}
