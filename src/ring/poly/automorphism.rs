//! The automorphisms X → X^k.

use rayon::prelude::*;

use super::{Domain, RnsPoly};
use crate::ring::{
    Modulus,
    ntt::{bit_reversed, check_degree},
    rns::RnsError,
};

/// X → X^k for odd k, with its permutation of the values at the roots. Serves every basis of its degree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Automorphism {
    /// k modulo 2N.
    exponent: usize,
    /// Where value i comes from.
    sources: Vec<u32>,
}

impl Automorphism {
    /// X → X^k in degree N, k odd, taken modulo 2N.
    ///
    /// The image of a has at ψ^(2·rev(i)+1) the value of a at ψ^(k·(2·rev(i)+1)): one of the same roots.
    pub fn new(exponent: u64, degree: usize) -> Result<Self, RnsError> {
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
        Ok(Self {
            exponent,
            sources: (0..degree).map(source).collect(),
        })
    }

    /// N.
    pub fn degree(&self) -> usize {
        self.sources.len()
    }

    /// k in [1, 2N).
    pub fn exponent(&self) -> usize {
        self.exponent
    }

    /// The coefficient of X^j goes to X^(jk), and X^N = −1. Pre: `from` < q.
    pub(super) fn map_coefficients(&self, q: &Modulus, from: &[u64], to: &mut [u64]) {
        let degree = self.degree();
        for (j, x) in from.iter().enumerate() {
            let place = j * self.exponent % (2 * degree);
            if place < degree {
                to[place] = *x;
            } else {
                to[place - degree] = q.neg(*x);
            }
        }
    }

    pub(crate) fn map_values(&self, from: &[u64], to: &mut [u64]) {
        for (y, source) in to.iter_mut().zip(&self.sources) {
            *y = from[*source as usize];
        }
    }
}

impl<D: Domain> RnsPoly<D> {
    /// a(X^k).
    pub fn automorphism(&self, automorphism: &Automorphism) -> Result<Self, RnsError> {
        let (found, need) = (automorphism.degree(), self.basis.degree());
        if found != need {
            return Err(RnsError::Degree { found, need });
        }
        let mut image = Self::zero(&self.basis);
        let limbs = self.words.par_chunks_exact(need);
        image
            .par_limbs_mut()
            .zip(limbs)
            .for_each(|((table, to), from)| D::map(automorphism, table, from, to));
        Ok(image)
    }
}
