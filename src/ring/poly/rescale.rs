//! Division by the last modulus.

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{Domain, RnsPoly};
use crate::ring::{aligned::AlignedWords, rns::RnsError};

impl<D: Domain> RnsPoly<D> {
    /// Replaces every coefficient x modulo Q by the integer nearest to x/q_l modulo Q/q_l, and drops the last limb.
    ///
    /// With r ≡ x (mod q_l), |r| ≤ (q_l−1)/2, that integer is (x − r)/q_l; q_l is odd, so there are no ties.
    pub fn rescale(&mut self) -> Result<(), RnsError> {
        let kept = self.basis.limbs() - 1;
        let shorter = self.basis.prefix(kept)?;
        let degree = self.basis.degree();
        let divisor = &self.basis.tables()[kept];
        let last = divisor.modulus();
        let (limbs, rest) = self.words.split_at_mut(kept * degree);
        D::leave(divisor, rest)?;
        let rest = &*rest;
        let tables = shorter.tables().par_iter();
        tables
            .zip(limbs.par_chunks_exact_mut(degree))
            .try_for_each_init(
                // One for every thread, not for every limb.
                || Zeroizing::new(AlignedWords::zeros(degree)),
                |correction, (table, limb)| {
                    let (q, pointwise) = (table.modulus(), table.pointwise());
                    pointwise.reduce_centered(correction, rest, last)?;
                    D::enter(table, correction)?;
                    let inverse = q.inv(q.reduce(last.value()))?;
                    pointwise.sub_mul_scalar_assign(limb, correction, inverse)?;
                    Ok::<(), RnsError>(())
                },
            )?;
        self.words.truncate(kept * degree);
        self.basis = shorter;
        Ok(())
    }
}
