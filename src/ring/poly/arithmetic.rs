//! Sums and products, limb by limb.

use rayon::prelude::*;

use super::{Domain, Evaluation, RnsPoly};
use crate::ring::{Pointwise, RingError, rns::RnsError};

/// Words that are copied and then changed, while they are in the first-level cache.
pub(super) const PART: usize = 1 << 11;

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
        self.changed(|pointwise, part| {
            let c = pointwise.modulus().reduce_i128(c);
            pointwise.mul_scalar_assign(part, c);
        })
    }

    /// self + c·a for an integer c.
    pub fn plus_scaled(&self, a: &Self, c: i128) -> Result<Self, RnsError> {
        self.combined(a, |pointwise, sum, x| {
            let c = pointwise.modulus().reduce_i128(c);
            pointwise.mul_scalar_add_assign(sum, x, c)
        })
    }

    /// A copy, which is changed part by part.
    fn changed(&self, change: impl Fn(&Pointwise, &mut [u64]) + Sync) -> Self {
        let mut copy = Self::unspecified(&self.basis);
        let from = self.words().par_chunks_exact(self.basis.degree());
        let limbs = copy.par_limbs_mut().zip(from);
        limbs.for_each(|((table, to), from)| {
            for (to, from) in to.chunks_mut(PART).zip(from.chunks(PART)) {
                to.copy_from_slice(from);
                change(table.pointwise(), to);
            }
        });
        copy
    }

    /// A copy, with which b is combined part by part.
    fn combined<F>(&self, b: &Self, f: F) -> Result<Self, RnsError>
    where
        F: Fn(&Pointwise, &mut [u64], &[u64]) -> Result<(), RingError> + Sync,
    {
        self.basis.check(&b.basis)?;
        let degree = self.basis.degree();
        let mut copy = Self::unspecified(&self.basis);
        let from = self.words().par_chunks_exact(degree);
        let from = from.zip(b.words().par_chunks_exact(degree));
        let limbs = copy.par_limbs_mut().zip(from);
        limbs.try_for_each(|((table, to), (a, b))| {
            let parts = to.chunks_mut(PART).zip(a.chunks(PART)).zip(b.chunks(PART));
            for ((to, a), b) in parts {
                to.copy_from_slice(a);
                f(table.pointwise(), to, b)?;
            }
            Ok::<(), RingError>(())
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
        let right = b.words().par_chunks_exact(b.basis.degree());
        self.par_limbs_mut()
            .zip(right)
            .try_for_each(|((table, x), y)| f(table.pointwise(), x, y))?;
        Ok(())
    }
}

impl RnsPoly<Evaluation> {
    /// a + c for an integer c, whose value is c at every root.
    #[must_use]
    pub fn plus_constant(&self, c: i128) -> Self {
        self.changed(|pointwise, part| {
            let q = pointwise.modulus();
            let c = q.reduce_i128(c);
            part.iter_mut().for_each(|x| *x = q.add(*x, c));
        })
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
        let factors = a.words().par_chunks_exact(degree);
        let factors = factors.zip(b.words().par_chunks_exact(degree));
        self.par_limbs_mut()
            .zip(factors)
            .try_for_each(|((table, sum), (x, y))| table.pointwise().mul_add_assign(sum, x, y))?;
        Ok(())
    }
}
