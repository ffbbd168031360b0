//! Polynomials modulo X^N + 1 over a residue number system.
//!
//! [`RnsPoly`] holds N residues for each modulus of its basis, limb after limb, and its type says what they are:
//! coefficients, or values at the roots (the transform of [`crate::ring::ntt`]). Limbs are worked on in parallel; every
//! limb is computed by itself, so results do not depend on the number of threads.

mod arithmetic;
mod automorphism;
mod monomial;
mod rescale;

use std::{marker::PhantomData, sync::Arc};

use rayon::prelude::*;
use rug::Integer;
use zeroize::Zeroize;

use super::{
    NttTable, RingError,
    aligned::AlignedWords,
    rns::{Crt, RnsBasis, RnsError},
    sampler::{Mask, Seed, fill_uniform},
};

pub use automorphism::Automorphism;

/// What the residues of a polynomial are.
pub trait Domain: domain::Sealed {}

mod domain {
    use crate::ring::{NttTable, RingError, poly::Automorphism};

    /// What differs between the domains.
    pub trait Sealed: Send + Sync {
        /// From coefficients to this domain. Pre, post: residues < q.
        fn enter(table: &NttTable, limb: &mut [u64]) -> Result<(), RingError>;
        /// From this domain to coefficients. Pre, post: residues < q.
        fn leave(table: &NttTable, limb: &mut [u64]) -> Result<(), RingError>;
        /// `to` ← the image of `from`. Pre: lengths as the automorphism's degree.
        fn map(
            automorphism: &Automorphism,
            table: &NttTable,
            from: &[u64],
            to: &mut [u64],
        ) -> Result<(), RingError>;
    }
}

/// Residue j of a limb is that of the coefficient of X^j.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Coefficient {}

/// Residue i of a limb is the value at ψ^(2·rev(i)+1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Evaluation {}

impl Domain for Coefficient {}
impl Domain for Evaluation {}

impl domain::Sealed for Coefficient {
    fn enter(_: &NttTable, _: &mut [u64]) -> Result<(), RingError> {
        Ok(())
    }
    fn leave(_: &NttTable, _: &mut [u64]) -> Result<(), RingError> {
        Ok(())
    }
    fn map(
        automorphism: &Automorphism,
        table: &NttTable,
        from: &[u64],
        to: &mut [u64],
    ) -> Result<(), RingError> {
        automorphism.map_coefficients(table.modulus(), from, to);
        Ok(())
    }
}

impl domain::Sealed for Evaluation {
    fn enter(table: &NttTable, limb: &mut [u64]) -> Result<(), RingError> {
        table.forward(limb)
    }
    fn leave(table: &NttTable, limb: &mut [u64]) -> Result<(), RingError> {
        table.inverse(limb)
    }
    fn map(
        automorphism: &Automorphism,
        _: &NttTable,
        from: &[u64],
        to: &mut [u64],
    ) -> Result<(), RingError> {
        automorphism.map_values(from, to)
    }
}

/// A polynomial over a basis, in one of the two domains. Copies, and those over fewer primes, share the residues until one
/// of them is changed. A secret one belongs in a [`zeroize::Zeroizing`].
#[derive(Clone, Debug)]
pub struct RnsPoly<D> {
    basis: RnsBasis,
    /// The limbs, and perhaps more of them than the basis has.
    words: Arc<AlignedWords>,
    domain: PhantomData<D>,
}

impl<D: Domain> RnsPoly<D> {
    /// 0.
    pub fn zero(basis: &RnsBasis) -> Self {
        Self {
            words: Arc::new(AlignedWords::zeros(basis.limbs() * basis.degree())),
            basis: basis.clone(),
            domain: PhantomData,
        }
    }

    /// A polynomial whose residues are to be overwritten.
    pub(crate) fn unspecified(basis: &RnsBasis) -> Self {
        Self {
            words: Arc::new(AlignedWords::unspecified(basis.limbs() * basis.degree())),
            basis: basis.clone(),
            domain: PhantomData,
        }
    }

    /// Uniform residues. The limb of q is drawn from stream q of the seed: dropping limbs, or adding some, leaves the
    /// others as they are.
    pub fn uniform(basis: &RnsBasis, seed: &Seed<Mask>) -> Self {
        let mut poly = Self::unspecified(basis);
        poly.par_limbs_mut().for_each(|(table, limb)| {
            let q = table.modulus();
            fill_uniform(&mut seed.stream(q.value()), q, limb);
        });
        poly
    }

    /// The basis.
    pub fn basis(&self) -> &RnsBasis {
        &self.basis
    }

    /// The limbs in the order of the moduli, N residues each; limb i is < q_i.
    pub fn limbs(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.words().chunks_exact(self.basis.degree())
    }

    /// Limb i.
    pub(crate) fn limb(&self, i: usize) -> &[u64] {
        let degree = self.basis.degree();
        &self.words()[i * degree..(i + 1) * degree]
    }

    /// The limbs, to be written. Post: limb i is < q_i.
    pub(crate) fn limbs_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [u64]> {
        own(&mut self.words, self.basis.limbs() * self.basis.degree())
            .chunks_exact_mut(self.basis.degree())
    }

    /// The limbs with their tables, in parallel.
    pub(crate) fn par_limbs_mut(
        &mut self,
    ) -> impl IndexedParallelIterator<Item = (&NttTable, &mut [u64])> {
        let degree = self.basis.degree();
        let words = own(&mut self.words, self.basis.limbs() * degree);
        let limbs = words.par_chunks_exact_mut(degree);
        let tables = self.basis.tables().par_iter();
        tables.map(|table| &**table).zip(limbs)
    }

    /// Keeps the residues modulo the first `limbs` moduli. The polynomial itself stays what it is, modulo less.
    pub fn truncate(&mut self, limbs: usize) -> Result<(), RnsError> {
        self.basis = self.basis.prefix(limbs)?;
        Ok(())
    }

    /// The same polynomial modulo the first `limbs` moduli.
    pub fn truncated(&self, limbs: usize) -> Result<Self, RnsError> {
        Ok(Self {
            basis: self.basis.prefix(limbs)?,
            words: Arc::clone(&self.words),
            domain: PhantomData,
        })
    }

    /// The limbs, one after another.
    fn words(&self) -> &[u64] {
        &self.words[..self.basis.limbs() * self.basis.degree()]
    }

    /// The same residues, said to be in another domain.
    fn relabel<E>(self) -> RnsPoly<E> {
        RnsPoly {
            basis: self.basis,
            words: self.words,
            domain: PhantomData,
        }
    }
}

impl RnsPoly<Coefficient> {
    /// The polynomial with these N signed coefficients, modulo Q.
    pub fn from_signed<T>(basis: &RnsBasis, coefficients: &[T]) -> Result<Self, RnsError>
    where
        T: Copy + Into<i128> + Sync,
    {
        let (found, need) = (coefficients.len(), basis.degree());
        if found != need {
            return Err(RingError::Length { found, need }.into());
        }
        let mut poly = Self::unspecified(basis);
        poly.par_limbs_mut().for_each(|(table, limb)| {
            for (residue, c) in limb.iter_mut().zip(coefficients) {
                *residue = table.modulus().reduce_i128((*c).into());
            }
        });
        Ok(poly)
    }

    /// The values at the roots.
    pub fn into_evaluation(mut self) -> Result<RnsPoly<Evaluation>, RnsError> {
        self.par_limbs_mut()
            .try_for_each(|(table, limb)| table.forward(limb))?;
        Ok(self.relabel())
    }

    /// Coefficient `index` as an integer in [−(Q−1)/2, (Q−1)/2]. Pre: `crt` is of the same basis.
    pub fn coefficient(&self, crt: &Crt, index: usize) -> Result<Integer, RnsError> {
        crt.basis().check(&self.basis)?;
        let degree = self.basis.degree();
        if index >= degree {
            return Err(RnsError::Index { index, degree });
        }
        Ok(crt.centered(self.limbs().map(|limb| limb[index])))
    }
}

impl RnsPoly<Evaluation> {
    /// The coefficients.
    pub fn into_coefficient(mut self) -> Result<RnsPoly<Coefficient>, RnsError> {
        self.par_limbs_mut()
            .try_for_each(|(table, limb)| table.inverse(limb))?;
        Ok(self.relabel())
    }
}

impl<D: Domain> PartialEq for RnsPoly<D> {
    /// Equal residues over equal bases. Not in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.basis.check(&other.basis).is_ok() && self.words() == other.words()
    }
}

impl<D> Zeroize for RnsPoly<D> {
    /// Makes it 0. Residues that a copy shares are the copy's to overwrite.
    fn zeroize(&mut self) {
        match Arc::get_mut(&mut self.words) {
            Some(words) => words.zeroize(),
            None => self.words = Arc::new(AlignedWords::zeros(self.words.len())),
        }
    }
}

/// The first `len` words, to be changed: a copy of them if others have them too.
fn own(words: &mut Arc<AlignedWords>, len: usize) -> &mut [u64] {
    if Arc::get_mut(words).is_none() {
        *words = Arc::new(AlignedWords::from(&words[..len]));
    }
    &mut Arc::make_mut(words)[..len]
}
