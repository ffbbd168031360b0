//! Errors of encryptions, and what the analyzer says of them.

use std::sync::Arc;

use num_complex::Complex64;
use rayon::prelude::*;
use serde::Serialize;

use super::{LOG2_FAILURE, LOG2_RUN_FAILURE, SCALE};
use crate::{
    analyze::{Analyzer, CostTable, Part, Secret},
    circuit::Evaluator,
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{LevelBits, SpecialPrimes},
    },
    cli::error::Outcome,
    ring::sampler::{MasterSeed, SIGMA},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Operation {
    Encrypt,
    Add,
    MultiplyPlain,
    Multiply,
    Rotate,
    Conjugate,
}

impl Operation {
    pub(super) const ALL: [Self; 6] = [
        Self::Encrypt,
        Self::Add,
        Self::MultiplyPlain,
        Self::Multiply,
        Self::Rotate,
        Self::Conjugate,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Add => "add",
            Self::MultiplyPlain => "multiply by plaintext, rescale",
            Self::Multiply => "multiply, relinearize and rescale",
            Self::Rotate => "rotate",
            Self::Conjugate => "conjugate",
        }
    }

    /// The same on every interpreter.
    fn run<E: Evaluator>(
        self,
        e: &E,
        [a, b]: &[E::Ciphertext; 2],
        v: &E::Plaintext,
    ) -> Result<E::Ciphertext, E::Error> {
        match self {
            Self::Encrypt => Ok(a.clone()),
            Self::Add => e.add(a, b),
            Self::MultiplyPlain => e.rescale(&e.mul_plain(a, v)?),
            Self::Multiply => e.relinearize_rescale(&e.mul(a, b)?),
            Self::Rotate => e.rotate(a, 1),
            Self::Conjugate => e.conjugate(a),
        }
    }
}

/// Sum and maximum of the errors of all slots, for each operation.
pub(super) type Errors = [(f64, f64); Operation::ALL.len()];

pub(super) fn literal(log_n: u8) -> ParametersLiteral {
    ParametersLiteral {
        log_n,
        q0_bits: 50,
        levels: LevelBits::Uniform {
            levels: 2,
            bits: SCALE,
        },
        scale_bits: SCALE,
        special: SpecialPrimes { count: 1, bits: 50 },
        secret: Default::default(),
        encapsulation: None,
        bootstrapping: None,
        sigma: SIGMA,
        security: Default::default(),
        // For N = 2^12; every row says whether it is secure.
        insecure_toy: true,
    }
}

/// Signs without structure, another sequence for each k.
pub(super) fn signs(slots: usize, k: u64) -> Vec<f64> {
    let odd = |i: usize| {
        (i as u64 + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_mul(2 * k + 1)
            .rotate_left(29)
            .count_ones()
    };
    (0..slots)
        .map(|i| if odd(i) & 1 == 1 { 1.0 } else { -1.0 })
        .collect()
}

fn complex(x: &[f64]) -> Vec<Complex64> {
    x.iter().map(|x| Complex64::new(*x, 0.0)).collect()
}

/// What the analyzer says of an operation.
pub(super) struct Expected {
    values: Vec<f64>,
    /// Bits of the bounds of a ciphertext and of the run.
    pub(super) bounds: [f64; 2],
}

pub(super) fn expected(
    context: &Context,
    [a, b, v]: &[Vec<f64>; 3],
    encryptions: u32,
) -> Outcome<Vec<Expected>> {
    let parameters = context.parameters();
    let analyzer = Analyzer::new(parameters.scheme().clone(), CostTable::shipped()?);
    let (top, slots) = (parameters.max_level(), a.len());
    let encrypted = [
        analyzer.encrypt(&complex(a), slots, top, 0)?,
        analyzer.encrypt(&complex(b), slots, top, 1)?,
    ];
    let v = analyzer.encode(&complex(v), top, parameters.default_scale())?;
    let analyzed = |operation: Operation| {
        let result = operation.run(&analyzer, &encrypted, &v)?;
        let report = analyzer.report(&result);
        let values = analyzer.values(&result).iter().map(|z| z.re);
        // The largest errors are where the secret and the masks of encryption happen to be large.
        let bits = |log2| report.bound(Part::Real, Secret::Random, log2);
        // By the union bound over all ciphertexts of the run.
        let of_run = LOG2_RUN_FAILURE - f64::from(encryptions).log2();
        Ok(Expected {
            values: values.collect(),
            bounds: [bits(LOG2_FAILURE)?.get(), bits(of_run)?.get()],
        })
    };
    Operation::ALL.into_iter().map(analyzed).collect()
}

/// The errors of these encryptions under one key.
pub(super) fn errors(
    context: &Context,
    key: u32,
    numbers: &[u32],
    [a, b, v]: &[Vec<f64>; 3],
    expected: &[Expected],
) -> Outcome<Vec<Errors>> {
    let generator = KeyGenerator::new(context, &seed(1, key))?;
    let request = KeyRequest::full(context);
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(request)?)?;
    let rotation = context.rotation_exponent(1);
    keys.add_galois(rotation, generator.rotation_key(1, request)?)?;
    let conjugation = context.conjugation_exponent();
    keys.add_galois(conjugation, generator.conjugation_key(request)?)?;
    let evaluator = CkksEvaluator::new(context, Arc::new(keys))?;
    let decryptor = Decryptor::new(context, generator.secret_key())?;
    let public = generator.public_key()?;
    let parameters = context.parameters();
    let (top, scale) = (parameters.max_level(), parameters.default_scale());
    let messages = [
        context.encode_real(a, top, scale)?,
        context.encode_real(b, top, scale)?,
    ];
    let v = context.encode_real(v, top, scale)?;
    let one = |number: &u32| -> Outcome<Errors> {
        let mut encryptor = Encryptor::new(context, &seed(2, *number));
        let encrypted = [
            encryptor.encrypt(&public, &messages[0])?,
            encryptor.encrypt(&public, &messages[1])?,
        ];
        let mut errors = Errors::default();
        for ((operation, expected), errors) in
            Operation::ALL.into_iter().zip(expected).zip(&mut errors)
        {
            let result = operation.run(&evaluator, &encrypted, &v)?;
            let found = decryptor.decrypt(&result)?;
            // One period of the values stands for all.
            for (found, exact) in found.iter().zip(expected.values.iter().cycle()) {
                let error = (found.re - exact).abs();
                *errors = (errors.0 + error, errors.1.max(error));
            }
        }
        Ok(errors)
    };
    numbers.par_iter().map(one).collect()
}

/// A seed of its own for every key and every encryption.
fn seed(purpose: u8, number: u32) -> MasterSeed {
    let mut bytes = [purpose; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    MasterSeed::from_bytes(bytes)
}
