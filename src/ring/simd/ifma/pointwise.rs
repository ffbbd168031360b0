//! Products of two unknowns, by Barrett's method in 52-bit words.

use std::arch::x86_64::*;

use super::{
    super::Backend,
    MODULUS_BITS, Vector, WORD_BITS,
    lanes::{Lanes, broadcast, load, store, subtract_once},
    supports,
};
use crate::ring::Modulus;

/// Element-wise products. Invariant: exists only where the processor has AVX-512 F and IFMA.
#[derive(Clone, Copy, Debug)]
pub(in crate::ring) struct IfmaPointwise {
    modulus: u64,
    /// Bit length k of q.
    bits: u32,
    /// ⌊2^(k+50) / q⌋ < 2^51.
    quotient: u64,
}

impl IfmaPointwise {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend, modulus: &Modulus) -> Option<Self> {
        let (value, bits) = (modulus.value(), modulus.bits());
        supports(backend, modulus).then(|| Self {
            modulus: value,
            bits,
            quotient: ((1u128 << (bits + MODULUS_BITS)) / u128::from(value)) as u64,
        })
    }

    /// a ← a·b, as far as full vectors go; returns how far. Pre: a, b < q. Post: < q.
    pub(in crate::ring) fn mul_assign(&self, a: &mut [u64], b: &[u64]) -> usize {
        let (a, b) = (a.as_chunks_mut().0, b.as_chunks().0);
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_assign(self, a, b) }
        a.as_flattened().len()
    }

    /// sum ← sum + a·b, as far as full vectors go; returns how far. Pre: sum, a, b < q. Post: < q.
    pub(in crate::ring) fn mul_add_assign(&self, sum: &mut [u64], a: &[u64], b: &[u64]) -> usize {
        let (sum, a, b) = (sum.as_chunks_mut().0, a.as_chunks().0, b.as_chunks().0);
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_add_assign(self, sum, a, b) }
        sum.as_flattened().len()
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_assign(constants: &IfmaPointwise, a: &mut [Vector], b: &[Vector]) {
    let barrett = Barrett::new(constants);
    for (x, y) in a.iter_mut().zip(b) {
        let product = barrett.mul_add(load(x), load(y), _mm512_setzero_si512());
        store(x, product);
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_add_assign(constants: &IfmaPointwise, sum: &mut [Vector], a: &[Vector], b: &[Vector]) {
    let barrett = Barrett::new(constants);
    for ((s, x), y) in sum.iter_mut().zip(a).zip(b) {
        let value = barrett.mul_add(load(x), load(y), load(s));
        store(s, value);
    }
}

/// The constants in every lane.
#[derive(Clone, Copy)]
struct Barrett {
    lanes: Lanes,
    quotient: __m512i,
    /// k − 2.
    right: __m512i,
    /// 54 − k.
    left: __m512i,
}

impl Barrett {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn new(constants: &IfmaPointwise) -> Self {
        let right = constants.bits - 2;
        Self {
            lanes: Lanes::new(constants.modulus),
            quotient: broadcast(constants.quotient),
            right: broadcast(right.into()),
            left: broadcast((WORD_BITS - right).into()),
        }
    }

    /// a·b + c modulo q. Pre: a, b, c < q. Post: < q.
    ///
    /// With x = a·b < 2^(2k), c' = ⌊x / 2^(k−2)⌋ < 2^(k+2) ≤ 2^52 and μ = ⌊2^(k+50) / q⌋ < 2^51, the estimate e = ⌊c'·μ / 2^52⌋ of
    /// x/q is never too large. It loses less than 2^(k−2)/q < 1/2 in c', c'/2^52 < 1 in μ, and 1 in the floor. So
    /// x − e·q < 3q < 2^52, adding c leaves less than 4q, and two subtractions finish.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn mul_add(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        let zero = _mm512_setzero_si512();
        let high = _mm512_madd52hi_epu64(zero, a, b);
        let low = _mm512_madd52lo_epu64(zero, a, b);
        let shifted = _mm512_or_si512(
            _mm512_sllv_epi64(high, self.left),
            _mm512_srlv_epi64(low, self.right),
        );
        let estimate = _mm512_madd52hi_epu64(zero, shifted, self.quotient);
        let rest = self.lanes.subtract_multiple(low, estimate);
        let sum = _mm512_add_epi64(rest, c);
        subtract_once(subtract_once(sum, self.lanes.two_q), self.lanes.q)
    }
}
