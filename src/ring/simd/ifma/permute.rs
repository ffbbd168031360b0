//! Permutations that take whole vectors and shuffle their lanes.

use std::arch::x86_64::*;

use super::{
    super::{Backend, Kind},
    LANES, Vector,
    lanes::{broadcast, load, store, subtract_once},
};

/// The kernels, for every modulus. Invariant: exists only where the processor has AVX-512 F and IFMA.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::ring) struct IfmaPermutation(());

impl IfmaPermutation {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend) -> Option<Self> {
        (backend == Backend(Kind::Avx512)).then_some(Self(()))
    }

    /// Lane l of vector i of `to` ← lane `lanes[s % 8][l]` of vector s/8 of `from`, s = `sources[i]`, as far as full vectors go;
    /// returns how far. Pre: all lanes < 8.
    pub(in crate::ring) fn map(
        &self,
        sources: &[u32],
        lanes: &[[u64; LANES]; LANES],
        from: &[u64],
        to: &mut [u64],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { permute(sources, lanes, from, to, |_, x| x) }
    }

    /// The same, added to what is in `to`, modulo q. Pre: from, to < q < 2^61. Post: < q.
    pub(in crate::ring) fn map_add(
        &self,
        q: u64,
        sources: &[u32],
        lanes: &[[u64; LANES]; LANES],
        from: &[u64],
        to: &mut [u64],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { permute_add(q, sources, lanes, from, to) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn permute_add(
    q: u64,
    sources: &[u32],
    lanes: &[Vector; LANES],
    from: &[u64],
    to: &mut [u64],
) -> usize {
    let q = broadcast(q);
    permute(sources, lanes, from, to, |y, x| {
        subtract_once(_mm512_add_epi64(y, x), q)
    })
}

/// y ← f(y, x) for the permuted x.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn permute(
    sources: &[u32],
    lanes: &[Vector; LANES],
    from: &[u64],
    to: &mut [u64],
    f: impl Fn(__m512i, __m512i) -> __m512i,
) -> usize {
    let (from, to): (&[Vector], &mut [Vector]) = (from.as_chunks().0, to.as_chunks_mut().0);
    for (y, source) in to.iter_mut().zip(sources) {
        let source = *source as usize;
        let lanes = load(&lanes[source % LANES]);
        let x = _mm512_permutexvar_epi64(lanes, load(&from[source / LANES]));
        let value = f(load(y), x);
        store(y, value);
    }
    to.as_flattened().len()
}
