//! Fast transforms in 64-bit words, for every q < 2^61, with Harvey's lazy butterflies ("Faster arithmetic for
//! number-theoretic transforms", 2014).

use super::bit_reversed;
use crate::ring::{Modulus, RingError, ShoupFactor, modulus::subtract_once};

/// Powers of ψ in the order in which the butterflies meet them.
#[derive(Clone, Debug)]
pub struct PortableNtt {
    modulus: Modulus,
    /// ψ^rev(i); entry 0 is not used.
    forward: Vec<ShoupFactor>,
    /// ψ^−rev(i); entry 0 is not used.
    inverse: Vec<ShoupFactor>,
    /// N⁻¹ and N⁻¹·ψ^−rev(1), for the last level of the inverse.
    last: [ShoupFactor; 2],
}

/// ψ^rev(i) for i < `degree`.
pub(in crate::ring) fn reversed_powers(modulus: &Modulus, psi: u64, degree: usize) -> Vec<u64> {
    let bits = degree.ilog2();
    let mut powers = vec![0; degree];
    let mut power = 1;
    for i in 0..degree {
        powers[bit_reversed(i, bits)] = power;
        power = modulus.mul(power, psi);
    }
    powers
}

impl PortableNtt {
    /// Tables for the primitive root ψ of order 2·`degree`.
    pub(super) fn new(modulus: Modulus, psi: u64, degree: usize) -> Result<Self, RingError> {
        let factor = |w: u64| ShoupFactor::new(w, &modulus);
        let factors = |psi| -> Vec<ShoupFactor> {
            let powers = reversed_powers(&modulus, psi, degree);
            powers.into_iter().map(factor).collect()
        };
        let inverse = factors(modulus.inv(psi)?);
        let scale = modulus.inv(modulus.reduce(degree as u64))?;
        let last = [scale, modulus.mul(scale, inverse[1].value())].map(factor);
        Ok(Self {
            modulus,
            forward: factors(psi),
            inverse,
            last,
        })
    }

    /// â from a, in place. Pre: a < q and as long as the table. Post: < q.
    ///
    /// Level by level X^(2t) − w² = (X^t − w)(X^t + w). Invariant: all values < 4q at the start of each level. There
    /// x is brought below 2q, and w·y is below 2q for any word y, so that x + w·y < 4q and x − w·y + 2q < 4q. All fit in a
    /// word, since q < 2^61.
    pub fn forward(&self, a: &mut [u64]) {
        let q = self.modulus.value();
        debug_assert!(a.len() == self.forward.len() && a.iter().all(|x| *x < q));
        let mut half = a.len() / 2;
        let mut blocks = 1;
        while half > 0 {
            let twiddles = &self.forward[blocks..2 * blocks];
            for (block, w) in a.chunks_exact_mut(2 * half).zip(twiddles) {
                let (low, high) = block.split_at_mut(half);
                for (x, y) in low.iter_mut().zip(high) {
                    let u = subtract_once(*x, 2 * q);
                    let v = w.mul_lazy(*y, q);
                    *x = u + v;
                    *y = u + 2 * q - v;
                }
            }
            half /= 2;
            blocks *= 2;
        }
        for x in a {
            *x = subtract_once(subtract_once(*x, 2 * q), q);
        }
    }

    /// a from â, in place. Pre: â < q and as long as the table. Post: < q.
    ///
    /// Invariant: all values < 2q at the start of each level. x + y < 4q is brought below 2q; x − y + 2q < 4q is any word,
    /// and its product with w below 2q. The last level multiplies both by N⁻¹ as well, and then subtracts q once.
    pub fn inverse(&self, a: &mut [u64]) {
        let q = self.modulus.value();
        debug_assert!(a.len() == self.inverse.len() && a.iter().all(|x| *x < q));
        let mut half = 1;
        let mut blocks = a.len() / 2;
        while blocks > 1 {
            let twiddles = &self.inverse[blocks..2 * blocks];
            for (block, w) in a.chunks_exact_mut(2 * half).zip(twiddles) {
                let (low, high) = block.split_at_mut(half);
                for (x, y) in low.iter_mut().zip(high) {
                    let sum = *x + *y;
                    *y = w.mul_lazy(*x + 2 * q - *y, q);
                    *x = subtract_once(sum, 2 * q);
                }
            }
            half *= 2;
            blocks /= 2;
        }
        let (low, high) = a.split_at_mut(half);
        for (x, y) in low.iter_mut().zip(high) {
            let sum = *x + *y;
            *y = self.modulus.mul_shoup(*x + 2 * q - *y, self.last[1]);
            *x = self.modulus.mul_shoup(sum, self.last[0]);
        }
    }
}
