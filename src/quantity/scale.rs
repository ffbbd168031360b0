//! The factor between a message and the integers that carry it.

use super::QuantityError;
use rug::{Float, float::Round, ops::Pow};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Significant bits of a scale.
const PRECISION: u32 = 128;
/// log2 of the largest scale.
const MAX_LOG2: u32 = 4096;
/// log2 of the largest relative difference of two scales that are taken as equal.
const EQUAL_LOG2: i32 = -100;
/// log2 of the bound on integers that constants are encoded as.
const MAX_INTEGER_LOG2: u32 = 120;
/// Characters of the longest text that is read as a scale.
const TEXT: usize = 64;

/// The scale Δ of a plaintext or ciphertext, which holds round(Δ·m) for the message m; from 1 to 2^4096.
///
/// A scale is a product of primes and their quotients, Δ₁Δ₂/q. It is kept with 128 significant bits, so an operation
/// errs by 2^−128 relative, which stays below everything a message of f64 can show. Two ways to one scale may differ in
/// the last bits: [`Scale::matches`] compares up to 2^−100, while `==` compares every bit. As text it is hexadecimal and
/// lossless.
#[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scale(Float);

impl Scale {
    fn checked(value: Float) -> Result<Self, QuantityError> {
        if value >= 1 && value <= Float::with_val(PRECISION, 2).pow(MAX_LOG2) {
            Ok(Self(value))
        } else {
            Err(refused(&value.to_string_radix(10, Some(17))))
        }
    }

    /// The scale 2^log2.
    ///
    /// # Errors
    /// When `log2` exceeds 4096.
    pub fn power_of_two(log2: u32) -> Result<Self, QuantityError> {
        if log2 > MAX_LOG2 {
            return Err(refused(&format!("2^{log2}")));
        }
        Self::checked(Float::with_val(PRECISION, 2).pow(log2))
    }

    /// A scale that is exactly this f64.
    ///
    /// # Errors
    /// When `value` is not in [1, 2^4096].
    pub fn from_f64(value: f64) -> Result<Self, QuantityError> {
        Self::checked(Float::with_val(PRECISION, value))
    }

    /// Scale of a product: Δ₁·Δ₂.
    ///
    /// # Errors
    /// When the product exceeds 2^4096.
    pub fn times(&self, other: &Self) -> Result<Self, QuantityError> {
        Self::checked(Float::with_val(PRECISION, &self.0 * &other.0))
    }

    /// The scale that rescaling by the prime `modulus` brings to this one: Δ·q.
    ///
    /// # Errors
    /// When the product exceeds 2^4096.
    pub fn times_modulus(&self, modulus: u64) -> Result<Self, QuantityError> {
        Self::checked(Float::with_val(PRECISION, &self.0 * modulus))
    }

    /// Scale after division by the prime `modulus`: Δ/q.
    ///
    /// # Errors
    /// When the quotient falls below 1, or `modulus` is 0.
    pub fn rescaled(&self, modulus: u64) -> Result<Self, QuantityError> {
        Self::checked(Float::with_val(PRECISION, &self.0 / modulus))
    }

    /// The factor that makes `other` this scale: Δ/Δ₂.
    ///
    /// # Errors
    /// When the quotient falls below 1.
    pub fn over(&self, other: &Self) -> Result<Self, QuantityError> {
        Self::checked(Float::with_val(PRECISION, &self.0 / &other.0))
    }

    /// Δ/Δ₂, rounded to f64 once: what slots are multiplied by when polynomials of this scale are read at the other.
    #[must_use]
    pub fn ratio(&self, other: &Self) -> f64 {
        // 128 bits and then 53: the first rounding shows in the result with probability 2^-75 only.
        Float::with_val(PRECISION, &self.0 / &other.0).to_f64()
    }

    /// The integer nearest to Δ·c, ties to even; none if it is not below 2^120 in magnitude.
    #[must_use]
    pub fn round(&self, c: f64) -> Option<i128> {
        // 128 and 53 bits: the product is exact.
        let product = Float::with_val(PRECISION + f64::MANTISSA_DIGITS, &self.0 * c);
        let (rounded, _) = product.to_integer_round(Round::Nearest)?;
        rounded
            .to_i128()
            .filter(|x| x.unsigned_abs() < 1 << MAX_INTEGER_LOG2)
    }

    /// Whether the two agree up to 2^−100 relative, as scales that may be added must.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let difference = Float::with_val(PRECISION, &self.0 - &other.0).abs();
        difference <= Float::with_val(PRECISION, &self.0 << EQUAL_LOG2)
    }

    /// log2 Δ, to the nearest f64.
    #[must_use]
    pub fn log2(&self) -> f64 {
        Float::with_val(PRECISION, self.0.log2_ref()).to_f64()
    }

    /// Δ to the nearest f64, infinite from 2^1024.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64()
    }
}

fn refused(found: &str) -> QuantityError {
    QuantityError::Scale {
        found: found.into(),
        max_log2: MAX_LOG2,
    }
}

impl TryFrom<String> for Scale {
    type Error = QuantityError;

    fn try_from(text: String) -> Result<Self, QuantityError> {
        if text.len() > TEXT {
            return Err(refused(&format!("of {} characters", text.len())));
        }
        match Float::parse_radix(&text, 16) {
            Ok(value) => Self::checked(Float::with_val(PRECISION, value)),
            Err(_) => Err(refused(&text)),
        }
    }
}

impl From<Scale> for String {
    fn from(scale: Scale) -> Self {
        scale.0.to_string_radix(16, None)
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "2^{:.6}", self.log2())
    }
}
