//! Raising the modulus: what the polynomials are afterwards, by the secret key.

use super::{Party, distance, level, party, raisable, slots, toy};
use equiripple::{
    circuit::{CircuitError, Evaluator, ModRaise, noise::Noise},
    ckks::{Ciphertext, CkksError, CkksEvaluator, Encryptor, keys::KeyGenerator},
    quantity::Scale,
    ring::sampler::MasterSeed,
};
use num_complex::Complex64;
use std::sync::Arc;

/// Weight of the ephemeral secret.
const WEIGHT: u32 = 32;

fn q0(p: &Party) -> i128 {
    p.context.parameters().moduli().q()[0].value().into()
}

/// At level 0, under the secret key.
fn exhausted(p: &Party, values: &[Complex64]) -> Ciphertext {
    let scale = p.evaluator.scheme().scale(level(0));
    let plaintext = p.context.encode(values, level(0), scale).unwrap();
    let mut encryptor = Encryptor::new(&p.context, &MasterSeed::from_bytes([7; 32]));
    let secret = p.generator.secret_key();
    encryptor.encrypt_secret(secret, &plaintext).unwrap()
}

/// The multiple of `step` in x nearest to it, and the rest.
fn split(x: i128, step: i128) -> (i128, i128) {
    let rest = (x + step / 2).rem_euclid(step) - step / 2;
    ((x - rest) / step, rest)
}

/// I and the errors e in raised = g·(before + q0·I) + e, at the coefficients of X^(N/2n).
fn multiples(p: &Party, before: &Ciphertext, raised: &Ciphertext) -> (Vec<f64>, Vec<f64>) {
    let g = p.context.parameters().log_n().max_slots() / before.shape().slots;
    let old = p.decryptor.coefficients(before).unwrap();
    let new = p.decryptor.coefficients(raised).unwrap();
    let read = old.iter().zip(&new).step_by(g);
    let g = g as i128;
    let parts = read.map(|(old, new)| split(new - g * old, g * q0(p)));
    parts.map(|(i, e)| (i as f64, e as f64)).unzip()
}

fn variance(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64
}

/// Rotations of the trace among all slots.
fn trace(log_n: u8, slots: usize) -> Vec<usize> {
    let p = toy(log_n, 1, 40, 1);
    let parameters = equiripple::ckks::Parameters::new(p).unwrap();
    parameters.scheme().trace_rotations(slots)
}

#[test]
fn raised_polynomials_are_the_old_ones_and_multiples_of_q0() {
    let p = party(raisable(13, 4), &[], 3);
    let n = 1 << 12;
    let constant = vec![Complex64::new(1.0, -1.0); n];
    let (mut all, mut errors) = (vec![], vec![]);
    for values in [slots(n, 1), constant, vec![Complex64::default(); n]] {
        let before = exhausted(&p, &values);
        for l in [4, 1] {
            let raised = p.evaluator.mod_raise(&before, level(l), 2.0).unwrap();
            let shape = p.evaluator.shape(&raised);
            assert_eq!((shape.level, shape.components), (level(l), 2));
            assert_eq!(shape.scale, before.shape().scale);
            let (i, e) = multiples(&p, &before, &raised);
            // At most half the weight, however unlikely.
            assert!(i.iter().all(|i| i.abs() <= f64::from(WEIGHT / 2)));
            all.extend(i);
            errors.extend(e);
        }
    }
    // 3·2^13 independent ones, each counted twice: 1 % of the variance, 0.01 of the mean.
    let expected = f64::from(WEIGHT + 1) / 12.0;
    let ratio = variance(&all) / expected;
    assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    assert!(mean.abs() < 0.05, "{mean}");
    let noise = Noise::new(p.evaluator.scheme()).mod_raise(WEIGHT).total();
    let ratio = variance(&errors) / noise;
    assert!((ratio - 1.0).abs() < 1.0 / 16.0, "{ratio}");
}

#[test]
fn of_sparse_slots_only_the_coefficients_that_they_read_are_left() {
    let (log_n, n) = (10, 16);
    let p = party(raisable(log_n, 3), &trace(log_n, n), 5);
    let values = slots(n, 2);
    let before = exhausted(&p, &values);
    let raised = p.evaluator.mod_raise(&before, level(3), 8.0).unwrap();
    let g = (1 << (log_n - 1)) / n;
    let shape = p.evaluator.shape(&raised);
    assert_eq!(shape.slots, n);
    let factor = Scale::from_f64(g as f64).unwrap();
    assert_eq!(shape.scale, before.shape().scale.times(&factor).unwrap());
    let coefficients = p.decryptor.coefficients(&raised).unwrap();
    let others = coefficients.iter().enumerate().filter(|c| c.0 % g != 0);
    // Key switches, and nothing of the size of q0.
    let largest = others.map(|c| c.1.unsigned_abs()).max().unwrap();
    assert!(largest < 1 << 14, "{largest}");
    let (i, e) = multiples(&p, &before, &raised);
    assert!(i.iter().all(|i| i.abs() <= f64::from(WEIGHT / 2)));
    assert!(i.iter().any(|i| *i != 0.0));
    assert!(e.iter().all(|e| e.abs() < 2f64.powi(14)));
    // The slots modulo q0 are what they were.
    let step = q0(&p) * g as i128;
    let reduced: Vec<i128> = coefficients.iter().map(|c| split(*c, step).1).collect();
    let encoder = p.context.encoder();
    let found = encoder.decode(&reduced, n, &shape.scale).unwrap();
    assert!(distance(&found, &values) < 1e-6);
}

#[test]
fn one_slot_and_half_of_the_slots_are_raised() {
    let log_n = 8;
    for n in [1, 64] {
        let p = party(raisable(log_n, 3), &trace(log_n, n), 5);
        let before = exhausted(&p, &slots(n, 3));
        let raised = p.evaluator.mod_raise(&before, level(2), 8.0).unwrap();
        let (i, e) = multiples(&p, &before, &raised);
        assert!(i.iter().all(|i| i.abs() <= f64::from(WEIGHT / 2)));
        assert!(e.iter().all(|e| e.abs() < 2f64.powi(14)), "{n} slots");
    }
}

#[test]
fn missing_keys_are_named() {
    let p = party(raisable(8, 2), &trace(8, 32)[1..], 1);
    let sparse = exhausted(&p, &slots(32, 1));
    let missing = p.evaluator.mod_raise(&sparse, level(2), 1.0).unwrap_err();
    let CkksError::MissingKey { key, level: at } = missing else {
        panic!("{missing}")
    };
    assert_eq!((key.as_str(), at), ("rotation by 32", level(2)));
    let full = exhausted(&p, &slots(128, 1));
    assert!(p.evaluator.mod_raise(&full, level(2), 1.0).is_ok());
    let none = Arc::new(p.generator.no_evaluation_keys());
    let evaluator = CkksEvaluator::new(&p.context, none).unwrap();
    let missing = evaluator.mod_raise(&full, level(2), 1.0).unwrap_err();
    let CkksError::MissingKey { key, .. } = missing else {
        panic!("{missing}")
    };
    assert_eq!(key, "encapsulation");
}

#[test]
fn keys_of_others_are_refused() {
    let p = party(raisable(8, 2), &[], 1);
    let mut keys = p.generator.no_evaluation_keys();
    let other = KeyGenerator::new(&p.context, &MasterSeed::from_bytes([9; 32])).unwrap();
    let refused = keys.set_encapsulation(other.encapsulation_keys().unwrap());
    assert!(matches!(refused, Err(CkksError::Key { .. })));
    let longer = party(raisable(8, 3), &[], 1);
    let refused = keys.set_encapsulation(longer.generator.encapsulation_keys().unwrap());
    assert!(matches!(refused, Err(CkksError::Parameters { .. })));
    let without = party(toy(8, 2, 40, 2), &[], 1);
    let refused = without.generator.encapsulation_keys().unwrap_err();
    assert_eq!(refused, CkksError::Circuit(CircuitError::NoEncapsulation));
    let own = p.generator.encapsulation_keys().unwrap();
    let bytes = own.bytes();
    keys.set_encapsulation(own).unwrap();
    // A pair over two primes, and one over four, of 2^8 words each.
    assert_eq!((bytes, keys.bytes()), (12 << 11, 12 << 11));
}

#[test]
fn many_threads_raise_with_one_evaluator() {
    let p = party(raisable(10, 3), &trace(10, 64), 1);
    let before = exhausted(&p, &slots(64, 1));
    // Without the tables that one use leaves behind.
    let fresh = party(raisable(10, 3), &trace(10, 64), 1);
    let raise = || fresh.evaluator.mod_raise(&before, level(3), 1.0).unwrap();
    let results: Vec<Ciphertext> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(raise)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let alone = p.evaluator.mod_raise(&before, level(3), 1.0).unwrap();
    assert!(results.iter().all(|result| *result == alone));
}
