//! Sums and products, limb by limb.

use rayon::prelude::*;

use super::{Domain, Evaluation, RnsPoly};
use crate::ring::{Modulus, NttTable, RingError, ShoupFactor, rns::RnsError};

impl<D: Domain> RnsPoly<D> {
    /// a ← a + b.
    pub fn add_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, |table, x, y| each(table, x, y, Modulus::add))
    }

    /// a ← a − b.
    pub fn sub_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, |table, x, y| each(table, x, y, Modulus::sub))
    }

    /// a ← −a.
    pub fn neg_assign(&mut self) {
        self.par_limbs_mut().for_each(|(table, limb)| {
            let q = table.modulus();
            limb.iter_mut().for_each(|x| *x = q.neg(*x));
        });
    }

    /// a ← c·a for an integer c.
    pub fn mul_scalar_assign(&mut self, c: i128) {
        self.par_limbs_mut().for_each(|(table, limb)| {
            let q = table.modulus();
            let factor = ShoupFactor::new(q.reduce_i128(c), q);
            limb.iter_mut().for_each(|x| *x = q.mul_shoup(*x, factor));
        });
    }

    /// Applies `f` to every limb of a and b.
    fn combine<F>(&mut self, b: &Self, f: F) -> Result<(), RnsError>
    where
        F: Fn(&NttTable, &mut [u64], &[u64]) -> Result<(), RingError> + Sync,
    {
        self.basis.check(&b.basis)?;
        let right = b.words.par_chunks_exact(b.basis.degree());
        self.par_limbs_mut()
            .zip(right)
            .try_for_each(|((table, x), y)| f(table, x, y))?;
        Ok(())
    }
}

impl RnsPoly<Evaluation> {
    /// a ← a·b modulo X^N + 1.
    pub fn mul_assign(&mut self, b: &Self) -> Result<(), RnsError> {
        self.combine(b, |table, x, y| table.pointwise().mul_assign(x, y))
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

/// x ← f(x, y), position by position.
fn each(
    table: &NttTable,
    x: &mut [u64],
    y: &[u64],
    f: impl Fn(&Modulus, u64, u64) -> u64,
) -> Result<(), RingError> {
    for (x, y) in x.iter_mut().zip(y) {
        *x = f(table.modulus(), *x, *y);
    }
    Ok(())
}
