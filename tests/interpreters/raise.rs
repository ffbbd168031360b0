//! Raising the modulus on all interpreters: the same multiples of q0, the same errors.

use super::{deviation, level, scattered};
use crate::ckks::{Party, party, raisable};
use equiripple::{
    analyze::{Analyzer, CostTable},
    circuit::{Evaluator, ModRaise, Scheme, Shape, shadow::Operation},
    ckks::Encryptor,
    ckks::params::ParametersLiteral,
    ring::sampler::MasterSeed,
    sim::Simulator,
};
use num_complex::Complex64;

const LOG_N: u8 = 10;
const TOP: u64 = 4;
/// Keys, and seeds of the simulator.
const RUNS: u8 = 4;
/// Between simulator or analyzer and ciphertexts.
const MOST_BITS: f64 = 0.5;
const WEIGHT: u32 = 32;

/// Special primes of 44 bits, so that the errors of keys are as large as the roundings.
fn literal() -> ParametersLiteral {
    let mut literal = raisable(LOG_N, TOP as u32);
    literal.q0_bits = 44;
    literal.special.bits = 44;
    literal
}

/// The coefficients that n slots read, scaled.
fn coefficients(p: &Party, values: &[Complex64], shape: &Shape) -> Vec<i128> {
    let coefficients = p.context.encoder().encode(values, &shape.scale).unwrap();
    let gap = coefficients.len() / 2 / values.len();
    coefficients.into_iter().step_by(gap).collect()
}

/// Messages modulo q0, and the multiples of it, from raised slots.
fn reduced(p: &Party, values: &[Complex64], shape: &Shape) -> (Vec<Complex64>, Vec<f64>) {
    let max_slots = p.context.parameters().log_n().max_slots();
    let gap = max_slots / values.len();
    let q0: i128 = p.context.parameters().moduli().q()[0].value().into();
    let step = q0 * gap as i128;
    let mut all = vec![0; 2 * max_slots];
    let mut multiples = vec![];
    let read = coefficients(p, values, shape);
    for (to, c) in all.iter_mut().step_by(gap).zip(read) {
        *to = (c + step / 2).rem_euclid(step) - step / 2;
        multiples.push(((c - *to) / step) as f64);
    }
    let decoded = p.context.encoder().decode(&all, values.len(), &shape.scale);
    (decoded.unwrap(), multiples)
}

/// Mean of squares.
fn variance(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64
}

/// Bits of the errors modulo q0 on ciphertexts, on the simulator and by the analyzer; variances of the multiples.
#[allow(clippy::print_stdout, reason = "figures for whoever asks for them")]
fn compare(slots: usize, to: u64) {
    let values: Vec<Complex64> = scattered(slots);
    let rotations = Scheme::trace_rotations(&scheme(), slots);
    let (mut real, mut simulated) = (vec![], vec![]);
    let (mut of_real, mut of_simulated) = (vec![], vec![]);
    for run in 0..RUNS {
        let p = party(literal(), &rotations, 2 * run + 1);
        let simulator = Simulator::new(scheme(), run.into());
        let a = simulator.encrypt_secret(&values, level(0), 0).unwrap();
        let raised = simulator.mod_raise(&a, level(to), 8.0).unwrap();
        let (found, multiples) = reduced(&p, simulator.decrypt(&raised), raised.shape());
        simulated.extend(found);
        of_simulated.extend(multiples);
        let mut encryptor = Encryptor::new(&p.context, &MasterSeed::from_bytes([run + 50; 32]));
        let scale = p.evaluator.scheme().scale(level(0));
        let plaintext = p.context.encode(&values, level(0), scale).unwrap();
        let secret = p.generator.secret_key();
        let b = encryptor.encrypt_secret(secret, &plaintext).unwrap();
        let b = p.evaluator.mod_raise(&b, level(to), 8.0).unwrap();
        assert_eq!(&p.evaluator.shape(&b), raised.shape());
        let decrypted = p.decryptor.decrypt(&b).unwrap();
        let (found, multiples) = reduced(&p, &decrypted, raised.shape());
        real.extend(found);
        of_real.extend(multiples);
    }
    let analyzer = Analyzer::new(scheme(), CostTable::shipped().unwrap());
    let a = analyzer
        .encrypt_secret(&values, slots, level(0), 0)
        .unwrap();
    let a = analyzer.mod_raise(&a, level(to), 8.0).unwrap();
    let deviations = analyzer.report(&a).deviations;
    let squares: f64 = deviations.iter().map(|d| d * d).sum();
    let predicted = (squares / deviations.len() as f64).sqrt();
    let expected = || values.iter().cycle();
    let found = deviation(real.iter().zip(expected()));
    let simulated = deviation(simulated.iter().zip(expected()));
    let bits = [found, simulated, predicted].map(|d| -d.log2());
    println!(
        "| raised to {to}, {slots} slots | {:.2} | {:.2} | {:.2} |",
        bits[0], bits[1], bits[2]
    );
    for other in &bits[1..] {
        assert!(
            (other - bits[0]).abs() < MOST_BITS,
            "{slots}: {bits:?} bits"
        );
    }
    let sum_of_uniforms = f64::from(WEIGHT + 1) / 12.0;
    // Four deviations of 8·slots samples, or a fiftieth.
    let most = 0.02 + 4.0 * (2.0 / of_real.len() as f64).sqrt();
    for multiples in [of_real, of_simulated] {
        assert!(multiples.iter().all(|i| i.abs() <= f64::from(WEIGHT / 2)));
        let ratio = variance(&multiples) / sum_of_uniforms;
        assert!((ratio - 1.0).abs() < most, "{slots} slots: {ratio}");
    }
}

fn scheme() -> Scheme {
    let parameters = equiripple::ckks::Parameters::new(literal()).unwrap();
    parameters.scheme().clone()
}

#[test]
fn errors_and_multiples_agree_with_ciphertexts() {
    compare(1 << 9, TOP);
    compare(1 << 9, 1);
    compare(1 << 6, TOP);
    compare(1 << 2, 2);
}

#[test]
fn periods_end_where_the_modulus_is_raised() {
    let analyzer = Analyzer::new(scheme(), CostTable::shipped().unwrap());
    let values = scattered(2);
    let a = analyzer.encrypt(&values, 64, level(0), 0).unwrap();
    let raised = analyzer.mod_raise(&a, level(TOP), 8.0).unwrap();
    let slots = analyzer.values(&raised);
    assert_eq!(slots.len(), 64);
    assert!(slots[0] != slots[2]);
    // Coefficients are those of the message, and multiples of q0.
    let p = party(literal(), &[], 1);
    let (found, _) = reduced(&p, slots, raised.shape());
    let expected = values.iter().cycle();
    assert!(deviation(found.iter().zip(expected)) < 1e-6);
    let cost = analyzer.cost();
    assert_eq!(cost.count(Operation::ModRaise), 1);
    assert_eq!(cost.count(Operation::Rotate), 3);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let mut literal = scheme().literal().clone();
    literal.log_n = equiripple::quantity::LogN::new(14).unwrap();
    let scheme = Scheme::new(literal).unwrap();
    let values = scattered(1 << 12);
    let run = |threads| {
        crate::on_threads(threads, || {
            let simulator = Simulator::new(scheme.clone(), 3);
            let a = simulator.encrypt(&values, level(0), 0).unwrap();
            let a = simulator.mod_raise(&a, level(TOP), 8.0).unwrap();
            simulator.decrypt(&a).to_vec()
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(8));
}
