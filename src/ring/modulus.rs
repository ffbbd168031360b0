//! One word modulo q.

use super::{RingError, ShoupFactor};

/// Moduli are below 2^61: then 4q and the 3q of Barrett's method fit in a word.
pub const MAX_BITS: u32 = 61;

/// An odd modulus with 2 < q < 2^61, and the constants of Barrett's method.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Modulus {
    value: u64,
    /// Bit length k: 2^(k−1) < q < 2^k.
    bits: u32,
    /// ⌊2^(2k) / q⌋ < 2^(k+1).
    product_quotient: u64,
    /// ⌊2^64 / q⌋.
    word_quotient: u64,
}

impl Modulus {
    /// Accepts odd `value` with 2 < `value` < 2^61, prime or not.
    pub fn new(value: u64) -> Result<Self, RingError> {
        if value <= 2 || value >> MAX_BITS != 0 || value.is_multiple_of(2) {
            return Err(RingError::Modulus { value });
        }
        let bits = u64::BITS - value.leading_zeros();
        Ok(Self {
            value,
            bits,
            product_quotient: ((1u128 << (2 * bits)) / u128::from(value)) as u64,
            // q does not divide 2^64, so ⌊(2^64 − 1) / q⌋ is the same number.
            word_quotient: u64::MAX / value,
        })
    }

    /// q.
    #[inline]
    pub fn value(&self) -> u64 {
        self.value
    }

    /// Bit length k of q: 2^(k−1) < q < 2^k.
    #[inline]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// a + b. Pre: a, b < q. Post: < q.
    #[inline]
    pub fn add(&self, a: u64, b: u64) -> u64 {
        debug_assert!(a < self.value && b < self.value);
        subtract_once(a + b, self.value)
    }

    /// a − b. Pre: a, b < q. Post: < q.
    #[inline]
    pub fn sub(&self, a: u64, b: u64) -> u64 {
        debug_assert!(a < self.value && b < self.value);
        // a − b wraps to at least 2^64 − q exactly when b > a; then adding q brings it below q, otherwise above.
        let difference = a.wrapping_sub(b);
        difference.min(difference.wrapping_add(self.value))
    }

    /// −a. Pre: a < q. Post: < q.
    #[inline]
    pub fn neg(&self, a: u64) -> u64 {
        self.sub(0, a)
    }

    /// a·b. Pre: a, b < q. Post: < q.
    #[inline]
    pub fn mul(&self, a: u64, b: u64) -> u64 {
        debug_assert!(a < self.value && b < self.value);
        self.reduce_product(u128::from(a) * u128::from(b))
    }

    /// a·b + c. Pre: a, b, c < q. Post: < q.
    #[inline]
    pub fn mul_add(&self, a: u64, b: u64, c: u64) -> u64 {
        debug_assert!(a < self.value && b < self.value && c < self.value);
        // (q−1)² + (q−1) < q².
        self.reduce_product(u128::from(a) * u128::from(b) + u128::from(c))
    }

    /// Barrett's reduction. Pre: x < q². Post: < q.
    ///
    /// With c = ⌊x / 2^(k−1)⌋ < 2^(k+1) and μ = ⌊2^(2k) / q⌋, the estimate e = ⌊c·μ / 2^(k+1)⌋ of x/q is never too large.
    /// It loses less than 2^(k−1)/q ≤ 1 in c, less than c/2^(k+1) < 1 in μ, and less than 1 in the last floor, so
    /// x − e·q < 3q, which fits in a word because q < 2^61; two subtractions finish.
    #[inline]
    fn reduce_product(&self, x: u128) -> u64 {
        let c = (x >> (self.bits - 1)) as u64;
        let estimate = (u128::from(c) * u128::from(self.product_quotient)) >> (self.bits + 1);
        let rest = (x as u64).wrapping_sub((estimate as u64).wrapping_mul(self.value));
        subtract_once(subtract_once(rest, 2 * self.value), self.value)
    }

    /// a·w for a factor prepared by [`ShoupFactor::new`] with this modulus. Pre: none on a. Post: < q.
    #[inline]
    pub fn mul_shoup(&self, a: u64, w: ShoupFactor) -> u64 {
        subtract_once(w.mul_lazy(a, self.value), self.value)
    }

    /// a^e, with 0^0 = 1. Pre: a < q. Post: < q.
    pub fn pow(&self, a: u64, mut e: u64) -> u64 {
        let (mut base, mut power) = (a, 1);
        while e != 0 {
            if e & 1 == 1 {
                power = self.mul(power, base);
            }
            base = self.mul(base, base);
            e >>= 1;
        }
        power
    }

    /// 1/a, by Euclid's algorithm, so that q need not be prime. Pre: a < q. Post: < q.
    pub fn inv(&self, a: u64) -> Result<u64, RingError> {
        // a·s ≡ r and a·t ≡ u (mod q) throughout.
        let (mut r, mut u) = (a, self.value);
        let (mut s, mut t) = (1, 0);
        while r != 0 {
            let step = u / r;
            (r, u) = (u - step * r, r);
            (s, t) = (self.sub(t, self.mul(self.reduce(step), s)), s);
        }
        if u == 1 {
            Ok(t)
        } else {
            Err(RingError::NotInvertible {
                value: a,
                modulus: self.value,
                factor: u,
            })
        }
    }

    /// x mod q. Post: < q.
    ///
    /// The estimate ⌊x·⌊2^64/q⌋ / 2^64⌋ is never too large and loses less than 1 + 1, so the rest is below 2q.
    #[inline]
    pub fn reduce(&self, x: u64) -> u64 {
        let estimate = (u128::from(x) * u128::from(self.word_quotient)) >> 64;
        subtract_once(x - estimate as u64 * self.value, self.value)
    }
}

/// x − m if that is not negative, otherwise x. Post: < m if x < 2m.
#[inline]
pub(super) fn subtract_once(x: u64, m: u64) -> u64 {
    // For x < m the difference wraps to 2^64 − m + x > x.
    x.min(x.wrapping_sub(m))
}
