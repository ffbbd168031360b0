//! Products of linear polynomials over the ring, position by position.

use std::arch::x86_64::*;

use super::{
    LANES,
    lanes::{load, store, subtract_once},
    pointwise::{Barrett, IfmaPointwise},
    wide::{Reducer, Wide},
};

impl IfmaPointwise {
    /// d ← a ⊗ b as far as full vectors go; returns how far. Pre: a, b < q, all of one length. Post: < q.
    pub(in crate::ring) fn tensor(
        &self,
        a: [&[u64]; 2],
        b: [&[u64]; 2],
        d: &mut [&mut [u64]; 3],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { tensor(self, a, b, d) }
    }

    /// d ← a ⊗ a as far as full vectors go; returns how far. Pre: a < q, all of one length. Post: < q.
    pub(in crate::ring) fn tensor_square(&self, a: [&[u64]; 2], d: &mut [&mut [u64]; 3]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { tensor_square(self, a, d) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn tensor(
    constants: &IfmaPointwise,
    a: [&[u64]; 2],
    b: [&[u64]; 2],
    d: &mut [&mut [u64]; 3],
) -> usize {
    let barrett = Barrett::new(constants);
    let reducer = Reducer::new(constants.modulus, &constants.wide);
    let zero = _mm512_setzero_si512();
    let left = a[0].as_chunks().0.iter().zip(a[1].as_chunks().0);
    let right = b[0].as_chunks().0.iter().zip(b[1].as_chunks().0);
    let [d0, d1, d2] = d.each_mut().map(|d| d.as_chunks_mut().0);
    let out = d0.iter_mut().zip(d1).zip(d2);
    for (((a0, a1), (b0, b1)), ((d0, d1), d2)) in left.zip(right).zip(out) {
        let (a0, a1, b0, b1) = (load(a0), load(a1), load(b0), load(b1));
        let cross = Wide::new(zero).add_product(a0, b1).add_product(a1, b0);
        store(d0, barrett.mul_add(a0, b0, zero));
        store(d1, reducer.reduce(cross));
        store(d2, barrett.mul_add(a1, b1, zero));
    }
    a[0].len() / LANES * LANES
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn tensor_square(constants: &IfmaPointwise, a: [&[u64]; 2], d: &mut [&mut [u64]; 3]) -> usize {
    let barrett = Barrett::new(constants);
    let zero = _mm512_setzero_si512();
    let factors = a[0].as_chunks().0.iter().zip(a[1].as_chunks().0);
    let [d0, d1, d2] = d.each_mut().map(|d| d.as_chunks_mut().0);
    let out = d0.iter_mut().zip(d1).zip(d2);
    for ((a0, a1), ((d0, d1), d2)) in factors.zip(out) {
        let (a0, a1) = (load(a0), load(a1));
        let cross = barrett.mul_add(a0, a1, zero);
        store(d0, barrett.mul_add(a0, a0, zero));
        store(
            d1,
            subtract_once(_mm512_add_epi64(cross, cross), barrett.lanes.q),
        );
        store(d2, barrett.mul_add(a1, a1, zero));
    }
    a[0].len() / LANES * LANES
}
