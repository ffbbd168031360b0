//! The bootstrap on the simulator and on ciphertexts.

use equiripple::{
    bootstrap::{BootstrapLiteral, Bootstrapper, Order, Plan, SlotKind},
    circuit::{Evaluator, Shape},
    ckks::{
        CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
        keys::KeyGenerator, params::sets,
    },
    quantity::Level,
    ring::sampler::MasterSeed,
    sim::Simulator,
};
use num_complex::Complex64;
use std::sync::Arc;

fn literal(name: &str) -> ParametersLiteral {
    sets::named(name).unwrap().literal()
}

/// Parts in [−1, 1], without a pattern.
fn messages(count: usize, kind: SlotKind, seed: u64) -> Vec<Complex64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let value = |_| {
        let re = draw();
        let im = draw();
        Complex64::new(re, if kind == SlotKind::Complex { im } else { 0.0 })
    };
    (0..count).map(value).collect()
}

/// Mean and least of −log2 of the errors of the parts.
fn bits(found: &[Complex64], exact: &[Complex64]) -> (f64, f64) {
    let errors = found.iter().zip(exact).flat_map(|(x, y)| {
        let error = x - y;
        [error.re, error.im]
    });
    let bits: Vec<f64> = errors.map(|e| -e.abs().max(1e-18).log2()).collect();
    let mean = bits.iter().sum::<f64>() / bits.len() as f64;
    (mean, bits.iter().copied().fold(f64::INFINITY, f64::min))
}

#[test]
fn simulated_general() {
    let parameters = Parameters::new(literal("general")).unwrap();
    let how: &BootstrapLiteral = parameters.literal().bootstrapping.as_ref().unwrap();
    for (slots, kind) in [
        (1 << 15, SlotKind::Complex),
        (1 << 15, SlotKind::Real),
        (1 << 12, SlotKind::Complex),
    ] {
        let simulator = Simulator::new(parameters.scheme().clone(), 7);
        let plan = Plan::new(parameters.scheme(), how, slots, kind).unwrap();
        let values = messages(slots, kind, 3);
        let input = simulator.encrypt(&values, plan.input_level(), 0).unwrap();
        let bootstrapper = Bootstrapper::new(&simulator, plan).unwrap();
        let output = bootstrapper.bootstrap(&simulator, &[input]).unwrap();
        let (mean, least) = bits(simulator.decrypt(&output[0]), &values);
        println!(
            "{slots} {kind} {:?} mean {mean:.2} least {least:.2} certified {:.2}",
            output[0].shape(),
            bootstrapper.plan().eval_mod().error().log2()
        );
    }
}

#[test]
fn encrypted_toy() {
    for kind in [SlotKind::Complex, SlotKind::Real] {
        for slots in [1 << 10, 1 << 7] {
            let parameters = Parameters::new(literal("toy")).unwrap();
            let how = parameters.literal().bootstrapping.clone().unwrap();
            let plan = Plan::new(parameters.scheme(), &how, slots, kind).unwrap();
            let simulator = Simulator::new(parameters.scheme().clone(), 7);
            let context = Context::new(parameters.clone()).unwrap();
            let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
            let keys = generator
                .bootstrap_evaluation_keys(&context, &[&plan], |_, _| {})
                .unwrap();
            let evaluator = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
            let values = messages(slots, kind, 3);
            let level = plan.input_level();
            let sim = simulator.encrypt(&values, level, 0).unwrap();
            let bs = Bootstrapper::new(&simulator, plan.clone()).unwrap();
            let output = bs.bootstrap(&simulator, &[sim]).unwrap();
            let (mean, least) = bits(simulator.decrypt(&output[0]), &values);
            println!("{slots} {kind} simulated mean {mean:.2} least {least:.2}");
            let bs = Bootstrapper::new(&evaluator, plan).unwrap();
            let plaintext = context
                .encode(&values, level, evaluator.scheme().scale(level))
                .unwrap();
            let mut encryptor = Encryptor::new(&context, &MasterSeed::from_bytes([6; 32]));
            let ct = encryptor
                .encrypt(&generator.public_key().unwrap(), &plaintext)
                .unwrap();
            let out = bs.bootstrap(&evaluator, &[ct]).unwrap();
            let found = Decryptor::new(&context, generator.secret_key())
                .unwrap()
                .decrypt(&out[0])
                .unwrap();
            let (mean, least) = bits(&found, &values);
            println!(
                "{slots} {kind} encrypted mean {mean:.2} least {least:.2} {:?}",
                out[0].shape()
            );
        }
    }
}
