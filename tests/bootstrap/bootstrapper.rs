//! The bootstrap on the simulator, the analyzer and ciphertexts, from one circuit.

use super::{Everything, deviation, literal, messages};
use equiripple::{
    analyze::{Analyzer, CostTable},
    bootstrap::{Bootstrapper, Order, Plan, SlotKind},
    circuit::{CircuitError, Evaluator, lowered},
    ckks::{CkksError, CkksEvaluator, Context, Parameters, keys::KeyGenerator},
    quantity::Level,
    ring::sampler::MasterSeed,
    sim::Simulator,
};
use num_complex::Complex64;
use std::sync::Arc;

const KINDS: [SlotKind; 3] = [SlotKind::Complex, SlotKind::Real, SlotKind::Pair];
const ORDERS: [Order; 2] = [Order::SlotsToCoeffsFirst, Order::CoeffsToSlotsFirst];

/// Bits by which simulator and ciphertexts may differ.
const AGREEMENT: f64 = 0.5;

#[test]
fn ciphertexts_come_back_as_simulated() {
    for order in ORDERS {
        for kind in KINDS {
            for slots in [1 << 10, 1 << 8, 4] {
                let all = Everything::new("toy", order, kind, slots);
                let inputs = messages(slots, kind, 3);
                let (found, level) = all.encrypted(&inputs);
                let (simulated, simulated_level) = all.simulated(&inputs, 5);
                assert_eq!(level, simulated_level);
                assert_eq!(level, all.plan.output_level());
                let [found, simulated] = [found, simulated].map(|f| -deviation(&f, &inputs).log2());
                // Few slots tell their deviation less exactly.
                let allowed = AGREEMENT + 4.0 / (2.0 * slots as f64).sqrt();
                assert!(
                    (found - simulated).abs() < allowed && found > 17.0,
                    "{order}, {kind}, {slots} slots: {found:.2} bits, {simulated:.2} simulated"
                );
            }
        }
    }
}

#[test]
fn simulated_precision_of_the_sets() {
    for (set, mean) in [("general", 18.0), ("deep", 18.0), ("small", 16.0)] {
        for kind in [SlotKind::Complex, SlotKind::Real] {
            let parameters = Parameters::new(literal(set)).unwrap();
            let how = parameters.literal().bootstrapping.as_ref().unwrap();
            let slots = parameters.log_n().max_slots();
            let plan = Plan::new(parameters.scheme(), how, slots, kind).unwrap();
            let simulator = Simulator::new(parameters.scheme().clone(), 7);
            let message = messages(slots, kind, 3).remove(0);
            let input = simulator
                .encrypt_secret(&message, plan.input_level(), 0)
                .unwrap();
            let bootstrapper = Bootstrapper::new(&simulator, plan).unwrap();
            let output = bootstrapper.bootstrap(&simulator, &[input]).unwrap();
            let errors = simulator.decrypt(&output[0]).iter().zip(&message);
            let bits: Vec<f64> = errors.map(|(x, y)| -(x - y).re.abs().log2()).collect();
            let found = bits.iter().sum::<f64>() / bits.len() as f64;
            assert!(found >= mean, "{set}, {kind}: {found:.2} bits");
        }
    }
}

#[test]
fn the_analyzer_predicts_the_simulator() {
    let parameters = Parameters::new(literal("toy")).unwrap();
    let how = parameters.literal().bootstrapping.clone().unwrap();
    let (slots, kind) = (1 << 10, SlotKind::Complex);
    let plan = Plan::new(parameters.scheme(), &how, slots, kind).unwrap();
    let analyzer = Analyzer::new(parameters.scheme().clone(), CostTable::shipped().unwrap());
    let message = messages(slots, kind, 3).remove(0);
    let level = plan.input_level();
    let input = analyzer.encrypt_secret(&message, slots, level, 0).unwrap();
    let bootstrapper = Bootstrapper::new(&analyzer, plan).unwrap();
    let output = bootstrapper
        .bootstrap(&analyzer, &[input])
        .unwrap()
        .remove(0);
    let report = analyzer.report(&output);
    let noise = report.deviations.iter().map(|d| d * d).sum::<f64>() / slots as f64;
    // What the circuit itself leaves, without any noise: the sine is not the identity.
    let design = deviation(
        &[analyzer.values(&output).to_vec()],
        std::slice::from_ref(&message),
    )
    .powi(2);
    let analyzed = -(noise + design).sqrt().log2();
    let all = Everything::new("toy", Order::SlotsToCoeffsFirst, kind, slots);
    let (simulated, _) = all.simulated(std::slice::from_ref(&message), 5);
    let simulated = -deviation(&simulated, std::slice::from_ref(&message)).log2();
    assert!(
        (analyzed - simulated).abs() < AGREEMENT,
        "{analyzed:.2} analyzed, {simulated:.2} simulated"
    );
}

#[test]
fn ciphertexts_in_the_wrong_place_are_refused() {
    let all = Everything::new("toy", Order::SlotsToCoeffsFirst, SlotKind::Complex, 1 << 10);
    let inputs = messages(1 << 10, SlotKind::Complex, 1);
    let run = |inputs: &[_]| all.bootstrapper.bootstrap(&all.evaluator, inputs);
    let refused = |inputs: &[_]| match run(inputs).unwrap_err() {
        CkksError::Circuit(error) => error,
        other => panic!("{other}"),
    };
    let high = all.encrypt(&inputs[0], 5);
    assert!(matches!(
        refused(std::slice::from_ref(&high)),
        CircuitError::InputLevel { .. }
    ));
    assert!(matches!(
        refused(&[]),
        CircuitError::Inputs { found: 0, need: 1 }
    ));
    let low = lowered(&all.evaluator, &high, all.plan.input_level()).unwrap();
    assert!(run(std::slice::from_ref(&low)).is_ok());
    let scale = all.evaluator.scheme().scale(Level::new(7).unwrap()).clone();
    let other = all.evaluator.reinterpret(&low, &scale).unwrap();
    assert!(matches!(
        refused(&[other]),
        CircuitError::NotCanonical { .. }
    ));
    let fewer = all.evaluator.with_slots(&low, 1 << 9).unwrap();
    assert!(matches!(
        refused(&[fewer]),
        CircuitError::SlotMismatch { .. }
    ));
}

#[test]
fn a_message_out_of_range_is_seen_by_the_simulator() {
    let all = Everything::new("toy", Order::SlotsToCoeffsFirst, SlotKind::Complex, 1 << 10);
    let mut message = messages(1 << 10, SlotKind::Complex, 1).remove(0);
    message[77] = Complex64::new(0.0, 1.2);
    let bootstrapper = Bootstrapper::new(&all.simulator, all.plan.clone()).unwrap();
    let input = all
        .simulator
        .encrypt(&message, all.plan.input_level(), 0)
        .unwrap();
    let refused = bootstrapper
        .bootstrap(&all.simulator, &[input])
        .unwrap_err();
    assert!(
        matches!(refused, CircuitError::CoefficientBound { magnitude, .. } if (magnitude - 1.2).abs() < 1e-3),
        "{refused}"
    );
}

#[test]
fn a_missing_key_is_named() {
    let parameters = Parameters::new(literal("toy")).unwrap();
    let how = parameters.literal().bootstrapping.clone().unwrap();
    let context = Context::new(parameters.clone()).unwrap();
    let plan = Plan::new(parameters.scheme(), &how, 1 << 10, SlotKind::Real).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let evaluator = CkksEvaluator::new(&context, Arc::new(generator.no_evaluation_keys())).unwrap();
    let refused = Bootstrapper::new(&evaluator, plan).unwrap_err();
    assert!(
        matches!(&refused, CkksError::MissingKey { key, .. } if key.starts_with("rotation")),
        "{refused}"
    );
}

#[test]
fn a_second_bootstrap_gains_what_the_first_one_lost() {
    for order in ORDERS {
        for kind in [SlotKind::Complex, SlotKind::Pair] {
            let all = Everything::new("toy", order, kind, 1 << 8);
            let exact = messages(1 << 8, kind, 2);
            let level = all.plan.input_level().get().into();
            let inputs: Vec<_> = exact.iter().map(|m| all.encrypt(m, level)).collect();
            let once = all.bootstrapper.bootstrap(&all.evaluator, &inputs).unwrap();
            let twice = all
                .bootstrapper
                .bootstrap_iterated(&all.evaluator, &inputs, 14);
            let twice = twice.unwrap();
            let output_level = u64::from(all.plan.output_level().get());
            assert_eq!(
                twice[0].shape().level,
                Level::new(output_level - 1).unwrap()
            );
            let [once, twice] = [once, twice].map(|outputs| {
                let found: Vec<_> = outputs.iter().map(|a| all.decrypt(a)).collect();
                -deviation(&found, &exact).log2()
            });
            assert!(
                twice > once + 6.0 && twice > 27.0,
                "{order}, {kind}: {once:.2}, {twice:.2}"
            );
        }
    }
    let all = Everything::new("toy", Order::SlotsToCoeffsFirst, SlotKind::Real, 1 << 8);
    let refused = all.bootstrapper.bootstrap_iterated(&all.evaluator, &[], 41);
    assert!(refused.is_err());
}
