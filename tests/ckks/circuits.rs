//! Whole circuits on ciphertexts against the same in the clear.

use super::{Party, distance, level, party, slots, toy};
use equiripple::{
    circuit::{Evaluator, activation, polynomial},
    ckks::Ciphertext,
};
use equiripple_approx::{
    coeffs::CoefficientTable,
    composite::{ReluDesign, design_relu},
    evaltree::{Dag, Plain, Plan, PlanOptions},
    remez::Budget,
};
use num_complex::Complex64;

const SLOTS: usize = 1 << 9;

fn real(seed: u64) -> Vec<f64> {
    slots(SLOTS, seed).iter().map(|x| x.re).collect()
}

fn encrypted(p: &mut Party, x: &[f64], l: u64) -> Ciphertext {
    let scale = p.evaluator.scheme().scale(level(l)).clone();
    let plaintext = p.context.encode_real(x, level(l), &scale).unwrap();
    let key = p.generator.public_key().unwrap();
    p.encryptor.encrypt(&key, &plaintext).unwrap()
}

/// The circuit in the clear, slot by slot.
fn plain(circuit: &Dag<f64>, inputs: &[&[f64]]) -> Vec<Complex64> {
    let value = |i: usize| {
        let inputs: Vec<f64> = inputs.iter().map(|x| x[i]).collect();
        circuit.evaluate(&mut Plain, &inputs).unwrap()
    };
    (0..SLOTS).map(|i| Complex64::new(value(i), 0.0)).collect()
}

fn relu(degrees: &[usize]) -> CoefficientTable {
    let design = ReluDesign::new(degrees, true);
    let relu = design_relu(&design, Budget::unlimited()).unwrap();
    CoefficientTable::from_relu(&relu).unwrap()
}

#[test]
fn chebyshev_series_of_every_degree_spend_their_depth_and_keep_the_scale() {
    let mut p = party(toy(10, 8, 40, 3), &[], 3);
    let x = real(11);
    for degree in [2, 3, 5, 7, 8, 15, 16, 27, 31, 59, 63] {
        let coefficients: Vec<f64> = (0..=degree)
            .map(|k| (k as f64 * 1.7).sin() / (k + 1) as f64)
            .collect();
        let circuit = Plan::general(&coefficients, PlanOptions::default()).unwrap();
        let a = encrypted(&mut p, &x, 8);
        let y = polynomial::evaluate(&p.evaluator, &circuit, &[a]).unwrap();
        let shape = p.evaluator.shape(&y);
        let depth = (degree as f64 + 1.0).log2().ceil() as u64;
        assert_eq!(shape.level, level(8 - depth), "degree {degree}");
        assert!(shape.scale.matches(p.evaluator.scheme().scale(shape.level)));
        let error = distance(&p.decryptor.decrypt(&y).unwrap(), &plain(&circuit, &[&x]));
        assert!(error < 1e-6, "degree {degree}: error {error}");
    }
}

#[test]
fn composite_relu_and_maximum() {
    let mut p = party(toy(10, 8, 40, 3), &[], 5);
    let table = relu(&[7, 7]);
    let (x, y) = (real(12), real(13));
    let (x, y): (Vec<f64>, Vec<f64>) = (x, y.iter().map(|y| y / 2.0).collect());
    let circuit = activation::from_table(&table, activation::Activation::Table).unwrap();
    let a = encrypted(&mut p, &x, 8);
    let found = polynomial::evaluate(&p.evaluator, &circuit, &[a]).unwrap();
    let found = p.decryptor.decrypt(&found).unwrap();
    assert!(distance(&found, &plain(&circuit, &[&x])) < 1e-6);
    for (found, x) in found.iter().zip(&x) {
        assert!((found.re - x.max(0.0)).abs() < 0.01);
    }
    let maximum = activation::from_table(&table, activation::Activation::Max).unwrap();
    let halves: Vec<f64> = x.iter().map(|x| x / 2.0).collect();
    let (a, b) = (encrypted(&mut p, &halves, 8), encrypted(&mut p, &y, 8));
    let found = polynomial::evaluate(&p.evaluator, &maximum, &[a, b]).unwrap();
    let found = p.decryptor.decrypt(&found).unwrap();
    assert!(distance(&found, &plain(&maximum, &[&halves, &y])) < 1e-6);
}
