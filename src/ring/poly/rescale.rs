//! Division by the last modulus.

use rayon::prelude::*;

use super::{Domain, RnsPoly, arithmetic::PART};
use crate::ring::{aligned::AlignedWords, rns::RnsError};

impl<D: Domain> RnsPoly<D> {
    /// Replaces every coefficient x modulo Q by the integer nearest to x/q_l modulo Q/q_l, and drops the last limb.
    pub fn rescale(&mut self) -> Result<(), RnsError> {
        *self = self.rescaled()?;
        Ok(())
    }

    /// For every coefficient x modulo Q the integer nearest to x/q_l, modulo Q/q_l.
    ///
    /// With r ≡ x (mod q_l), |r| ≤ (q_l−1)/2, that integer is (x − r)/q_l; q_l is odd, so there are no ties.
    pub fn rescaled(&self) -> Result<Self, RnsError> {
        let kept = self.basis.limbs() - 1;
        let degree = self.basis.degree();
        let divisor = &self.basis.tables()[kept];
        let last = divisor.modulus();
        let mut rest = AlignedWords::unspecified(degree);
        rest.copy_from_slice(self.limb(kept));
        D::leave(divisor, &mut rest)?;
        let rest: &[u64] = &rest;
        let mut quotient = Self::unspecified(&self.basis.prefix(kept)?);
        let limbs = quotient
            .par_limbs_mut()
            .zip(self.words().par_chunks_exact(degree));
        limbs.try_for_each_init(
            // One for every thread, not for every limb.
            || AlignedWords::unspecified(degree),
            |correction, ((table, to), from)| {
                let (q, pointwise) = (table.modulus(), table.pointwise());
                pointwise.reduce_centered(correction, rest, last)?;
                D::enter(table, correction)?;
                let inverse = q.inv(q.reduce(last.value()))?;
                let parts = to.chunks_mut(PART).zip(from.chunks(PART));
                for ((to, from), correction) in parts.zip(correction.chunks(PART)) {
                    to.copy_from_slice(from);
                    pointwise.sub_mul_scalar_assign(to, correction, inverse)?;
                }
                Ok::<(), RnsError>(())
            },
        )?;
        Ok(quotient)
    }
}
