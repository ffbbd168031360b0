//! Errors of the backend: each carries the value, the bound, and the remedy.

use super::{
    flooding::FloodingError,
    keys::KeyId,
    params::ParametersId,
    security::{KeyPurpose, SecretKind, SecurityLevel},
};
use crate::{
    bootstrap::BootstrapError,
    circuit::CircuitError,
    quantity::{Level, LogN, QuantityError},
    ring::{RingError, RnsError, sampler::SamplerError},
};
use thiserror::Error;

/// Why a (secret, modulus) pair is not accepted.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SecurityError {
    /// The modulus is too large for the target.
    #[error(
        "a modulus of {log_qp:.3} bits at N = 2^{log_n} with a {secret} secret ({purpose}) misses {target}-bit security, which allows {max} bits; shorten the chain or raise log_n"
    )]
    ModulusTooLarge {
        /// log2 of the ring degree.
        log_n: LogN,
        /// log2 of the modulus.
        log_qp: f64,
        /// Distribution of the secret.
        secret: SecretKind,
        /// What the key is for.
        purpose: KeyPurpose,
        /// What was asked for.
        target: SecurityLevel,
        /// Largest log2 of the modulus at that target.
        max: u32,
    },
    /// The table says nothing of such a key.
    #[error(
        "no figure supports {target}-bit security of a {secret} secret ({purpose}) at N = 2^{log_n}; use a uniform ternary secret and log_n from 13 to 17"
    )]
    NotListed {
        /// log2 of the ring degree.
        log_n: LogN,
        /// Distribution of the secret.
        secret: SecretKind,
        /// What the key is for.
        purpose: KeyPurpose,
        /// What was asked for.
        target: SecurityLevel,
    },
    /// A modulus that is no number, or not above 1.
    #[error("the modulus has {log_qp} bits; give a positive, finite number")]
    Modulus {
        /// log2 of the modulus as given.
        log_qp: f64,
    },
    /// Nothing to judge.
    #[error("no key was given to judge; list every (secret, modulus) pair that is published")]
    NoKeys,
}

/// Why a literal describes no parameters.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ParametersError {
    /// A unit is out of range.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A published key is not secure.
    #[error("{0}; toy parameters for tests must be asked for by insecure_toy")]
    Security(#[from] SecurityError),
    /// A number outside its range.
    #[error("{field} is {found}, and must lie in [{min}, {max}]")]
    OutOfRange {
        /// Name in the literal.
        field: &'static str,
        /// As given.
        found: f64,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// The ring has too few primes of one size.
    #[error(
        "{needed} primes of {bits} bits are needed, about {available} are 1 modulo {conductor}; use larger primes, fewer of that size, or a smaller log_n"
    )]
    TooFewPrimes {
        /// Bits of the primes.
        bits: u32,
        /// How many the chain takes.
        needed: usize,
        /// How many there are, by density.
        available: u64,
        /// 2N.
        conductor: usize,
    },
    /// The ring has no such primes.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The chain is no scheme.
    #[error(transparent)]
    Scheme(#[from] CircuitError),
    /// The first prime leaves a message no room.
    #[error(
        "q0 has {q0_bits} bits and the scale {scale_bits}; q0 needs at least one bit more than the scale"
    )]
    NoHeadroom {
        /// Bits of the first prime.
        q0_bits: u32,
        /// Bits of the scale.
        scale_bits: u32,
    },
    /// Key switching would drown the message.
    #[error(
        "the special primes have {special_bits} bits and digit {digit} of the chain {digit_bits}; make the special primes as large as the largest digit, or more of them"
    )]
    SpecialTooSmall {
        /// log2 P.
        special_bits: u32,
        /// Which digit, counted from q0.
        digit: usize,
        /// log2 of the digit.
        digit_bits: u32,
    },
    /// The switch to the ephemeral secret would drown the message.
    #[error(
        "the switch to the ephemeral secret has one special prime of {special_bits} bits, and q0 has {q0_bits}; make special.bits at least as large as q0_bits"
    )]
    EncapsulationTooSmall {
        /// Bits of q0.
        q0_bits: u32,
        /// Bits of a special prime.
        special_bits: u32,
    },
    /// Bootstrapping that the chain cannot take.
    #[error("bootstrapping: {0}")]
    Bootstrapping(#[from] BootstrapError),
    /// A secret with no or too many non-zero coefficients.
    #[error(
        "a Hamming weight of {found} is impossible at degree {degree}; choose one in 1..={degree}"
    )]
    HammingWeight {
        /// As given.
        found: u32,
        /// Degree of the ring.
        degree: usize,
    },
}

/// Why slots cannot be encoded, or coefficients decoded.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A number of slots that the ring does not have.
    #[error(
        "{found} slots; the number of slots must be a power of two up to {max}: pad with zeros"
    )]
    SlotCount {
        /// As given.
        found: usize,
        /// N/2.
        max: usize,
    },
    /// Not the number of coefficients of the ring.
    #[error("{found} coefficients; a polynomial of this ring has {degree}")]
    CoefficientCount {
        /// As given.
        found: usize,
        /// N.
        degree: usize,
    },
    /// A slot that is no number.
    #[error("slot {slot} holds {value}; only finite numbers can be encoded")]
    NonFinite {
        /// Its index.
        slot: usize,
        /// What it holds.
        value: String,
    },
    /// A coefficient beyond what the encoder represents.
    #[error(
        "a coefficient of about 2^{log2:.1} exceeds 2^{max_log2}; scale the message down or lower the scale 2^{log2_scale:.1}"
    )]
    TooLarge {
        /// log2 of its magnitude, infinite where even f64 overflowed.
        log2: f64,
        /// log2 of the bound.
        max_log2: u32,
        /// log2 of the scale.
        log2_scale: f64,
    },
}

/// Why an operation on keys, plaintexts or ciphertexts is refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CkksError {
    /// Levels, scales, slots or components do not fit.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// Slots cannot be encoded or decoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Residues do not fit.
    #[error(transparent)]
    Rns(#[from] RnsError),
    /// Noise of decryption that is refused.
    #[error(transparent)]
    Flooding(#[from] FloodingError),
    /// The sampler refuses.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// Objects of different parameters.
    #[error("made for parameters {found}, but these are {need}; use one parameter file")]
    Parameters {
        /// Of the object.
        found: ParametersId,
        /// In use.
        need: ParametersId,
    },
    /// Objects of different secrets.
    #[error("belongs to key {found}, but key {need} is in use; take all keys from one generation")]
    Key {
        /// Of the object.
        found: KeyId,
        /// In use.
        need: KeyId,
    },
    /// An evaluation key that was not made.
    #[error(
        "there is no key for {key} that serves level {level}; generate it, or work at a lower level"
    )]
    MissingKey {
        /// What it is for.
        key: String,
        /// Level of its use.
        level: Level,
    },
    /// A switching key of another shape.
    #[error(
        "a key for {key_limbs} limbs and {key_special} special primes cannot switch {limbs} limbs with {special}; use it at its levels"
    )]
    SwitchingKey {
        /// Primes of the ciphertext.
        limbs: usize,
        /// Special primes in use.
        special: usize,
        /// Primes of Q in the key.
        key_limbs: usize,
        /// Special primes of the key.
        key_special: usize,
    },
    /// More special primes than there are, or none.
    #[error("{found} special primes; these parameters have from 1 to {max}")]
    SpecialPrimes {
        /// As asked for.
        found: usize,
        /// How many there are.
        max: usize,
    },
    /// Key switching would drown the message.
    #[error(
        "{special} special primes have {log2_special} bits, and digit {digit} of the chain up to level {level} has {log2_digit}; give the key more special primes, or make parameters with larger ones"
    )]
    SpecialTooSmall {
        /// Special primes of the key, and primes of a digit.
        special: usize,
        /// log2 of their product.
        log2_special: u32,
        /// Highest level of the key.
        level: Level,
        /// Which digit, counted from q0.
        digit: usize,
        /// log2 of the digit.
        log2_digit: u32,
    },
    /// A switching key for something else.
    #[error(
        "the key is for X to X^{found} and not for X to X^{need}, where 0 stands for relinearisation; say what it was made for"
    )]
    Automorphism {
        /// Exponent of the key.
        found: usize,
        /// Exponent that it was given for.
        need: usize,
    },
    /// A value beyond the modulus.
    #[error(
        "a coefficient of 2^{log2:.1} exceeds half the modulus of {log2_modulus:.1} bits at level {level}; scale the values down, or encode at a higher level"
    )]
    Overflow {
        /// log2 of its magnitude.
        log2: f64,
        /// log2 of the modulus.
        log2_modulus: f64,
        /// Level of the modulus.
        level: Level,
    },
}

impl From<RingError> for CkksError {
    fn from(error: RingError) -> Self {
        Self::Rns(error.into())
    }
}
