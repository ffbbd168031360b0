//! Sums and products, limb by limb.

use rayon::prelude::*;

use super::{Domain, Evaluation, RnsPoly};
use crate::ring::{Pointwise, RingError, rns::RnsError};

impl<D: Domain> RnsPoly<D> {
    /// a + b.
    pub fn sum(&self, b: &Self) -> Result<Self, RnsError> {
        self.combined(b, Pointwise::add_assign)
    }

    /// a − b.
    pub fn difference(&self, b: &Self) -> Result<Self, RnsError> {
        self.combined(b, Pointwise::sub_assign)
    }

    /// −a.
    #[must_use]
    pub fn negated(&self) -> Self {
        self.changed(Pointwise::neg_assign)
    }

    /// c·a for an integer c.
    #[must_use]
    pub fn scaled(&self, c: i128) -> Self {
        self.changed(|pointwise, limb| scale(pointwise, limb, c))
    }

    /// c·a for an integer c, over the first `limbs` primes.
    pub fn scaled_prefix(&self, limbs: usize, c: i128) -> Result<Self, RnsError> {
        let copy = Self::unspecified(&self.basis.prefix(limbs)?);
        Ok(self.changed_into(copy, |pointwise, limb| scale(pointwise, limb, c)))
    }

    /// self + c·a for an integer c, where `a` may have more limbs.
    pub fn plus_scaled(&self, a: &Self, c: i128) -> Result<Self, RnsError> {
        self.basis.check(&a.basis.prefix(self.basis.limbs())?)?;
        let degree = self.basis.degree();
        let mut copy = Self::unspecified(&self.basis);
        let from = self.words.par_chunks_exact(degree);
        let from = from.zip(a.words.par_chunks_exact(degree));
        let limbs = copy.par_limbs_mut().zip(from);
        limbs.try_for_each(|((table, to), (x, a))| {
            to.copy_from_slice(x);
            let c = table.modulus().reduce_i128(c);
            table.pointwise().mul_scalar_add_assign(to, a, c)
        })?;
        Ok(copy)
    }

    /// A copy, every limb of which is changed while it is in the cache.
    fn changed(&self, change: impl Fn(&Pointwise, &mut [u64]) + Sync) -> Self {
        self.changed_into(Self::unspecified(&self.basis), change)
    }

    /// The same into a polynomial over the first of the primes.
    fn changed_into(&self, mut copy: Self, change: impl Fn(&Pointwise, &mut [u64]) + Sync) -> Self {
        let from = self.words.par_chunks_exact(self.basis.degree());
        let limbs = copy.par_limbs_mut().zip(from);
        limbs.for_each(|((table, to), from)| {
            to.copy_from_slice(from);
            change(table.pointwise(), to);
        });
        copy
    }

    /// A copy, with which every limb of b is combined while it is in the cache.
    fn combined<F>(&self, b: &Self, f: F) -> Result<Self, RnsError>
    where
        F: Fn(&Pointwise, &mut [u64], &[u64]) -> Result<(), RingError> + Sync,
    {
        self.basis.check(&b.basis)?;
        let degree = self.basis.degree();
        let mut copy = Self::unspecified(&self.basis);
        let from = self.words.par_chunks_exact(degree);
        let from = from.zip(b.words.par_chunks_exact(degree));
        let limbs = copy.par_limbs_mut().zip(from);
        limbs.try_for_each(|((table, to), (a, b))| {
            to.copy_from_slice(a);
            f(table.pointwise(), to, b)
        })?;
        Ok(copy)
    }

    /// a ← a + b.
    pub fn add_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, Pointwise::add_assign)
    }

    /// a ← a − b.
    pub fn sub_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, Pointwise::sub_assign)
    }

    /// a ← −a.
    pub fn neg_assign(&mut self) {
        self.par_limbs_mut()
            .for_each(|(table, limb)| table.pointwise().neg_assign(limb));
    }

    /// a ← c·a for an integer c.
    pub fn mul_scalar_assign(&mut self, c: i128) {
        self.par_limbs_mut().for_each(|(table, limb)| {
            let c = table.modulus().reduce_i128(c);
            table.pointwise().mul_scalar_assign(limb, c);
        });
    }

    /// sum ← sum + c·a for an integer c.
    pub fn mul_scalar_add_assign(&mut self, a: &Self, c: i128) -> Result<(), RnsError> {
        self.combine(a, |pointwise, sum, x| {
            let c = pointwise.modulus().reduce_i128(c);
            pointwise.mul_scalar_add_assign(sum, x, c)
        })
    }

    /// Applies `f` to every limb of a and b.
    pub(super) fn combine<F>(&mut self, b: &Self, f: F) -> Result<(), RnsError>
    where
        F: Fn(&Pointwise, &mut [u64], &[u64]) -> Result<(), RingError> + Sync,
    {
        self.basis.check(&b.basis)?;
        let right = b.words.par_chunks_exact(b.basis.degree());
        self.par_limbs_mut()
            .zip(right)
            .try_for_each(|((table, x), y)| f(table.pointwise(), x, y))?;
        Ok(())
    }
}

impl RnsPoly<Evaluation> {
    /// a ← a + c for an integer c, whose value is c at every root.
    pub fn add_constant_assign(&mut self, c: i128) {
        self.par_limbs_mut().for_each(|(table, limb)| {
            let q = table.modulus();
            let c = q.reduce_i128(c);
            limb.iter_mut().for_each(|x| *x = q.add(*x, c));
        });
    }

    /// a·b modulo X^N + 1.
    pub fn product(&self, b: &Self) -> Result<Self, RnsError> {
        self.combined(b, Pointwise::mul_assign)
    }

    /// a ← a·b modulo X^N + 1.
    pub fn mul_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, Pointwise::mul_assign)
    }

    /// sum ← sum + a·b modulo X^N + 1.
    pub fn mul_add_assign(&mut self, a: &Self, b: &Self) -> Result<(), RnsError> {
        self.basis.check(&a.basis)?;
        self.basis.check(&b.basis)?;
        let degree = self.basis.degree();
        let factors = a.words.par_chunks_exact(degree);
        let factors = factors.zip(b.words.par_chunks_exact(degree));
        self.par_limbs_mut()
            .zip(factors)
            .try_for_each(|((table, sum), (x, y))| table.pointwise().mul_add_assign(sum, x, y))?;
        Ok(())
    }
}

fn scale(pointwise: &Pointwise, limb: &mut [u64], c: i128) {
    let c = pointwise.modulus().reduce_i128(c);
    pointwise.mul_scalar_assign(limb, c);
}
