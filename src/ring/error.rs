//! What can be refused, with the value, the bound and what to change.

use thiserror::Error;

use super::{BACKEND_VARIABLE, modulus::MAX_BITS, ntt::MAX_DEGREE};

/// Why a ring, or an element of it, cannot be made.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RingError {
    /// The modulus is even, too small or too large.
    #[error("modulus {value} is not an odd number in (2, 2^{MAX_BITS}); choose one that is")]
    Modulus {
        /// The refused modulus.
        value: u64,
    },
    /// A transform needs a field.
    #[error("modulus {value} is not prime; take one from `prime::ntt_primes`")]
    NotPrime {
        /// The composite modulus.
        value: u64,
    },
    /// The element shares a factor with the modulus.
    #[error(
        "{value} has no inverse modulo {modulus}: both are multiples of {factor}; choose a prime modulus or a unit"
    )]
    NotInvertible {
        /// The element.
        value: u64,
        /// The modulus.
        modulus: u64,
        /// Greatest common divisor of both.
        factor: u64,
    },
    /// NaN and infinities have no residue.
    #[error("{value} has no residue; only finite numbers can be reduced")]
    NotFinite {
        /// The refused number.
        value: f64,
    },
    /// N is not a power of two, or too large.
    #[error("ring degree {degree} is not a power of two in 2..={MAX_DEGREE}; choose one that is")]
    Degree {
        /// The refused degree.
        degree: usize,
    },
    /// No root of unity of the order exists.
    #[error(
        "modulus {modulus} is not 1 modulo {order}, so it has no primitive root of unity of that order; take one from `prime::ntt_primes`"
    )]
    NoRoot {
        /// The modulus.
        modulus: u64,
        /// Order of the wanted root, 2N.
        order: u64,
    },
    /// Bit size of primes out of range.
    #[error("primes of {bits} bits are outside 2..={MAX_BITS}; choose a size in this range")]
    Bits {
        /// The refused size.
        bits: u32,
    },
    /// There are not enough primes.
    #[error(
        "only {found} of {wanted} primes near 2^{bits} are 1 modulo {order}; ask for fewer, for more bits, or for a smaller ring degree"
    )]
    PrimesExhausted {
        /// log2 of the centre.
        bits: u32,
        /// 2N.
        order: u64,
        /// Primes asked for.
        wanted: usize,
        /// Primes that exist and are not excluded.
        found: usize,
    },
    /// Slices of different lengths, or not of the ring degree.
    #[error(
        "a polynomial has {found} coefficients, need {need}; use polynomials of one ring degree"
    )]
    Length {
        /// Length of the refused slice.
        found: usize,
        /// Length it must have.
        need: usize,
    },
    /// An inner product of too many digits, or a digit that the key does not have.
    #[error(
        "{found} digits are asked for, and there are at most {most}; use fewer, or a key with more"
    )]
    Digits {
        /// Digits asked for.
        found: usize,
        /// Digits there can be.
        most: usize,
    },
    /// The environment names no backend.
    #[error(
        "{BACKEND_VARIABLE}={value} is not known; set it to `portable`, `avx2` or `avx512`, or unset it"
    )]
    UnknownBackend {
        /// Value of the variable.
        value: String,
    },
    /// This processor lacks what the backend needs.
    #[error(
        "this processor lacks {features}, which backend `{name}` needs; use `portable`, or unset {BACKEND_VARIABLE}"
    )]
    UnsupportedBackend {
        /// Name of the backend.
        name: &'static str,
        /// What it needs.
        features: &'static str,
    },
}
