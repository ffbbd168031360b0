//! What keys and ciphertexts weigh, by formula.

use super::chain::Chain;
use crate::{
    ckks::error::ParametersError,
    quantity::{Level, LogN},
};
use serde::Serialize;

/// Bytes of a residue.
const WORD: u64 = 8;

/// Bytes and transforms at a level with l primes, of α special ones and d = ⌈l/α⌉ digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// A plaintext in memory: l·N·8.
    pub plaintext_bytes: u64,
    /// A ciphertext of two polynomials: 2·l·N·8.
    pub ciphertext_bytes: u64,
    /// A secret key: N·8.
    pub secret_key_bytes: u64,
    /// A relinearisation or rotation key: 2·d·(l+α)·N·8.
    pub switching_key_bytes: u64,
    /// A ciphertext in a file, where a residue takes as many bits as its prime. Here and below without the header and
    /// the like, less than 256 bytes.
    pub ciphertext_file_bytes: u64,
    /// A public key in a file, where a seed stands for its uniform half; at this level the same as half a ciphertext.
    pub public_key_file_bytes: u64,
    /// A relinearisation or rotation key in a file, where a seed stands for its uniform half.
    pub switching_key_file_bytes: u64,
    /// A secret key in a file, 2 bits for a coefficient.
    pub secret_key_file_bytes: u64,
    /// Number-theoretic transforms of one key switch: (d+2)·(l+α).
    pub key_switch_transforms: u64,
}

impl Sizes {
    pub(super) fn new(log_n: LogN, chain: &Chain, level: Level) -> Result<Self, ParametersError> {
        let max_level = chain.max_level();
        if level > max_level {
            return Err(ParametersError::OutOfRange {
                field: "level",
                found: level.get().into(),
                min: 0.0,
                max: max_level.get().into(),
            });
        }
        let limbs = u64::from(level.get()) + 1;
        let special = chain.p_bits().len() as u64;
        let digits = limbs.div_ceil(special);
        let polynomial = log_n.degree() as u64 * WORD;
        let q_bits = &chain.q_bits()[..limbs as usize];
        let packed = |bits: &[u32]| {
            let bits: u32 = bits.iter().sum();
            log_n.degree() as u64 / 8 * u64::from(bits)
        };
        let switching_key_bytes = 2 * digits * (limbs + special) * polynomial;
        Ok(Self {
            plaintext_bytes: limbs * polynomial,
            ciphertext_bytes: 2 * limbs * polynomial,
            secret_key_bytes: polynomial,
            switching_key_bytes,
            ciphertext_file_bytes: 2 * packed(q_bits),
            public_key_file_bytes: packed(q_bits),
            switching_key_file_bytes: digits * (packed(q_bits) + packed(chain.p_bits())),
            secret_key_file_bytes: log_n.degree() as u64 / 4,
            key_switch_transforms: (digits + 2) * (limbs + special),
        })
    }

    /// Memory of that many switching keys at this level.
    #[must_use]
    pub const fn switching_keys(&self, keys: u64) -> u64 {
        self.switching_key_bytes.saturating_mul(keys)
    }
}
