//! What a literal must satisfy.

use super::{
    chain::Chain,
    literal::{LevelBits, ParametersLiteral},
};
use crate::{
    ckks::{
        error::ParametersError,
        security::{KeyModulus, KeyPurpose, SecretKind},
    },
    quantity::LogN,
    ring::{convert::MAX_SOURCE, sampler::SIGMA},
};
use std::collections::BTreeMap;

/// Bits of a prime: modular arithmetic is lazy up to 61, and below 20 the ring has next to none.
const PRIME_BITS: (u32, u32) = (20, 61);
/// How many special primes: a division by them and the prime of a level takes [`MAX_SOURCE`].
const SPECIAL: (u32, u32) = (1, MAX_SOURCE as u32 - 1);
/// Standard deviations: below the first the security table does not hold, above the second none are sampled.
const SIGMAS: (f64, f64) = (SIGMA, 64.0);
/// log2 of the scale.
const SCALE_BITS: (u32, u32) = (10, 60);
/// Of the primes there are by density, the share that a chain may take.
const TAKEN: u64 = 2;

fn range(field: &'static str, found: f64, min: f64, max: f64) -> Result<(), ParametersError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(ParametersError::OutOfRange {
        field,
        found,
        min,
        max,
    })
}

fn whole(field: &'static str, found: u32, bounds: (u32, u32)) -> Result<(), ParametersError> {
    range(field, found.into(), bounds.0.into(), bounds.1.into())
}

/// Ranges of single fields.
pub(super) fn numbers(literal: &ParametersLiteral, log_n: LogN) -> Result<(), ParametersError> {
    whole("q0_bits", literal.q0_bits, PRIME_BITS)?;
    whole("special.bits", literal.special.bits, PRIME_BITS)?;
    whole("special.count", literal.special.count, SPECIAL)?;
    whole("scale_bits", literal.scale_bits, SCALE_BITS)?;
    match &literal.levels {
        LevelBits::Each(all) => {
            for bits in all {
                whole("levels", *bits, PRIME_BITS)?;
            }
        }
        LevelBits::Uniform { bits, .. } => whole("levels.bits", *bits, PRIME_BITS)?,
    }
    range("sigma", literal.sigma, SIGMAS.0, SIGMAS.1)?;
    if let SecretKind::Sparse(weight) = literal.secret {
        hamming_weight(weight, log_n)?;
    }
    if let Some(encapsulation) = &literal.encapsulation {
        hamming_weight(encapsulation.hamming_weight, log_n)?;
    }
    Ok(())
}

fn hamming_weight(found: u32, log_n: LogN) -> Result<(), ParametersError> {
    let degree = log_n.degree();
    if (1..=degree).contains(&(found as usize)) {
        return Ok(());
    }
    Err(ParametersError::HammingWeight { found, degree })
}

/// Relations between the primes.
pub(super) fn chain(
    literal: &ParametersLiteral,
    log_n: LogN,
    chain: &Chain,
) -> Result<(), ParametersError> {
    // What is left at level 0 has the scale of level 1.
    let level_bits = chain.q_bits().get(1).copied().unwrap_or_default();
    let (q0_bits, scale_bits) = (literal.q0_bits, literal.scale_bits.max(level_bits));
    if q0_bits <= scale_bits {
        return Err(ParametersError::NoHeadroom {
            q0_bits,
            scale_bits,
        });
    }
    let special_bits = chain.log_p();
    for (digit, digit_bits) in chain.digit_bits().enumerate() {
        if digit_bits > special_bits {
            return Err(ParametersError::SpecialTooSmall {
                special_bits,
                digit,
                digit_bits,
            });
        }
    }
    let special_bits = literal.special.bits;
    if literal.encapsulation.is_some() && q0_bits > special_bits {
        return Err(ParametersError::EncapsulationTooSmall {
            q0_bits,
            special_bits,
        });
    }
    enough_primes(log_n, chain)
}

/// Primes that are 1 modulo 2N between 2^(b−1) and 2^b: about 2^(b−1)/(N·b·ln 2).
fn enough_primes(log_n: LogN, chain: &Chain) -> Result<(), ParametersError> {
    let mut sizes = BTreeMap::<u32, usize>::new();
    for bits in chain.q_bits().iter().chain(chain.p_bits()) {
        *sizes.entry(*bits).or_default() += 1;
    }
    for (bits, needed) in sizes {
        let available = (1 << (bits - 1)) / (log_n.degree() as u64 * u64::from(bits) * 7 / 10);
        if needed as u64 * TAKEN > available {
            return Err(ParametersError::TooFewPrimes {
                bits,
                needed,
                available,
                conductor: 2 * log_n.degree(),
            });
        }
    }
    Ok(())
}

/// Every (secret, modulus) pair that is published: the main secret under QP, which the key back from the ephemeral secret
/// keeps below, and the ephemeral one under q0·p1.
pub(super) fn keys(literal: &ParametersLiteral, log_n: LogN, chain: &Chain) -> Vec<KeyModulus> {
    let mut keys = vec![KeyModulus {
        log_n,
        log_qp: chain.log_qp().into(),
        secret: literal.secret,
        purpose: KeyPurpose::Main,
    }];
    keys.extend(literal.encapsulation.map(|encapsulation| KeyModulus {
        log_n,
        log_qp: (literal.q0_bits + literal.special.bits).into(),
        secret: SecretKind::Sparse(encapsulation.hamming_weight),
        purpose: KeyPurpose::Encapsulation,
    }));
    keys
}
