//! Keys and transforms weigh what is forecast.

use equiripple::{
    bootstrap::{BootstrapLiteral, Bootstrapper, Plan, SlotKind},
    ckks::{
        BootstrapMemory, CkksEvaluator, Context, EncodedTransform, Parameters,
        keys::{KeyGenerator, bootstrap_keys},
        params::sets,
        serial,
    },
    ring::sampler::MasterSeed,
};
use std::sync::Arc;

fn how(parameters: &Parameters) -> BootstrapLiteral {
    parameters.literal().bootstrapping.clone().unwrap()
}

#[test]
fn keys_and_transforms_take_the_bytes_that_are_forecast() {
    let parameters = Parameters::new(sets::named("toy").unwrap().literal()).unwrap();
    let how = how(&parameters);
    let context = Context::new(parameters.clone()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let plan = |slots, kind| Plan::new(parameters.scheme(), &how, slots, kind).unwrap();
    // Keys of several plans serve each of them: transforms of one find keys of one kind.
    let plans = [
        plan(1 << 10, SlotKind::Complex),
        plan(1 << 6, SlotKind::Complex),
        plan(1 << 3, SlotKind::Real),
    ];
    let plans: Vec<&Plan> = plans.iter().collect();
    let forecast = BootstrapMemory::new(&context, &plans, 2).unwrap();
    let keys = generator
        .bootstrap_evaluation_keys(&context, &plans, |_, _| {})
        .unwrap();
    assert_eq!(forecast.keys, keys.galois().count() + 2);
    assert_eq!(forecast.key_bytes, keys.bytes() as u64);
    let evaluator = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
    let mut transforms = 0;
    for plan in plans {
        let bootstrapper = Bootstrapper::new(&evaluator, plan.clone()).unwrap();
        transforms += bootstrapper
            .transforms()
            .map(EncodedTransform::bytes)
            .sum::<usize>();
    }
    assert_eq!(forecast.transform_bytes, transforms as u64);
    assert!(forecast.peak() > forecast.key_bytes + forecast.transform_bytes);
}

#[test]
fn files_take_the_bytes_that_are_forecast() {
    let parameters = Parameters::new(sets::named("toy").unwrap().literal()).unwrap();
    let how = how(&parameters);
    let context = Context::new(parameters.clone()).unwrap();
    let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
    let plan = Plan::new(parameters.scheme(), &how, 8, SlotKind::Real).unwrap();
    let forecast = BootstrapMemory::new(&context, &[&plan], 1).unwrap();
    let mut bytes = vec![];
    serial::store(
        &generator.encapsulation_keys().unwrap(),
        &context,
        &mut bytes,
    )
    .unwrap();
    for (key, request) in bootstrap_keys(&context, &[&plan]).unwrap() {
        let key = generator.evaluation_key(key, request).unwrap();
        serial::store(&key, &context, &mut bytes).unwrap();
    }
    assert_eq!(forecast.key_file_bytes, bytes.len() as u64);
}
