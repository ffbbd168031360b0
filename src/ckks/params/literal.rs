//! What a user writes.

use crate::{
    bootstrap::BootstrapLiteral,
    ckks::security::{SecretKind, SecurityLevel},
    ring::sampler::SIGMA,
};
use serde::{Deserialize, Serialize};

/// Plain data that may or may not describe parameters; [`Parameters::new`](super::Parameters::new) decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParametersLiteral {
    /// log2 of the ring degree N.
    pub log_n: u8,
    /// Bits of q0, the prime that is left at level 0.
    pub q0_bits: u32,
    /// Bits of the primes that rescaling divides by.
    pub levels: LevelBits,
    /// log2 of the scale of messages where there is no level above q0. Otherwise the scale follows from the primes: that of
    /// a fresh message is about as large as the prime of its level.
    pub scale_bits: u32,
    /// Primes of key switching.
    pub special: SpecialPrimes,
    /// Distribution of the main secret.
    #[serde(default)]
    pub secret: SecretKind,
    /// The ephemeral sparse secret of bootstrapping, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encapsulation: Option<Encapsulation>,
    /// How ciphertexts are bootstrapped, where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrapping: Option<BootstrapLiteral>,
    /// Standard deviation of the encryption error.
    #[serde(default = "sigma")]
    pub sigma: f64,
    /// Security that every published key must reach.
    #[serde(default)]
    pub security: SecurityLevel,
    /// Accepts parameters that protect nothing.
    #[serde(default)]
    pub insecure_toy: bool,
}

const fn sigma() -> f64 {
    SIGMA
}

/// Bits of the primes above q0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LevelBits {
    /// One by one, from level 1 upwards: the last is the first that rescaling drops.
    Each(Vec<u32>),
    /// All alike.
    Uniform {
        /// How many levels.
        levels: u32,
        /// Bits of each.
        bits: u32,
    },
}

/// The primes of P, alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialPrimes {
    /// How many, which is also the number of chain primes in a digit.
    pub count: u32,
    /// Bits of each.
    pub bits: u32,
}

/// The switch to an ephemeral secret at level 0. Its key is published under the modulus q0·p1, p1 the first special prime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encapsulation {
    /// Non-zero coefficients of the ephemeral secret.
    pub hamming_weight: u32,
}
