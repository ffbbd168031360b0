//! Division by the last modulus.

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{Domain, RnsPoly};
use crate::ring::{ShoupFactor, rns::RnsError};

impl<D: Domain> RnsPoly<D> {
    /// Replaces every coefficient x modulo Q by the integer nearest to x/q_l modulo Q/q_l, and drops the last limb.
    ///
    /// With r ≡ x (mod q_l), |r| ≤ (q_l−1)/2, that integer is (x − r)/q_l; q_l is odd, so there are no ties.
    pub fn rescale(&mut self) -> Result<(), RnsError> {
        let kept = self.basis.limbs() - 1;
        let shorter = self.basis.prefix(kept)?;
        let degree = self.basis.degree();
        let divisor = &self.basis.tables()[kept];
        let last = *divisor.modulus();
        let mut rest = Zeroizing::new(self.words[kept * degree..].to_vec());
        D::leave(divisor, &mut rest)?;
        self.words.truncate(kept * degree);
        self.basis = shorter;
        let rest = rest.as_slice();
        self.par_limbs_mut().try_for_each(|(table, limb)| {
            let q = table.modulus();
            let inverse = ShoupFactor::new(q.inv(q.reduce(last.value()))?, q);
            let residue = |r: &u64| q.reduce_i64(last.centered(*r));
            let mut correction = Zeroizing::new(rest.iter().map(residue).collect::<Vec<_>>());
            D::enter(table, &mut correction)?;
            for (x, r) in limb.iter_mut().zip(correction.iter()) {
                *x = q.mul_shoup(q.sub(*x, *r), inverse);
            }
            Ok::<(), RnsError>(())
        })
    }
}
