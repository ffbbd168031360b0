//! Keys for fewer levels and special primes.

use crate::ckks::{distance, level, party, slots, toy};
use equiripple::{
    circuit::Evaluator,
    ckks::{
        CkksError, CkksEvaluator, Context, Parameters, SerialError,
        keys::{EvaluationKey, KeyGenerator, KeyRequest},
        params::LevelBits,
        serial,
    },
    ring::sampler::MasterSeed,
};
use std::sync::Arc;

fn request(l: u64, special: usize) -> KeyRequest {
    KeyRequest {
        level: level(l),
        special,
    }
}

#[test]
fn a_special_modulus_below_a_digit_is_refused() {
    // q0 and the second level are larger than one special prime, and no pair is larger than two.
    let mut literal = toy(10, 4, 40, 2);
    literal.q0_bits = 55;
    literal.levels = LevelBits::Each(vec![40, 52, 40, 40]);
    let context = Context::new(Parameters::new(literal).unwrap()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([1; 32])).unwrap();
    let refused = generator.relinearization_key(request(4, 1)).unwrap_err();
    assert_eq!(
        refused,
        CkksError::SpecialTooSmall {
            special: 1,
            log2_special: 50,
            level: level(4),
            digit: 0,
            log2_digit: 55,
        }
    );
    assert!(
        refused.to_string().contains("more special primes"),
        "{refused}"
    );
    for result in [
        generator.rotation_key(1, request(0, 1)),
        generator.conjugation_key(request(4, 1)),
    ] {
        assert!(matches!(result, Err(CkksError::SpecialTooSmall { .. })));
    }
    for special in [0, 3] {
        let refused = generator.relinearization_key(request(4, special));
        assert!(matches!(refused, Err(CkksError::SpecialPrimes { .. })));
    }
    assert!(generator.relinearization_key(request(5, 2)).is_err());
    // The same in a file: a key that was made without a check.
    let key = generator.relinearization_key(request(4, 2)).unwrap();
    let mut bytes = vec![];
    serial::store(&EvaluationKey::Relinearization(key), &context, &mut bytes).unwrap();
    bytes[64 + 5] = 1;
    let length = bytes.len() as u64;
    let refused = serial::load::<EvaluationKey>(&mut &bytes[..], length, &context).unwrap_err();
    assert!(
        matches!(
            refused,
            SerialError::Ckks(CkksError::SpecialTooSmall { .. })
        ),
        "{refused}"
    );
}

#[test]
fn heads_of_key_files_say_what_they_are_for() {
    let p = party(toy(10, 3, 40, 2), &[], 5);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let key = p.generator.rotation_key(3, request(2, 1)).unwrap();
    let exponent = p.context.rotation_exponent(3);
    serial::write(&path, &EvaluationKey::Galois(exponent, key), &p.context).unwrap();
    let head = serial::evaluation_head(&path, &p.context).unwrap();
    assert_eq!(
        (head.exponent, head.request),
        (Some(exponent), request(2, 1))
    );
    let key = p.generator.relinearization_key(request(1, 2)).unwrap();
    serial::write(&path, &EvaluationKey::Relinearization(key), &p.context).unwrap();
    let head = serial::evaluation_head(&path, &p.context).unwrap();
    assert_eq!((head.exponent, head.request), (None, request(1, 2)));
    serial::write(&path, &p.generator.public_key().unwrap(), &p.context).unwrap();
    let refused = serial::evaluation_head(&path, &p.context).unwrap_err();
    assert!(matches!(refused, SerialError::Kind { .. }), "{refused}");
}

#[test]
fn the_smallest_key_that_serves_is_used() {
    let mut p = party(toy(10, 3, 40, 2), &[], 5);
    let mut keys = p.generator.no_evaluation_keys();
    for (l, special) in [(3, 2), (2, 2), (2, 1)] {
        let key = p
            .generator
            .relinearization_key(request(l, special))
            .unwrap();
        keys.add_relinearization(key).unwrap();
    }
    let evaluator = CkksEvaluator::new(&p.context, Arc::new(keys)).unwrap();
    let x = slots(1 << 9, 1);
    let squares: Vec<_> = x.iter().map(|x| x * x).collect();
    for l in [3, 2, 1] {
        let scale = p.context.parameters().scheme().scale(level(l)).clone();
        let plaintext = p.context.encode(&x, level(l), &scale).unwrap();
        let key = p.generator.public_key().unwrap();
        let a = p.encryptor.encrypt(&key, &plaintext).unwrap();
        let product = evaluator.mul(&a, &a).unwrap();
        let found = evaluator.relinearize(&product).unwrap();
        // One special prime of 50 bits is larger than every digit: no more noise than with two.
        let error = distance(&p.decryptor.decrypt(&found).unwrap(), &squares);
        assert!(error < 1e-6, "level {l}: {error}");
    }
}
