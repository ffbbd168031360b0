//! Forward transform: levels three at a time in registers, then the last six of 64 elements at once.
//!
//! Invariant: all values < 4q between levels.

use std::arch::x86_64::*;

use super::{
    IfmaNtt, Levels, Vector,
    lanes::{GROUP, Lanes, forward_levels, load, parts, store, subtract_once, transpose},
    twiddles::{Factor, TailTwiddles, below},
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
        let pairs = block.as_chunks_mut().0.as_chunks_mut().0;
        for (pair, twiddles) in pairs.iter_mut().zip(twiddles.as_chunks().0) {
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
                3 => pass::<8>(lanes, head, node, block),
                _ => pass::<16>(lanes, head, node, block),
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
        w[i] = head[below(node, i)].everywhere();
    }
    let columns = GROUP / R;
    let parts = parts::<R>(a);
    for j in (0..stride).step_by(columns) {
        let mut x = [_mm512_setzero_si512(); GROUP];
        for k in 0..GROUP {
            x[k] = load(&parts[k / columns][j + k % columns]);
        }
        forward_levels(lanes, &mut x, &[w]);
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
    forward_levels(lanes, &mut x, &[a.between(), b.between()]);
    transpose(&mut x);
    forward_levels(lanes, &mut x, &[a.within(), b.within()]);
    for k in 0..GROUP {
        x[k] = subtract_once(subtract_once(x[k], lanes.two_q), lanes.q);
    }
    transpose(&mut x);
    for k in 0..GROUP {
        store(&mut pair[k % 2][k / 2], x[k]);
    }
}
