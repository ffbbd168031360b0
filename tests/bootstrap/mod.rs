//! Bootstrapping: its modular reduction, the probability that it fails, and the whole on every interpreter.

mod bootstrapper;
mod chain;
mod check;
mod eval_mod;
mod memory;
mod overflow;

use equiripple::{
    bootstrap::{Bootstrapper, Order, Plan, SlotKind},
    circuit::Evaluator,
    ckks::{
        Ciphertext, CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral,
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

/// What one bootstrap takes: slots with parts in [−1, 1], without a pattern.
fn messages(slots: usize, kind: SlotKind, seed: u64) -> Vec<Vec<Complex64>> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let mut slot = || {
        let (re, im) = (draw(), draw());
        Complex64::new(re, if kind == SlotKind::Complex { im } else { 0.0 })
    };
    let count = if kind == SlotKind::Pair { 2 } else { 1 };
    (0..count)
        .map(|_| (0..slots).map(|_| slot()).collect())
        .collect()
}

/// Root of the mean of |x − y|² over all slots.
fn deviation(found: &[Vec<Complex64>], exact: &[Vec<Complex64>]) -> f64 {
    let pairs = found.iter().flatten().zip(exact.iter().flatten());
    let sum: f64 = pairs.clone().map(|(x, y)| (x - y).norm_sqr()).sum();
    (sum / pairs.count() as f64).sqrt()
}

/// One plan with all keys and interpreters.
struct Everything {
    plan: Plan,
    context: Context,
    generator: KeyGenerator,
    evaluator: CkksEvaluator,
    bootstrapper: Bootstrapper<CkksEvaluator>,
    simulator: Simulator,
}

impl Everything {
    fn new(set: &str, order: Order, kind: SlotKind, slots: usize) -> Self {
        let parameters = Parameters::new(literal(set)).unwrap();
        let mut how = parameters.literal().bootstrapping.clone().unwrap();
        how.order = order;
        let plan = Plan::new(parameters.scheme(), &how, slots, kind).unwrap();
        let simulator = Simulator::new(parameters.scheme().clone(), 7);
        let context = Context::new(parameters).unwrap();
        let generator = KeyGenerator::new(&context, &MasterSeed::from_bytes([5; 32])).unwrap();
        let keys = generator
            .bootstrap_evaluation_keys(&context, &[&plan], |_, _| {})
            .unwrap();
        let evaluator = CkksEvaluator::new(&context, Arc::new(keys)).unwrap();
        Self {
            bootstrapper: Bootstrapper::new(&evaluator, plan.clone()).unwrap(),
            plan,
            context,
            generator,
            evaluator,
            simulator,
        }
    }

    fn encrypt(&self, message: &[Complex64], level: u64) -> Ciphertext {
        let level = Level::new(level).unwrap();
        let scale = self.evaluator.scheme().scale(level);
        let plaintext = self.context.encode(message, level, scale).unwrap();
        // Under the secret key: the errors of a public one would be larger than those of a bootstrap.
        let seed = MasterSeed::from_bytes([6; 32]);
        Encryptor::new(&self.context, &seed)
            .encrypt_secret(self.generator.secret_key(), &plaintext)
            .unwrap()
    }

    fn decrypt(&self, a: &Ciphertext) -> Vec<Complex64> {
        let decryptor = Decryptor::new(&self.context, self.generator.secret_key());
        decryptor.unwrap().decrypt(a).unwrap()
    }

    /// What comes back, and at which level.
    fn encrypted(&self, inputs: &[Vec<Complex64>]) -> (Vec<Vec<Complex64>>, Level) {
        let level = self.plan.input_level().get().into();
        let inputs: Vec<_> = inputs.iter().map(|m| self.encrypt(m, level)).collect();
        let outputs = self
            .bootstrapper
            .bootstrap(&self.evaluator, &inputs)
            .unwrap();
        let level = outputs[0].shape().level;
        (outputs.iter().map(|a| self.decrypt(a)).collect(), level)
    }

    fn simulated(&self, inputs: &[Vec<Complex64>], nonce: u64) -> (Vec<Vec<Complex64>>, Level) {
        let level = self.plan.input_level();
        let encrypt = |(i, m): (u64, &Vec<Complex64>)| {
            self.simulator
                .encrypt_secret(m, level, 10 * nonce + i)
                .unwrap()
        };
        let inputs: Vec<_> = (0..).zip(inputs).map(encrypt).collect();
        let bootstrapper = Bootstrapper::new(&self.simulator, self.plan.clone()).unwrap();
        let outputs = bootstrapper.bootstrap(&self.simulator, &inputs).unwrap();
        let level = outputs[0].shape().level;
        let decrypted = outputs.iter().map(|a| self.simulator.decrypt(a).to_vec());
        (decrypted.collect(), level)
    }
}
