//! Keys and ciphertexts are the same, bit for bit, on any number of threads and on every backend.
//!
//! The suite runs on every backend, by `EQUIRIPPLE_SIMD`; what must not differ between its runs is written down here.

use crate::{
    circuit::{Evaluator, LinearTransform, ModRaise},
    ckks::{
        Ciphertext, CkksEvaluator, Context, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
        params::{Encapsulation, LevelBits, SpecialPrimes},
    },
    quantity::Level,
    ring::{RnsPoly, poly::Evaluation, sampler::MasterSeed},
};
use num_complex::Complex64;
use sha2::{Digest, Sha256};
use std::sync::Arc;

const LOG_N: u8 = 12;
const SLOTS: usize = 1 << 11;

/// Of the public key, of the evaluation keys, and of the ciphertexts, SHA-256. They change with the parameters' primes, with
/// the samplers, and with what an operation computes; where only its implementation was to change, they must not.
const EXPECTED: [&str; 3] = [
    "739b78b5c621d750d98587c2b465b7df20e4d2c2dfd91433b912dfac53ea9e3a",
    "04daac3067a2be908500d9450bb40fe4ebcc829e8289c81776d8b3ce475dcf40",
    "ff8f3a03f896ca783c8cb706ede29f85d8dced0b97c1c636cb1ca73902f446ad",
];

/// The same of the keys to the ephemeral secret and back, and of raised ciphertexts.
const EXPECTED_RAISED: [&str; 2] = [
    "c32fa317320f83a48a719f6e0472bb418df5bdf99d9612ec0257441f090977e6",
    "567d4a8cb9ae0f21f2b1e9402de486b074863c35a18de98efb25b487069aa512",
];

fn literal() -> ParametersLiteral {
    ParametersLiteral {
        log_n: LOG_N,
        q0_bits: 50,
        levels: LevelBits::Uniform {
            levels: 4,
            bits: 40,
        },
        scale_bits: 40,
        // An incomplete digit at the top.
        special: SpecialPrimes { count: 2, bits: 49 },
        secret: Default::default(),
        encapsulation: None,
        bootstrapping: None,
        sigma: 3.19,
        security: Default::default(),
        insecure_toy: true,
    }
}

struct Hash(Sha256);

impl Hash {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn words(&mut self, words: &[u64]) {
        for word in words {
            self.0.update(word.to_le_bytes());
        }
    }

    fn poly(&mut self, poly: &RnsPoly<Evaluation>) {
        poly.limbs().for_each(|limb| self.words(limb));
    }

    fn ciphertext(&mut self, a: &Ciphertext) {
        a.components.iter().for_each(|poly| self.poly(poly));
    }

    fn hex(self) -> String {
        let bytes = self.0.finalize();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Values that every machine computes alike.
fn message(k: usize) -> Vec<Complex64> {
    let value = |i: usize| (i * k % 97) as f64 / 97.0 - 0.5;
    (0..SLOTS)
        .map(|i| Complex64::new(value(i), value(i + 31)))
        .collect()
}

/// Keys, encryption, and every operation that does more than add.
fn hashes() -> [String; 3] {
    let context = Context::new(Parameters::new(literal()).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let request = KeyRequest::full(&context);
    let diagonals = (0..12).map(|r| (7 * r, message(r as usize + 2)));
    let transform = LinearTransform::new(SLOTS, diagonals).unwrap();
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(request).unwrap())
        .unwrap();
    let mut rotations = transform.steps().rotations();
    rotations.extend([1, 2, 3]);
    for k in rotations {
        let exponent = context.rotation_exponent(k);
        keys.add_galois(exponent, generator.rotation_key(k, request).unwrap())
            .unwrap();
    }
    let exponent = context.conjugation_exponent();
    keys.add_galois(exponent, generator.conjugation_key(request).unwrap())
        .unwrap();
    let public = generator.public_key().unwrap();
    let mut of_public = Hash::new();
    of_public.poly(&public.a);
    of_public.poly(&public.b);
    let mut of_keys = Hash::new();
    let galois = keys.galois().map(|key| key.1);
    for key in keys.relinearization().chain(galois) {
        of_keys.words(&key.words);
    }
    let e = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let top = context.parameters().max_level();
    let scale = context.parameters().default_scale();
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([6; 32]));
    let plaintext = e.encode(&message(5), top, scale).unwrap();
    let a = encryptor.encrypt(&public, &plaintext).unwrap();
    let b = encryptor
        .encrypt_secret(generator.secret_key(), &plaintext)
        .unwrap();
    let product = e.mul(&a, &b).unwrap();
    let linear = e.relinearize(&product).unwrap();
    let both = e.relinearize_rescale(&product).unwrap();
    let hoisted = e.rotate_many(&both, &[1, 2, 3]).unwrap();
    let conjugate = e.conjugate(&hoisted[2]).unwrap();
    let below = e.shape(&both).level;
    let prepared = e.prepare(&transform, below, scale).unwrap();
    let transformed = e
        .rescale(&e.transform(&conjugate, &prepared).unwrap())
        .unwrap();
    let plain = e.mul_plain(&a, &plaintext).unwrap();
    let mut of_ciphertexts = Hash::new();
    let single = [a, b, product, linear, both, conjugate, transformed, plain];
    for ciphertext in single.iter().chain(&hoisted) {
        of_ciphertexts.ciphertext(ciphertext);
    }
    [of_public, of_keys, of_ciphertexts].map(Hash::hex)
}

#[test]
fn threads_and_backends_do_not_change_a_bit() {
    for threads in [1, 2, 8] {
        let found = super::on_threads(threads, hashes);
        assert_eq!(found, EXPECTED, "{threads} threads");
    }
}

/// Raised from level 0 to two levels, of all slots and of few.
fn raised_hashes() -> [String; 2] {
    let literal = ParametersLiteral {
        encapsulation: Some(Encapsulation { hamming_weight: 32 }),
        special: SpecialPrimes { count: 2, bits: 50 },
        ..literal()
    };
    let context = Context::new(Parameters::new(literal).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let own = generator.encapsulation_keys().unwrap();
    let mut of_keys = Hash::new();
    of_keys.words(&own.to_sparse.words);
    of_keys.poly(&own.from_sparse.b);
    of_keys.poly(&own.from_sparse.a);
    let mut keys = generator.no_evaluation_keys();
    keys.set_encapsulation(own).unwrap();
    let scheme = context.parameters().scheme();
    for k in scheme.trace_rotations(SLOTS / 4) {
        let exponent = context.rotation_exponent(k);
        let key = generator.rotation_key(k, KeyRequest::full(&context));
        keys.add_galois(exponent, key.unwrap()).unwrap();
    }
    let e = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([6; 32]));
    let (bottom, top) = (Level::default(), context.parameters().max_level());
    let mut of_ciphertexts = Hash::new();
    for slots in [SLOTS, SLOTS / 4] {
        let message = &message(5)[..slots];
        let plaintext = e.encode(message, bottom, scheme.scale(bottom)).unwrap();
        let secret = generator.secret_key();
        let a = encryptor.encrypt_secret(secret, &plaintext).unwrap();
        for level in [top, Level::new(1).unwrap()] {
            let raised = e.mod_raise(&a, level, 1.0).unwrap();
            of_ciphertexts.ciphertext(&e.mul_i(&raised).unwrap());
        }
    }
    [of_keys, of_ciphertexts].map(Hash::hex)
}

#[test]
fn threads_and_backends_do_not_change_a_bit_of_what_is_raised() {
    for threads in [1, 2, 8] {
        let found = super::on_threads(threads, raised_hashes);
        assert_eq!(found, EXPECTED_RAISED, "{threads} threads");
    }
}
