//! Digits of residue number systems, and their sums by weights.

use std::arch::x86_64::*;

use super::{
    LANES, Vector,
    lanes::{Factors, Lanes, broadcast, load, store, subtract_once},
    pointwise::IfmaPointwise,
    wide::{Reducer, TERMS, Wide},
};
use crate::ring::ShoupFactor;

/// Vectors that are worked on at once: as many chains of products as it takes to hide their latency.
const UNROLLED: usize = 4;

/// 2^52; the doubles from here to 2^53 are the integers, the low bits of their representation are those of the integer.
const INTEGERS: f64 = (1u64 << 52) as f64;

impl IfmaPointwise {
    /// y ← x·factor, and sums ← sums + y·reciprocal, rounded after the product and after the sum; as far as full vectors
    /// go; returns how far. Pre: x < q, all of one length. Post: y < q.
    pub(in crate::ring) fn digits(
        &self,
        factor: ShoupFactor,
        reciprocal: f64,
        x: &[u64],
        y: &mut [u64],
        sums: &mut [f64],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { digits(self, factor, reciprocal, x, y, sums) }
    }

    /// out ← the sum of the rows by their weights, as far as full blocks of vectors go; returns how far.
    ///
    /// Pre: as many rows as weights, of one length not below that of `out`, one after another; weights < q; rows < 2^50.
    /// Post: < q.
    pub(in crate::ring) fn combine(&self, weights: &[u64], rows: &[u64], out: &mut [u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { combine(self, weights, rows, out) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn digits(
    constants: &IfmaPointwise,
    factor: ShoupFactor,
    reciprocal: f64,
    x: &[u64],
    y: &mut [u64],
    sums: &mut [f64],
) -> usize {
    let (lanes, factor) = (Lanes::new(constants.modulus), Factors::everywhere(factor));
    let reciprocal = _mm512_set1_pd(reciprocal);
    let integers = _mm512_set1_pd(INTEGERS);
    let y: &mut [Vector] = y.as_chunks_mut().0;
    let sums: &mut [[f64; LANES]] = sums.as_chunks_mut().0;
    for ((x, y), sum) in x.as_chunks().0.iter().zip(y.iter_mut()).zip(sums) {
        let digit = subtract_once(lanes.mul_lazy(load(x), factor), lanes.q);
        store(y, digit);
        let bits = _mm512_or_si512(digit, _mm512_castpd_si512(integers));
        let number = _mm512_sub_pd(_mm512_castsi512_pd(bits), integers);
        let quotient = _mm512_mul_pd(number, reciprocal);
        // SAFETY: the reference is valid for reading and writing 64 bytes, and no alignment is asked for.
        unsafe {
            let value = _mm512_add_pd(_mm512_loadu_pd(sum.as_ptr()), quotient);
            _mm512_storeu_pd(sum.as_mut_ptr(), value);
        }
    }
    y.as_flattened().len()
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn combine(constants: &IfmaPointwise, weights: &[u64], rows: &[u64], out: &mut [u64]) -> usize {
    let reducer = Reducer::new(constants.modulus, &constants.wide);
    let stride = rows.len() / weights.len();
    let blocks: &mut [[Vector; UNROLLED]] = out.as_chunks_mut().0.as_chunks_mut().0;
    for (i, out) in blocks.iter_mut().enumerate() {
        let start = i * UNROLLED * LANES;
        let mut sums = [Wide::new(_mm512_setzero_si512()); UNROLLED];
        let mut terms = 0;
        for (r, w) in weights.iter().enumerate() {
            if terms == TERMS {
                for k in 0..UNROLLED {
                    sums[k] = reducer.fold(sums[k]);
                }
                terms = 0;
            }
            terms += 1;
            let w = broadcast(*w);
            let x: &[Vector] = rows[r * stride + start..][..UNROLLED * LANES].as_chunks().0;
            for k in 0..UNROLLED {
                sums[k] = sums[k].add_product(load(&x[k]), w);
            }
        }
        for k in 0..UNROLLED {
            store(&mut out[k], reducer.reduce(sums[k]));
        }
    }
    blocks.as_flattened().as_flattened().len()
}
