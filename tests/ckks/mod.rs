//! The ciphertext backend through its public interface.

mod circuits;
mod degenerate;
mod files;
mod noise;
mod operations;
mod raise;
mod random;
mod refusals;

use equiripple::{
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{Encapsulation, LevelBits, SpecialPrimes},
    },
    quantity::Level,
    ring::sampler::MasterSeed,
};
use num_complex::Complex64;
use std::sync::Arc;

/// Everything for one secret.
pub(crate) struct Party {
    pub(crate) context: Context,
    pub(crate) generator: KeyGenerator,
    pub(crate) encryptor: Encryptor,
    pub(crate) decryptor: Decryptor,
    pub(crate) evaluator: CkksEvaluator,
}

pub(crate) fn toy(log_n: u8, levels: u32, bits: u32, special: u32) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        q0_bits: 50,
        levels: LevelBits::Uniform { levels, bits },
        scale_bits: bits,
        special: SpecialPrimes {
            count: special,
            bits: 50,
        },
        secret: Default::default(),
        encapsulation: None,
        bootstrapping: None,
        sigma: 3.19,
        security: Default::default(),
        insecure_toy: true,
    }
}

/// With an ephemeral secret of weight 32.
pub(crate) fn raisable(log_n: u8, levels: u32) -> ParametersLiteral {
    ParametersLiteral {
        encapsulation: Some(Encapsulation { hamming_weight: 32 }),
        ..toy(log_n, levels, 40, 2)
    }
}

pub(crate) fn party(literal: ParametersLiteral, rotations: &[usize], seed: u8) -> Party {
    let special = literal.special.count as usize;
    party_with(literal, rotations, seed, special)
}

/// Whose keys have fewer special primes.
pub(crate) fn party_with(
    literal: ParametersLiteral,
    rotations: &[usize],
    seed: u8,
    special: usize,
) -> Party {
    let context = Context::new(Parameters::new(literal).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([seed; 32])).unwrap();
    let request = KeyRequest {
        special,
        ..KeyRequest::full(&context)
    };
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(request).unwrap())
        .unwrap();
    for k in rotations {
        let exponent = context.rotation_exponent(*k);
        let key = generator.rotation_key(*k, request).unwrap();
        keys.add_galois(exponent, key).unwrap();
    }
    if context.parameters().scheme().encapsulation().is_ok() {
        keys.set_encapsulation(generator.encapsulation_keys().unwrap())
            .unwrap();
    }
    let conjugation = generator.conjugation_key(request).unwrap();
    keys.add_galois(context.conjugation_exponent(), conjugation)
        .unwrap();
    Party {
        encryptor: Encryptor::new(&context, &MasterSeed::from_bytes([seed + 1; 32])),
        decryptor: Decryptor::new(&context, generator.secret_key()).unwrap(),
        evaluator: CkksEvaluator::new(&context, Arc::new(keys)).unwrap(),
        context,
        generator,
    }
}

/// Slots in the unit square, the same for the same seed.
pub(crate) fn slots(n: usize, seed: u64) -> Vec<Complex64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(|_| Complex64::new(next(), next())).collect()
}

pub(crate) fn level(l: u64) -> Level {
    Level::new(l).unwrap()
}

/// Largest distance of two vectors of slots.
pub(crate) fn distance(a: &[Complex64], b: &[Complex64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let errors = a.iter().zip(b).map(|(a, b)| (a - b).norm());
    errors.fold(0.0, f64::max)
}
