//! The measured variance of every operation's error against its formula.
//!
//! Where it can be told exactly, the error is that of the coefficients; otherwise that of the slots. The secret is behind
//! all roundings and varies from slot to slot, so everything is averaged over several keys. Special primes of 50 bits make
//! the errors of keys dominate, with 52 bits they are as large as the roundings, and with 57 they vanish beside them.

use super::{Party, level, party, slots, toy};
use equiripple::{
    circuit::{Evaluator, LinearTransform, noise::Noise, reduction::inner_sum},
    ckks::Ciphertext,
    quantity::Scale,
};
use num_complex::Complex64;

const LOG_N: u8 = 11;
const SLOTS: usize = 1 << 10;
const TOP: u64 = 4;
const KEYS: u8 = 8;
const TOLERANCE: f64 = 1.0 / 16.0;
/// log2 of how much finer a message is encoded to see its rounding.
const FINER: u32 = 24;

/// Runs with several keys; the mean of what they measure is to be 1.
fn each_key(special_bits: u32, rotations: &[usize], measure: impl Fn(&mut Party, u64) -> f64) {
    let mut literal = toy(LOG_N, TOP as u32, 40, 1);
    literal.special.bits = special_bits;
    let ratio = |key: u8| {
        let mut party = party(literal.clone(), rotations, 2 * key + 1);
        measure(&mut party, key.into())
    };
    let mean = (0..KEYS).map(ratio).sum::<f64>() / f64::from(KEYS);
    assert!(
        (mean - 1.0).abs() < TOLERANCE,
        "P of {special_bits} bits: measured/formula = {mean}"
    );
}

fn mean_square(errors: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = errors.len() as f64;
    errors.map(|e| e * e).sum::<f64>() / count
}

/// Of y/factor − x.
fn difference(y: &[i128], factor: u64, x: &[i128]) -> f64 {
    let errors = y.iter().zip(x);
    mean_square(errors.map(|(y, x)| (y * i128::from(factor) - x) as f64 / factor as f64))
}

/// The coefficients of slots before they are rounded, over those after.
fn rounding(p: &Party, v: &[Complex64], found: &[i128], scale: &Scale) -> f64 {
    let finer = scale.times(&Scale::power_of_two(FINER).unwrap()).unwrap();
    let exact = p.context.encoder().encode(v, &finer).unwrap();
    let unit = f64::from(FINER).exp2();
    let errors = found.iter().zip(&exact);
    mean_square(errors.map(|(found, exact)| ((found << FINER) - exact) as f64 / unit))
}

fn fresh(p: &mut Party, v: &[Complex64]) -> Ciphertext {
    let scale = p.context.parameters().default_scale().clone();
    let plaintext = p.context.encode(v, level(TOP), &scale).unwrap();
    let secret = p.generator.secret_key().clone();
    p.encryptor.encrypt_secret(&secret, &plaintext).unwrap()
}

/// m(X^exponent).
fn automorphism(m: &[i128], exponent: usize) -> Vec<i128> {
    let n = m.len();
    let mut image = vec![0; n];
    for (i, c) in m.iter().enumerate() {
        let place = i * exponent % (2 * n);
        image[place % n] = if place < n { *c } else { -c };
    }
    image
}

/// Mean of |found − exact|² over the slots, over that of errors of that variance of a coefficient.
fn of_slots(p: &Party, found: &Ciphertext, exact: &[Complex64], variance: f64) -> f64 {
    let shape = found.shape();
    let expected = Noise::new(p.evaluator.scheme()).slot(variance, shape.slots, &shape.scale);
    let found = p.decryptor.decrypt(found).unwrap();
    mean_square(found.iter().zip(exact).map(|(x, y)| (x - y).norm())) / expected
}

fn mean_norm(v: &[Complex64]) -> f64 {
    mean_square(v.iter().map(|z| z.norm()))
}

#[test]
fn encoding_and_encryption() {
    each_key(50, &[], |p, key| {
        let v = slots(SLOTS, key + 1);
        let scale = p.context.parameters().default_scale().clone();
        let coefficients = p.context.encoder().encode(&v, &scale).unwrap();
        let formula = Noise::new(p.evaluator.scheme()).encoding().total();
        rounding(p, &v, &coefficients, &scale) / formula
    });
    each_key(50, &[], |p, key| {
        let v = slots(SLOTS, key + 1);
        let scale = p.context.parameters().default_scale().clone();
        let coefficients = p.context.encoder().encode(&v, &scale).unwrap();
        let found = fresh(p, &v);
        let found = p.decryptor.coefficients(&found).unwrap();
        difference(&found, 1, &coefficients)
            / Noise::new(p.evaluator.scheme())
                .secret_key_encryption()
                .total()
    });
    each_key(50, &[], |p, key| {
        let v = slots(SLOTS, key + 1);
        let scale = p.context.parameters().default_scale().clone();
        let coefficients = p.context.encoder().encode(&v, &scale).unwrap();
        let plaintext = p.context.encode(&v, level(TOP), &scale).unwrap();
        let public = p.generator.public_key().unwrap();
        let found = p.encryptor.encrypt(&public, &plaintext).unwrap();
        let found = p.decryptor.coefficients(&found).unwrap();
        difference(&found, 1, &coefficients)
            / Noise::new(p.evaluator.scheme())
                .public_key_encryption()
                .total()
    });
}

#[test]
fn rescaling() {
    each_key(50, &[], |p, key| {
        let a = fresh(p, &slots(SLOTS, key + 1));
        let e = &p.evaluator;
        // The scale of the top level is its prime, a product with which would be divided exactly.
        let raised = e.mul_scalar(&a, 0.7, &a.shape().scale).unwrap();
        let before = p.decryptor.coefficients(&raised).unwrap();
        let after = p.decryptor.coefficients(&e.rescale(&raised).unwrap());
        let q = e.scheme().modulus(level(TOP));
        difference(&after.unwrap(), q, &before) / Noise::new(e.scheme()).division(2).total()
    });
}

#[test]
fn relinearization() {
    for bits in [50, 52, 57] {
        each_key(bits, &[], |p, key| {
            let a = fresh(p, &slots(SLOTS, key + 1));
            let e = &p.evaluator;
            let product = e.mul(&a, &a).unwrap();
            let before = p.decryptor.coefficients(&product).unwrap();
            let after = p.decryptor.coefficients(&e.relinearize(&product).unwrap());
            let formula = Noise::new(e.scheme()).key_switch(level(TOP)).total();
            difference(&after.unwrap(), 1, &before) / formula
        });
    }
}

#[test]
fn relinearization_and_rescaling() {
    each_key(50, &[], |p, key| {
        let a = fresh(p, &slots(SLOTS, key + 1));
        let e = &p.evaluator;
        let product = e.mul(&a, &a).unwrap();
        let before = p.decryptor.coefficients(&product).unwrap();
        let after = e.relinearize_rescale(&product).unwrap();
        let after = p.decryptor.coefficients(&after).unwrap();
        let q = e.scheme().modulus(level(TOP));
        let formula = Noise::new(e.scheme())
            .key_switch_rescale(level(TOP))
            .total();
        difference(&after, q, &before) / formula
    });
}

#[test]
fn rotations_and_conjugation() {
    for (bits, hoisted) in [(50, false), (50, true), (52, false), (57, true)] {
        each_key(bits, &[5], |p, key| {
            let a = fresh(p, &slots(SLOTS, key + 1));
            let before = p.decryptor.coefficients(&a).unwrap();
            let exponent = p.context.rotation_exponent(5);
            let e = &p.evaluator;
            let after = match hoisted {
                true => e.rotate_many(&a, &[5]).unwrap().remove(0),
                false => e.rotate(&a, 5).unwrap(),
            };
            let after = p.decryptor.coefficients(&after).unwrap();
            let formula = Noise::new(e.scheme()).key_switch(level(TOP)).total();
            difference(&after, 1, &automorphism(&before, exponent)) / formula
        });
    }
    each_key(52, &[], |p, key| {
        let a = fresh(p, &slots(SLOTS, key + 1));
        // At a lower level there are fewer digits.
        let a = p.evaluator.drop_to(&a, level(1)).unwrap();
        let before = p.decryptor.coefficients(&a).unwrap();
        let exponent = p.context.conjugation_exponent();
        let after = p.evaluator.conjugate(&a).unwrap();
        let after = p.decryptor.coefficients(&after).unwrap();
        let formula = Noise::new(p.evaluator.scheme())
            .key_switch(level(1))
            .total();
        difference(&after, 1, &automorphism(&before, exponent)) / formula
    });
}

#[test]
fn plaintexts() {
    each_key(50, &[], |p, key| {
        let (x, v) = (slots(SLOTS, key + 1), slots(SLOTS, key + 100));
        let a = fresh(p, &x);
        let (e, scale) = (&p.evaluator, a.shape().scale);
        let plain = e.encode(&v, level(TOP), &scale).unwrap();
        let before = p.decryptor.coefficients(&a).unwrap();
        let after = p.decryptor.coefficients(&e.add_plain(&a, &plain).unwrap());
        let pairs = after.unwrap().into_iter().zip(before);
        let added: Vec<i128> = pairs.map(|(y, x)| y - x).collect();
        rounding(p, &v, &added, &scale) / Noise::new(e.scheme()).encoding().total()
    });
    each_key(50, &[], |p, key| {
        let (x, v) = (slots(SLOTS, key + 1), slots(SLOTS, key + 100));
        let a = fresh(p, &x);
        let e = &p.evaluator;
        // A small scale, so that its rounding is far above that of f64.
        let plain = e
            .encode(&v, level(TOP), &Scale::power_of_two(20).unwrap())
            .unwrap();
        let x = p.decryptor.decrypt(&a).unwrap();
        let exact: Vec<_> = x.iter().zip(&v).map(|(x, v)| x * v).collect();
        let square = (2.0 * a.shape().scale.log2()).exp2();
        let formula = Noise::new(e.scheme()).encoding().total() * square * mean_norm(&x);
        of_slots(p, &e.mul_plain(&a, &plain).unwrap(), &exact, formula)
    });
}

#[test]
fn inner_sums() {
    for bits in [50, 52] {
        each_key(bits, &[1, 2, 4, 8], |p, key| {
            let a = fresh(p, &slots(SLOTS, key + 1));
            let x = p.decryptor.decrypt(&a).unwrap();
            let sum = |i: usize| (0..16).map(|k| x[(i + k) % SLOTS]).sum();
            let exact: Vec<Complex64> = (0..SLOTS).map(sum).collect();
            let found = inner_sum(&p.evaluator, &a, 1, 16).unwrap();
            // Every error is doubled by the steps that follow: 8 + 4 + 2 + 1.
            let switch = Noise::new(p.evaluator.scheme())
                .key_switch(level(TOP))
                .total();
            of_slots(p, &found, &exact, 15.0 * switch)
        });
    }
}

/// Measures a transform of these diagonals at that scale.
fn transform(special_bits: u32, log2_scale: u32, diagonal: impl Fn(u64) -> Vec<Complex64>) {
    let diagonals = (0..32).map(|r| (r, diagonal(r as u64)));
    let transform = &LinearTransform::new(SLOTS, diagonals).unwrap();
    let steps = transform.steps();
    let rotations: Vec<usize> = steps.rotations().into_iter().collect();
    let nonzero = |x: &&usize| **x != 0;
    let giants = steps.groups.keys().filter(nonzero).count() as f64;
    assert!(giants > 1.0 && steps.babies().len() > 2);
    let scale = Scale::power_of_two(log2_scale).unwrap();
    each_key(special_bits, &rotations, |p, key| {
        let a = fresh(p, &slots(SLOTS, key + 1));
        let prepared = p.evaluator.prepare(transform, level(TOP), &scale).unwrap();
        let found = p.evaluator.transform(&a, &prepared).unwrap();
        let x = p.decryptor.decrypt(&a).unwrap();
        let noise = Noise::new(p.evaluator.scheme());
        // Of the diagonals that are key-switched.
        let babies = steps.groups.iter().flat_map(|(g, all)| {
            let switched = all.iter().filter(nonzero);
            switched.map(move |b| mean_norm(&transform.diagonals()[&(g + b)]))
        });
        let square = |scale: &Scale| (2.0 * scale.log2()).exp2();
        let rounded = log2_scale > 0;
        let variance = babies.sum::<f64>() * noise.key_error(level(TOP)).total() * square(&scale)
            + 32.0
                * mean_norm(&x)
                * f64::from(u8::from(rounded))
                * noise.encoding().total()
                * square(&a.shape().scale)
            + giants * noise.giant_step(level(TOP)).total()
            + noise.division(2).total();
        of_slots(p, &found, &transform.apply(&x), variance)
    });
}

#[test]
fn transforms_with_rounded_diagonals() {
    // Errors of keys dominate, then they are like those of encoding, then these alone are left.
    for bits in [50, 57, 61] {
        transform(bits, 40, |r| slots(SLOTS, 1000 + r));
    }
}

#[test]
fn transforms_with_exact_diagonals() {
    // Ones at the scale 1 are not rounded, so giant steps and the last division show.
    for bits in [50, 52, 57] {
        transform(bits, 0, |_| vec![Complex64::new(1.0, 0.0); SLOTS]);
    }
}
