//! The product with the monomial that is a square root of −1.

use rayon::prelude::*;

use super::{Evaluation, RnsPoly, arithmetic::PART};

impl RnsPoly<Evaluation> {
    /// X^(N/2)·a modulo X^N + 1.
    ///
    /// The value of X^(N/2) at ψ^(2·rev(i)+1), position i, is ι·(ψ^N)^rev(i) = ι·(−1)^rev(i) for ι = ψ^(N/2). The lowest bit
    /// of rev(i) is the highest of i: the first half is multiplied by ι and the second by −ι.
    #[must_use]
    pub fn times_i(&self) -> Self {
        let degree = self.basis.degree();
        let mut product = Self::unspecified(&self.basis);
        let limbs = product
            .par_limbs_mut()
            .zip(self.words().par_chunks_exact(degree));
        limbs.for_each(|((table, to), from)| {
            let (q, pointwise) = (table.modulus(), table.pointwise());
            let root = q.pow(table.root(), degree as u64 / 2);
            let halves = to
                .chunks_exact_mut(degree / 2)
                .zip(from.chunks_exact(degree / 2));
            for ((to, from), root) in halves.zip([root, q.neg(root)]) {
                for (to, from) in to.chunks_mut(PART).zip(from.chunks(PART)) {
                    to.copy_from_slice(from);
                    pointwise.mul_scalar_assign(to, root);
                }
            }
        });
        product
    }
}
