//! Products of two unknowns.

use std::arch::x86_64::*;

use super::{
    super::Backend,
    Vector,
    lanes::{Lanes, from_words, load, store},
    supports,
};
use crate::ring::Modulus;

/// Element-wise products. Invariant: exists only where the processor has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(in crate::ring) struct Avx2Pointwise {
    modulus: f64,
}

impl Avx2Pointwise {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend, modulus: &Modulus) -> Option<Self> {
        supports(backend, modulus).then(|| Self {
            modulus: modulus.value() as f64,
        })
    }

    /// a ← a·b, as far as full vectors go; returns how far. Pre: a, b < q. Post: < q.
    pub(in crate::ring) fn mul_assign(&self, a: &mut [u64], b: &[u64]) -> usize {
        let (a, b) = (a.as_chunks_mut().0, b.as_chunks().0);
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_assign(self.modulus, a, b) }
        a.as_flattened().len()
    }

    /// sum ← sum + a·b, as far as full vectors go; returns how far. Pre: sum, a, b < q. Post: < q.
    pub(in crate::ring) fn mul_add_assign(&self, sum: &mut [u64], a: &[u64], b: &[u64]) -> usize {
        let (sum, a, b) = (sum.as_chunks_mut().0, a.as_chunks().0, b.as_chunks().0);
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_add_assign(self.modulus, sum, a, b) }
        sum.as_flattened().len()
    }
}

#[target_feature(enable = "avx2,fma")]
fn mul_assign(q: f64, a: &mut [Vector], b: &[Vector]) {
    let lanes = Lanes::new(q);
    for (x, y) in a.iter_mut().zip(b) {
        let product = lanes.mul(from_words(load(x)), from_words(load(y)));
        store(x, lanes.into_words(product));
    }
}

#[target_feature(enable = "avx2,fma")]
fn mul_add_assign(q: f64, sum: &mut [Vector], a: &[Vector], b: &[Vector]) {
    let lanes = Lanes::new(q);
    for ((s, x), y) in sum.iter_mut().zip(a).zip(b) {
        let product = lanes.mul(from_words(load(x)), from_words(load(y)));
        let value = _mm256_add_pd(product, from_words(load(s)));
        store(s, lanes.into_words(value));
    }
}
