//! Multiplication by a factor that is known beforehand (Shoup's method).

use super::Modulus;

/// A factor w < q with ⌊w·2^64 / q⌋.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ShoupFactor {
    value: u64,
    quotient: u64,
}

impl ShoupFactor {
    /// Prepares w for products modulo `modulus`, and for no other. Pre: w < q.
    pub fn new(w: u64, modulus: &Modulus) -> Self {
        debug_assert!(w < modulus.value());
        Self {
            value: w,
            quotient: ((u128::from(w) << 64) / u128::from(modulus.value())) as u64,
        }
    }

    /// w.
    #[inline]
    pub fn value(self) -> u64 {
        self.value
    }

    /// ⌊w·2^64 / q⌋.
    #[inline]
    pub(super) fn quotient(self) -> u64 {
        self.quotient
    }

    /// A number that is a·w modulo q. Pre: none on a. Post: < 2q.
    ///
    /// The estimate ⌊a·w'/2^64⌋ of a·w/q, with w' = ⌊w·2^64/q⌋, is never too large; it loses less than a/2^64 < 1 in w' and
    /// less than 1 in the floor, so less than 2q is left. Both products may wrap, because the difference fits in a word.
    #[inline]
    pub(super) fn mul_lazy(self, a: u64, q: u64) -> u64 {
        let estimate = ((u128::from(a) * u128::from(self.quotient)) >> 64) as u64;
        a.wrapping_mul(self.value)
            .wrapping_sub(estimate.wrapping_mul(q))
    }
}
