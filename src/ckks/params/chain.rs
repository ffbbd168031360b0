//! The modulus chain by bit sizes.

use super::literal::{LevelBits, ParametersLiteral};
use crate::{ckks::error::ParametersError, quantity::Level};
use serde::Serialize;

/// Bits of the primes q0, …, qL of ciphertexts and of the α primes of P.
///
/// Key switching cuts the chain into digits of α primes from q0 on, d = ⌈l/α⌉ of them for l primes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chain {
    q_bits: Vec<u32>,
    p_bits: Vec<u32>,
    max_level: Level,
}

impl Chain {
    /// Expects `special.count` to be small and positive.
    pub(super) fn new(literal: &ParametersLiteral) -> Result<Self, ParametersError> {
        let levels = match &literal.levels {
            LevelBits::Each(bits) => bits.len() as u64,
            LevelBits::Uniform { levels, .. } => u64::from(*levels),
        };
        let max_level = Level::new(levels)?;
        let mut q_bits = vec![literal.q0_bits];
        match &literal.levels {
            LevelBits::Each(bits) => q_bits.extend(bits),
            LevelBits::Uniform { bits, .. } => {
                q_bits.extend((0..max_level.get()).map(|_| *bits));
            }
        }
        Ok(Self {
            q_bits,
            p_bits: vec![literal.special.bits; literal.special.count as usize],
            max_level,
        })
    }

    /// Bits of q0, …, qL.
    #[must_use]
    pub fn q_bits(&self) -> &[u32] {
        &self.q_bits
    }

    /// Bits of the special primes.
    #[must_use]
    pub fn p_bits(&self) -> &[u32] {
        &self.p_bits
    }

    /// L, the level of a fresh ciphertext.
    #[must_use]
    pub const fn max_level(&self) -> Level {
        self.max_level
    }

    /// log2 Q of all levels.
    #[must_use]
    pub fn log_q(&self) -> u32 {
        self.q_bits.iter().sum()
    }

    /// log2 P.
    #[must_use]
    pub fn log_p(&self) -> u32 {
        self.p_bits.iter().sum()
    }

    /// log2 of the modulus that keys are published under.
    #[must_use]
    pub fn log_qp(&self) -> u32 {
        self.log_q() + self.log_p()
    }

    /// Number of digits at full level, often called dnum.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.q_bits.len().div_ceil(self.p_bits.len())
    }

    /// log2 of each digit, from q0 on.
    pub fn digit_bits(&self) -> impl Iterator<Item = u32> {
        let digits = self.q_bits.chunks(self.p_bits.len());
        digits.map(|digit| digit.iter().sum())
    }
}
