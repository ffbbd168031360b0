//! What passes through memory that is used again.

use crate::{
    circuit::{Evaluator, LinearTransform, ModRaise},
    ckks::{
        Ciphertext, CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::{KeyGenerator, KeyRequest},
    },
    quantity::Level,
    ring::{AlignedWords, sampler::MasterSeed},
};
use num_complex::Complex64;
use std::sync::Arc;

/// Large enough for limbs to be recycled.
const LITERAL: &str = r#"{"log_n": 13, "q0_bits": 50, "levels": {"levels": 4, "bits": 40},
    "scale_bits": 40, "special": {"count": 2, "bits": 50}, "encapsulation": {"hamming_weight": 32},
    "insecure_toy": true}"#;

fn context() -> Context {
    let literal: ParametersLiteral = serde_json::from_str(LITERAL).unwrap();
    Context::new(Parameters::new(literal).unwrap()).unwrap()
}

/// Blocks of every size up to `most` limbs, of those that wait for use first.
fn blocks(most: usize, each: usize) -> Vec<AlignedWords> {
    let sizes = (1..=most).flat_map(|limbs| std::iter::repeat_n(limbs << 13, each));
    sizes.map(AlignedWords::unspecified).collect()
}

fn poison() {
    for block in &mut blocks(24, 3) {
        block.fill(u64::MAX);
    }
}

#[test]
fn neither_a_secret_nor_a_decrypted_polynomial_is_left_in_recycled_memory() {
    let context = context();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([1; 32])).unwrap();
    let decryptor = Decryptor::new(&context, generator.secret_key()).unwrap();
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([2; 32]));
    let top = context.parameters().max_level();
    let scale = context.parameters().default_scale();
    let slots: Vec<f64> = (0..1 << 12).map(|i| f64::from(i).sin()).collect();
    let plaintext = context.encode_real(&slots, top, scale).unwrap();
    let request = KeyRequest::full(&context);
    generator.relinearization_key(request).unwrap();
    generator.rotation_key(1, request).unwrap();
    generator.encapsulation_keys().unwrap();
    encryptor
        .encrypt_secret(generator.secret_key(), &plaintext)
        .unwrap();
    let ciphertext = encryptor
        .encrypt(&generator.public_key().unwrap(), &plaintext)
        .unwrap();
    let coefficients = decryptor.coefficients(&ciphertext).unwrap();
    let q = &context.parameters().moduli().q()[0];
    let read: Vec<u64> = coefficients[..8]
        .iter()
        .map(|c| q.reduce_i128(*c))
        .collect();
    let rest = blocks(8, 24);
    let basis = context.extended_basis(top, 2).unwrap();
    let mut telling: Vec<Vec<u64>> = vec![read];
    for secret in [generator.secret_key(), &generator.ephemeral().unwrap()] {
        let values = secret.over(&basis).unwrap();
        telling.extend(values.limbs().map(|limb| limb[..8].to_vec()));
        let signed = basis.moduli().map(|q| {
            let coefficients = secret.coefficients()[..8].iter();
            coefficients.map(|c| q.reduce_i64(*c)).collect()
        });
        // Eight zeros, as a sparse secret has, are anywhere.
        telling.extend(signed.filter(|start: &Vec<u64>| start.iter().any(|r| *r != 0)));
    }
    for limb in rest.iter().flat_map(|block| block.chunks_exact(1 << 13)) {
        assert!(!telling.iter().any(|start| limb.starts_with(start)));
    }
}

/// Everything that takes memory without clearing it.
fn everything() -> Vec<Ciphertext> {
    let context = context();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([1; 32])).unwrap();
    let (request, n) = (KeyRequest::full(&context), 1 << 12);
    let mut keys = generator.no_evaluation_keys();
    keys.add_relinearization(generator.relinearization_key(request).unwrap())
        .unwrap();
    let numbers = [0i64, 1, 2, 17, 18];
    let diagonals = numbers.map(|r| (r, vec![Complex64::new(0.5, r as f64 / 32.0); n]));
    let transform = LinearTransform::new(n, diagonals).unwrap();
    keys.set_encapsulation(generator.encapsulation_keys().unwrap())
        .unwrap();
    for k in transform.steps().rotations() {
        let exponent = context.rotation_exponent(k);
        keys.add_galois(exponent, generator.rotation_key(k, request).unwrap())
            .unwrap();
    }
    let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([2; 32]));
    let (top, scale) = (
        context.parameters().max_level(),
        context.parameters().default_scale().clone(),
    );
    let slots: Vec<f64> = (0..n as u32).map(|i| f64::from(i).sin()).collect();
    let plaintext = context.encode_real(&slots, top, &scale).unwrap();
    let public = generator.public_key().unwrap();
    poison();
    let a = encryptor.encrypt(&public, &plaintext).unwrap();
    let b = encryptor
        .encrypt_secret(generator.secret_key(), &plaintext)
        .unwrap();
    let e = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let mut all = vec![a.clone(), b.clone()];
    type Operation<'a> = Box<dyn Fn() -> Ciphertext + 'a>;
    let product = e.mul(&a, &b).unwrap();
    let prepared = e.prepare(&transform, top, &scale).unwrap();
    let bottom = e.drop_to(&a, Level::default()).unwrap();
    let babies: Vec<i64> = transform
        .steps()
        .rotations()
        .iter()
        .map(|k| *k as i64)
        .collect();
    let operations: Vec<Operation<'_>> = vec![
        Box::new(|| e.add(&a, &b).unwrap()),
        Box::new(|| e.neg(&a).unwrap()),
        Box::new(|| e.mul(&a, &a).unwrap()),
        Box::new(|| e.add_scalar(&a, 0.3).unwrap()),
        Box::new(|| e.add_scaled(&product, &a, 0.3, &scale).unwrap()),
        Box::new(|| e.mul_plain(&a, &plaintext).unwrap()),
        Box::new(|| e.rescale(&product).unwrap()),
        Box::new(|| e.relinearize(&product).unwrap()),
        Box::new(|| e.relinearize_rescale(&product).unwrap()),
        Box::new(|| e.rotate(&a, babies[0]).unwrap()),
        Box::new(|| e.rotate_many(&a, &babies).unwrap().remove(1)),
        Box::new(|| e.transform(&a, &prepared).unwrap()),
        Box::new(|| e.mul_i(&product).unwrap()),
        Box::new(|| e.mod_raise(&bottom, top, 1.0).unwrap()),
    ];
    for operation in operations {
        poison();
        all.push(operation());
    }
    all.push(product.clone());
    all
}

#[test]
fn results_depend_neither_on_what_memory_held_nor_on_threads() {
    assert!(super::on_threads(1, everything) == super::on_threads(7, everything));
}
