//! Position by position, eight at a time.
//!
//! Every method works as far as full vectors go and returns how far that is.

use std::arch::x86_64::*;

use super::{
    super::Backend,
    MODULUS_BITS, Vector, WORD_BITS,
    lanes::{Factors, Lanes, broadcast, load, store, subtract_once},
    supports,
    wide::{Reducer, WideConstants},
};
use crate::ring::{Modulus, ShoupFactor};

/// Constants of one modulus. Invariant: exists only where the processor has AVX-512 F and IFMA.
#[derive(Clone, Copy, Debug)]
pub(in crate::ring) struct IfmaPointwise {
    pub(super) modulus: u64,
    /// Bit length k of q.
    bits: u32,
    /// ⌊2^(k+50) / q⌋ < 2^51.
    quotient: u64,
    pub(super) wide: WideConstants,
}

impl IfmaPointwise {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend, modulus: &Modulus) -> Option<Self> {
        let (value, bits) = (modulus.value(), modulus.bits());
        supports(backend, modulus).then(|| Self {
            modulus: value,
            bits,
            quotient: ((1u128 << (bits + MODULUS_BITS)) / u128::from(value)) as u64,
            wide: WideConstants::new(modulus),
        })
    }

    /// a ← a + b. Pre: a, b < q. Post: < q.
    pub(in crate::ring) fn add_assign(&self, a: &mut [u64], b: &[u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { add_assign(self, a, b) }
    }

    /// a ← a − b. Pre: a, b < q. Post: < q.
    pub(in crate::ring) fn sub_assign(&self, a: &mut [u64], b: &[u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { sub_assign(self, a, b) }
    }

    /// a ← −a. Pre: a < q. Post: < q.
    pub(in crate::ring) fn neg_assign(&self, a: &mut [u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { neg_assign(self, a) }
    }

    /// a ← a·b. Pre: a, b < q. Post: < q.
    pub(in crate::ring) fn mul_assign(&self, a: &mut [u64], b: &[u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_assign(self, a, b) }
    }

    /// sum ← sum + a·b. Pre: sum, a, b < q. Post: < q.
    pub(in crate::ring) fn mul_add_assign(&self, sum: &mut [u64], a: &[u64], b: &[u64]) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_add_assign(self, sum, a, b) }
    }

    /// a ← c·a. Pre: a < q. Post: < q.
    pub(in crate::ring) fn mul_scalar_assign(&self, a: &mut [u64], c: ShoupFactor) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_scalar_assign(self, a, c) }
    }

    /// sum ← sum + c·a. Pre: sum, a < q. Post: < q.
    pub(in crate::ring) fn mul_scalar_add_assign(
        &self,
        sum: &mut [u64],
        a: &[u64],
        c: ShoupFactor,
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { mul_scalar_add_assign(self, sum, a, c) }
    }

    /// x ← (x − y)·c. Pre: x, y < q. Post: < q.
    pub(in crate::ring) fn sub_mul_scalar_assign(
        &self,
        x: &mut [u64],
        y: &[u64],
        c: ShoupFactor,
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { sub_mul_scalar_assign(self, x, y, c) }
    }

    /// to ← the residues of the numbers in [−(p−1)/2, (p−1)/2] that are `from` modulo p. Pre: from < p < 2^50. Post: < q.
    pub(in crate::ring) fn reduce_centered(
        &self,
        to: &mut [u64],
        from: &[u64],
        p: &Modulus,
    ) -> usize {
        if p.bits() > MODULUS_BITS {
            return 0;
        }
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { reduce_centered(self, to, from, p.value()) }
    }
}

/// x ← f(x, y) in full vectors; returns their length.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn each(x: &mut [u64], y: &[u64], f: impl Fn(__m512i, __m512i) -> __m512i) -> usize {
    let x = x.as_chunks_mut().0;
    for (x, y) in x.iter_mut().zip(y.as_chunks().0) {
        let value = f(load(x), load(y));
        store(x, value);
    }
    x.as_flattened().len()
}

/// x ← f(x) in full vectors; returns their length.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn each_alone(x: &mut [u64], f: impl Fn(__m512i) -> __m512i) -> usize {
    let x: &mut [Vector] = x.as_chunks_mut().0;
    for x in x.iter_mut() {
        let value = f(load(x));
        store(x, value);
    }
    x.as_flattened().len()
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn add_assign(constants: &IfmaPointwise, a: &mut [u64], b: &[u64]) -> usize {
    let q = broadcast(constants.modulus);
    each(a, b, |x, y| subtract_once(_mm512_add_epi64(x, y), q))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn sub_assign(constants: &IfmaPointwise, a: &mut [u64], b: &[u64]) -> usize {
    let lanes = Lanes::new(constants.modulus);
    each(a, b, |x, y| lanes.sub(x, y))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn neg_assign(constants: &IfmaPointwise, a: &mut [u64]) -> usize {
    let lanes = Lanes::new(constants.modulus);
    each_alone(a, |x| lanes.sub(_mm512_setzero_si512(), x))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_assign(constants: &IfmaPointwise, a: &mut [u64], b: &[u64]) -> usize {
    let barrett = Barrett::new(constants);
    each(a, b, |x, y| barrett.mul_add(x, y, _mm512_setzero_si512()))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_add_assign(constants: &IfmaPointwise, sum: &mut [u64], a: &[u64], b: &[u64]) -> usize {
    let barrett = Barrett::new(constants);
    let sum: &mut [Vector] = sum.as_chunks_mut().0;
    for ((s, x), y) in sum.iter_mut().zip(a.as_chunks().0).zip(b.as_chunks().0) {
        let value = barrett.mul_add(load(x), load(y), load(s));
        store(s, value);
    }
    sum.as_flattened().len()
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_scalar_assign(constants: &IfmaPointwise, a: &mut [u64], c: ShoupFactor) -> usize {
    let (lanes, c) = (Lanes::new(constants.modulus), Factors::everywhere(c));
    each_alone(a, |x| subtract_once(lanes.mul_lazy(x, c), lanes.q))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn mul_scalar_add_assign(
    constants: &IfmaPointwise,
    sum: &mut [u64],
    a: &[u64],
    c: ShoupFactor,
) -> usize {
    let (lanes, c) = (Lanes::new(constants.modulus), Factors::everywhere(c));
    each(sum, a, |s, x| {
        // Below 3q.
        let sum = _mm512_add_epi64(s, lanes.mul_lazy(x, c));
        subtract_once(subtract_once(sum, lanes.two_q), lanes.q)
    })
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn sub_mul_scalar_assign(
    constants: &IfmaPointwise,
    x: &mut [u64],
    y: &[u64],
    c: ShoupFactor,
) -> usize {
    let (lanes, c) = (Lanes::new(constants.modulus), Factors::everywhere(c));
    each(x, y, |x, y| {
        // x − y + q < 2q is a factor as it is.
        let difference = _mm512_sub_epi64(_mm512_add_epi64(x, lanes.q), y);
        subtract_once(lanes.mul_lazy(difference, c), lanes.q)
    })
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn reduce_centered(constants: &IfmaPointwise, to: &mut [u64], from: &[u64], p: u64) -> usize {
    let reducer = Reducer::new(constants.modulus, &constants.wide);
    let lanes = reducer.lanes;
    let (half, p) = (broadcast(p / 2), broadcast(p % constants.modulus));
    each(to, from, |_, r| {
        let residue = subtract_once(reducer.reduce_lazy(r), lanes.q);
        let above = _mm512_cmpgt_epu64_mask(r, half);
        lanes.sub(residue, _mm512_maskz_mov_epi64(above, p))
    })
}

/// Products of two unknowns, by Barrett's method in 52-bit words: the constants in every lane.
#[derive(Clone, Copy)]
pub(super) struct Barrett {
    pub(super) lanes: Lanes,
    quotient: __m512i,
    /// k − 2.
    right: __m512i,
    /// 54 − k.
    left: __m512i,
}

impl Barrett {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(constants: &IfmaPointwise) -> Self {
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
    pub(super) fn mul_add(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
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
