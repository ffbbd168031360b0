//! Errors counted in bits.

use super::QuantityError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// −log2 of an error: 20 bits stand for an error of 2^−20; finite, and the larger the better.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct ErrorBits(f64);

impl ErrorBits {
    /// That many bits.
    ///
    /// # Errors
    /// When `bits` is infinite or not a number.
    pub fn new(bits: f64) -> Result<Self, QuantityError> {
        if bits.is_finite() {
            Ok(Self(bits))
        } else {
            Err(QuantityError::ErrorBits { found: bits })
        }
    }

    /// The bits of an error.
    ///
    /// # Errors
    /// When `error` is not positive and finite.
    pub fn of(error: f64) -> Result<Self, QuantityError> {
        if error > 0.0 && error.is_finite() {
            Ok(Self(-error.log2()))
        } else {
            Err(QuantityError::ErrorBits { found: error })
        }
    }

    /// The number of bits.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The error, 2^−bits.
    #[must_use]
    pub fn error(self) -> f64 {
        (-self.0).exp2()
    }
}

impl TryFrom<f64> for ErrorBits {
    type Error = QuantityError;

    fn try_from(bits: f64) -> Result<Self, QuantityError> {
        Self::new(bits)
    }
}

impl From<ErrorBits> for f64 {
    fn from(bits: ErrorBits) -> Self {
        bits.0
    }
}

impl fmt::Display for ErrorBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} bits", self.0)
    }
}
