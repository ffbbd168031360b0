//! Every operation against the same on numbers.

use super::{Party, distance, level, party, slots, toy};
use equiripple::{
    circuit::{Evaluator, LinearTransform, reduction::inner_sum},
    ckks::Ciphertext,
};
use num_complex::Complex64;
use std::collections::BTreeSet;

const SLOTS: usize = 1 << 9;
/// Far above every noise at these sizes, far below the messages.
const TOLERANCE: f64 = 1e-6;

fn new() -> Party {
    party(toy(10, 6, 40, 2), &[1, 2, 3, 4, 511, 256], 1)
}

fn encrypted(p: &mut Party, v: &[Complex64]) -> Ciphertext {
    let top = p.context.parameters().max_level();
    let scale = p.context.parameters().default_scale().clone();
    let plaintext = p.context.encode(v, top, &scale).unwrap();
    let key = p.generator.public_key().unwrap();
    p.encryptor.encrypt(&key, &plaintext).unwrap()
}

fn close(p: &Party, found: &Ciphertext, expected: &[Complex64]) {
    let found = p.decryptor.decrypt(found).unwrap();
    let error = distance(&found, expected);
    assert!(error < TOLERANCE, "error {error}");
}

fn map(a: &[Complex64], f: impl Fn(usize, Complex64) -> Complex64) -> Vec<Complex64> {
    a.iter().enumerate().map(|(i, a)| f(i, *a)).collect()
}

#[test]
fn fresh_ciphertexts_decrypt_to_their_message() {
    let mut p = new();
    let x = slots(SLOTS, 1);
    let c = encrypted(&mut p, &x);
    close(&p, &c, &x);
    let sparse = slots(16, 2);
    let c = encrypted(&mut p, &sparse);
    close(&p, &c, &sparse);
    let scale = p.context.parameters().default_scale().clone();
    let plaintext = p.context.encode(&x, level(3), &scale).unwrap();
    let secret = p.generator.secret_key();
    let c = p.encryptor.encrypt_secret(secret, &plaintext).unwrap();
    close(&p, &c, &x);
}

#[test]
fn sums_and_products_with_ciphertexts_plaintexts_and_constants() {
    let mut p = new();
    let (x, y) = (slots(SLOTS, 3), slots(SLOTS, 4));
    let (a, b) = (encrypted(&mut p, &x), encrypted(&mut p, &y));
    let e = &p.evaluator;
    let shape = e.shape(&a);
    close(&p, &e.add(&a, &b).unwrap(), &map(&x, |i, x| x + y[i]));
    close(&p, &e.sub(&a, &b).unwrap(), &map(&x, |i, x| x - y[i]));
    close(&p, &e.neg(&a).unwrap(), &map(&x, |_, x| -x));
    close(
        &p,
        &e.add_scalar(&a, 0.3).unwrap(),
        &map(&x, |_, x| x + 0.3),
    );
    let plain = e.encode(&y, shape.level, &shape.scale).unwrap();
    close(
        &p,
        &e.add_plain(&a, &plain).unwrap(),
        &map(&x, |i, x| x + y[i]),
    );
    let product = e.mul_plain(&a, &plain).unwrap();
    close(&p, &product, &map(&x, |i, x| x * y[i]));
    close(&p, &e.rescale(&product).unwrap(), &map(&x, |i, x| x * y[i]));
    let scaled = e.mul_scalar(&a, -0.7, &shape.scale).unwrap();
    close(&p, &e.rescale(&scaled).unwrap(), &map(&x, |_, x| x * -0.7));
    let expected = map(&x, |i, x| x * y[i]);
    let product = e.mul(&a, &b).unwrap();
    close(&p, &product, &expected);
    let relinearized = e.relinearize(&product).unwrap();
    close(&p, &relinearized, &expected);
    close(&p, &e.rescale(&relinearized).unwrap(), &expected);
    let both = e.relinearize_rescale(&product).unwrap();
    close(&p, &both, &expected);
    assert_eq!(e.shape(&both).level, level(5));
    assert!(e.shape(&both).scale.matches(e.scheme().scale(level(5))));
    let square = e.relinearize_rescale(&e.mul(&a, &a).unwrap()).unwrap();
    close(&p, &square, &map(&x, |_, x| x * x));
    let low = e.drop_to(&a, level(1)).unwrap();
    close(&p, &low, &x);
    let low = e.relinearize_rescale(&e.mul(&low, &low).unwrap()).unwrap();
    close(&p, &low, &map(&x, |_, x| x * x));
}

#[test]
fn rotations_alone_and_hoisted_and_conjugation() {
    let mut p = new();
    let x = slots(SLOTS, 5);
    let a = encrypted(&mut p, &x);
    let rotated = |k: usize| map(&x, |i, _| x[(i + k) % SLOTS]);
    let steps = [1i64, 3, -1, 0, 256];
    let hoisted = p.evaluator.rotate_many(&a, &steps).unwrap();
    for (k, hoisted) in steps.into_iter().zip(&hoisted) {
        let expected = rotated(k.rem_euclid(SLOTS as i64) as usize);
        close(&p, hoisted, &expected);
        let alone = p.evaluator.rotate(&a, k).unwrap();
        assert!(&alone == hoisted, "hoisting changes the rotation by {k}");
    }
    close(
        &p,
        &p.evaluator.conjugate(&a).unwrap(),
        &map(&x, |_, x| x.conj()),
    );
    for l in 0..5 {
        let low = p.evaluator.drop_to(&a, level(l)).unwrap();
        close(&p, &p.evaluator.rotate(&low, 2).unwrap(), &rotated(2));
    }
    let sparse = slots(8, 6);
    let b = encrypted(&mut p, &sparse);
    let by_3 = map(&sparse, |i, _| sparse[(i + 3) % 8]);
    close(&p, &p.evaluator.rotate(&b, 3).unwrap(), &by_3);
    let sum: Complex64 = sparse.iter().sum();
    let total = inner_sum(&p.evaluator, &b, 1, 8).unwrap();
    close(&p, &total, &map(&sparse, |_, _| sum));
}

#[test]
fn linear_transforms_equal_their_matrix() {
    let dense: Vec<i64> = (0..64).map(|r| 5 * r).collect();
    let few = vec![0, 1, 2, 3, 17, -1];
    let transforms = [
        (SLOTS, dense),
        (SLOTS, few),
        (8, vec![0, 1, 3, 5]),
        (8, vec![0]),
    ];
    let transforms = transforms.map(|(n, numbers)| {
        let diagonals = numbers.iter().map(|r| (*r, slots(n, 100 + *r as u64)));
        LinearTransform::new(n, diagonals).unwrap()
    });
    assert!(transforms[0].steps().groups.len() > 1, "no giant step");
    let rotations: BTreeSet<usize> = transforms
        .iter()
        .flat_map(|t| t.steps().rotations())
        .collect();
    let rotations: Vec<usize> = rotations.into_iter().collect();
    let mut p = party(toy(10, 6, 40, 2), &rotations, 1);
    for transform in transforms {
        let x = slots(transform.slots(), 7);
        let a = encrypted(&mut p, &x);
        for l in [6, 3] {
            let a = p.evaluator.drop_to(&a, level(l)).unwrap();
            let scale = p.evaluator.scheme().scale(level(l)).clone();
            let prepared = p.evaluator.prepare(&transform, level(l), &scale).unwrap();
            let y = p.evaluator.transform(&a, &prepared).unwrap();
            let expected = transform.apply(&x);
            close(&p, &y, &expected);
            close(&p, &p.evaluator.rescale(&y).unwrap(), &expected);
        }
    }
}

#[test]
fn one_seed_under_two_chains_gives_unrelated_keys() {
    let [short, long] = [5, 6].map(|levels| {
        let p = party(toy(10, levels, 40, 2), &[], 9);
        let scale = p.context.parameters().default_scale().clone();
        let zeros = vec![Complex64::new(0.0, 0.0); SLOTS];
        let plaintext = p.context.encode(&zeros, level(0), &scale).unwrap();
        let mut encryptor = p.encryptor;
        let secret = p.generator.secret_key();
        (
            p.generator.id(),
            encryptor.encrypt_secret(secret, &plaintext).unwrap(),
        )
    });
    assert_ne!(short.0, long.0);
    assert!(short.1 != long.1);
}
