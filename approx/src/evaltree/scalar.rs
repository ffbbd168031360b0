//! The numbers that a circuit is written with: exact rationals, arbitrary precision, doubles.

use rug::{Float, Rational};

/// A plaintext number that can be a polynomial coefficient of a [`Dag`](super::Dag).
///
/// Building a circuit divides polynomials, so it needs exact or correctly rounded sums and products, and a test for the
/// exact zero: terms with a zero coefficient are left out, because multiplying a ciphertext by zero reveals its result.
pub trait Scalar: Clone {
    /// self + other.
    #[must_use]
    fn plus(&self, other: &Self) -> Self;
    /// self − other.
    #[must_use]
    fn minus(&self, other: &Self) -> Self;
    /// self · other.
    #[must_use]
    fn times(&self, other: &Self) -> Self;
    /// Whether this is exactly zero.
    fn is_zero(&self) -> bool;
    /// Whether this is a number, and not infinite.
    fn is_finite(&self) -> bool;
    /// numerator / denominator in the precision of `self`; the denominator is positive.
    #[must_use]
    fn fraction(&self, numerator: i32, denominator: u32) -> Self;
}

impl Scalar for Rational {
    fn plus(&self, other: &Self) -> Self {
        Self::from(self + other)
    }
    fn minus(&self, other: &Self) -> Self {
        Self::from(self - other)
    }
    fn times(&self, other: &Self) -> Self {
        Self::from(self * other)
    }
    fn is_zero(&self) -> bool {
        Rational::is_zero(self)
    }
    fn is_finite(&self) -> bool {
        true
    }
    fn fraction(&self, numerator: i32, denominator: u32) -> Self {
        Self::from((numerator, denominator))
    }
}

/// Results have the larger of the two precisions, rounded to nearest.
impl Scalar for Float {
    fn plus(&self, other: &Self) -> Self {
        Self::with_val(self.prec().max(other.prec()), self + other)
    }
    fn minus(&self, other: &Self) -> Self {
        Self::with_val(self.prec().max(other.prec()), self - other)
    }
    fn times(&self, other: &Self) -> Self {
        Self::with_val(self.prec().max(other.prec()), self * other)
    }
    fn is_zero(&self) -> bool {
        Float::is_zero(self)
    }
    fn is_finite(&self) -> bool {
        Float::is_finite(self)
    }
    fn fraction(&self, numerator: i32, denominator: u32) -> Self {
        Self::with_val(self.prec(), numerator) / denominator
    }
}

impl Scalar for f64 {
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn minus(&self, other: &Self) -> Self {
        self - other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn is_zero(&self) -> bool {
        *self == 0.0
    }
    fn is_finite(&self) -> bool {
        f64::is_finite(*self)
    }
    fn fraction(&self, numerator: i32, denominator: u32) -> Self {
        f64::from(numerator) / f64::from(denominator)
    }
}
