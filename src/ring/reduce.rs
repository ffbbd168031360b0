//! Residues of signed, wide and floating-point numbers.

use super::{Modulus, RingError};

/// Bits of the significand of an `f64`, the hidden one not counted.
const STORED_BITS: u32 = f64::MANTISSA_DIGITS - 1;

impl Modulus {
    /// x mod q. Post: < q.
    pub fn reduce_u128(&self, x: u128) -> u64 {
        let word = self.add(self.reduce(u64::MAX), 1 % self.value());
        let (high, low) = ((x >> 64) as u64, x as u64);
        self.mul_add(self.reduce(high), word, self.reduce(low))
    }

    /// The residue of x in [0, q).
    #[inline]
    pub fn reduce_i64(&self, x: i64) -> u64 {
        self.signed(x < 0, self.reduce(x.unsigned_abs()))
    }

    /// The residue of x in [0, q).
    pub fn reduce_i128(&self, x: i128) -> u64 {
        self.signed(x < 0, self.reduce_u128(x.unsigned_abs()))
    }

    /// The residue in [0, q) of the integer nearest to x, ties to even; exact for every finite x, however large.
    pub fn reduce_f64(&self, x: f64) -> Result<u64, RingError> {
        if !x.is_finite() {
            return Err(RingError::NotFinite { value: x });
        }
        let rounded = x.round_ties_even();
        if rounded.abs() < 2f64.powi(127) {
            return Ok(self.reduce_i128(rounded as i128));
        }
        // |x| = significand · 2^shift, and shift > 0 here.
        let bits = rounded.abs().to_bits();
        let exponent = (bits >> STORED_BITS) as i64;
        let shift = exponent - (f64::MAX_EXP as i64 - 1) - i64::from(STORED_BITS);
        let significand = (bits & ((1 << STORED_BITS) - 1)) | (1 << STORED_BITS);
        let power = self.pow(2, shift.unsigned_abs());
        Ok(self.signed(rounded < 0.0, self.mul(self.reduce(significand), power)))
    }

    /// The number in [−(q−1)/2, (q−1)/2] with residue a. Pre: a < q.
    #[inline]
    pub fn centered(&self, a: u64) -> i64 {
        debug_assert!(a < self.value());
        if a > self.value() / 2 {
            a as i64 - self.value() as i64
        } else {
            a as i64
        }
    }

    /// ±magnitude. Secrets and errors come through here, so no branch is written. Pre: magnitude < q. Post: < q.
    #[inline]
    fn signed(&self, negative: bool, magnitude: u64) -> u64 {
        let mask = u64::from(negative).wrapping_neg();
        magnitude ^ ((magnitude ^ self.neg(magnitude)) & mask)
    }
}
