//! The automorphisms X → X^k.

use std::array;

use rayon::prelude::*;

use super::{Domain, Evaluation, RnsPoly};
use crate::ring::{
    Backend, Modulus, RingError,
    ntt::{bit_reversed, check_degree, check_length},
    rns::RnsError,
    simd::IfmaPermutation,
};

/// Positions of a block, unless the degree is smaller.
const BLOCK: usize = 8;

/// X → X^k for odd k, with its permutation of the values at the roots. Serves every basis of its degree.
///
/// The image of a has at ψ^(2·rev(i)+1), position i, the value of a at ψ^(k·(2·rev(i)+1)): one of the same roots. In a
/// block of w = min(8, N) positions i = w·B + l, the exponent 2·rev(i)+1 is 2·rev(w·B)+1 + 2N/w·rev_w(l), where rev_w reverses
/// log2 w bits. Multiplied by k, only the part above N/w depends on l: so a block comes from one block, and lane l of it
/// from lane rev_w(rev_w(s) + k·rev_w(l) mod w), if lane 0 comes from lane s.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Automorphism {
    degree: usize,
    /// k modulo 2N.
    exponent: usize,
    /// Where the first value of every block comes from.
    sources: Vec<u32>,
    /// Entry s: where in the block the others come from if the first one comes from place s.
    lanes: [[u64; BLOCK]; BLOCK],
    vector: Option<IfmaPermutation>,
}

impl Automorphism {
    /// X → X^k in degree N, k odd, taken modulo 2N, on the backend that [`Backend::detect`] chooses.
    pub fn new(exponent: u64, degree: usize) -> Result<Self, RnsError> {
        Self::with_backend(exponent, degree, Backend::detect()?)
    }

    /// The same on a given backend.
    pub fn with_backend(exponent: u64, degree: usize, backend: Backend) -> Result<Self, RnsError> {
        check_degree(degree)?;
        if exponent.is_multiple_of(2) {
            return Err(RnsError::Exponent { exponent });
        }
        let exponent = (exponent % (2 * degree as u64)) as usize;
        let bits = degree.ilog2();
        let source = |i| {
            let root = exponent * (2 * bit_reversed(i, bits) + 1) % (2 * degree);
            bit_reversed(root / 2, bits) as u32
        };
        let width = BLOCK.min(degree);
        let reversed = |lane| bit_reversed(lane, width.ilog2());
        let lane = |s, l| reversed((reversed(s) + exponent * reversed(l)) % width) as u64;
        Ok(Self {
            degree,
            exponent,
            sources: (0..degree).step_by(width).map(source).collect(),
            lanes: array::from_fn(|s| array::from_fn(|l| lane(s % width, l % width))),
            vector: IfmaPermutation::new(backend),
        })
    }

    /// N.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// k in [1, 2N).
    pub fn exponent(&self) -> usize {
        self.exponent
    }

    /// The coefficient of X^j goes to X^(jk), and X^N = −1. Pre: `from` < q, lengths N.
    pub(super) fn map_coefficients(&self, q: &Modulus, from: &[u64], to: &mut [u64]) {
        for (j, x) in from.iter().enumerate() {
            let place = j * self.exponent % (2 * self.degree);
            if place < self.degree {
                to[place] = *x;
            } else {
                to[place - self.degree] = q.neg(*x);
            }
        }
    }

    /// to ← the values of a(X^k), from those of a.
    pub fn map_values(&self, from: &[u64], to: &mut [u64]) -> Result<(), RingError> {
        self.check(from, to)?;
        let done = self
            .vector
            .map_or(0, |v| v.map(&self.sources, &self.lanes, from, to));
        self.permute(from, to, done, |_, x| x);
        Ok(())
    }

    /// to ← to + the values of a(X^k), from those of a. Pre: from, to < q. Post: < q.
    pub fn map_values_add(
        &self,
        q: &Modulus,
        from: &[u64],
        to: &mut [u64],
    ) -> Result<(), RingError> {
        self.check(from, to)?;
        let done = self.vector.map_or(0, |v| {
            v.map_add(q.value(), &self.sources, &self.lanes, from, to)
        });
        self.permute(from, to, done, |y, x| q.add(y, x));
        Ok(())
    }

    fn check(&self, from: &[u64], to: &[u64]) -> Result<(), RingError> {
        check_length(from, self.degree)?;
        check_length(to, self.degree)
    }

    /// y ← f(y, x) for the permuted x, from position `done` on.
    fn permute(&self, from: &[u64], to: &mut [u64], done: usize, f: impl Fn(u64, u64) -> u64) {
        let width = BLOCK.min(self.degree);
        let blocks = to.chunks_exact_mut(width).zip(&self.sources);
        for (block, source) in blocks.skip(done / width) {
            let source = *source as usize;
            let from = &from[source / width * width..][..width];
            for (y, lane) in block.iter_mut().zip(&self.lanes[source % width]) {
                *y = f(*y, from[*lane as usize]);
            }
        }
    }
}

impl<D: Domain> RnsPoly<D> {
    /// a(X^k).
    pub fn automorphism(&self, automorphism: &Automorphism) -> Result<Self, RnsError> {
        let need = self.check_automorphism(automorphism)?;
        let mut image = Self::unspecified(&self.basis);
        let limbs = self.words().par_chunks_exact(need);
        image
            .par_limbs_mut()
            .zip(limbs)
            .try_for_each(|((table, to), from)| D::map(automorphism, table, from, to))?;
        Ok(image)
    }

    fn check_automorphism(&self, automorphism: &Automorphism) -> Result<usize, RnsError> {
        let (found, need) = (automorphism.degree(), self.basis.degree());
        if found == need {
            Ok(need)
        } else {
            Err(RnsError::Degree { found, need })
        }
    }
}

impl RnsPoly<Evaluation> {
    /// sum ← sum + a(X^k).
    pub fn automorphism_add_assign(
        &mut self,
        a: &Self,
        automorphism: &Automorphism,
    ) -> Result<(), RnsError> {
        a.check_automorphism(automorphism)?;
        self.combine(a, |pointwise, sum, x| {
            automorphism.map_values_add(pointwise.modulus(), x, sum)
        })
    }
}
