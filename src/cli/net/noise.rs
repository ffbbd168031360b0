//! Errors of encryption in a network, as the simulator has them.

use std::{collections::BTreeMap, sync::Arc};

use equiripple_approx::coeffs::CoefficientTable;
use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::{
    bootstrap::{Bootstrapper, SlotKind},
    circuit::{CircuitError, activation, clear, polynomial},
    ckks::{Parameters, params::sets},
    cli::{
        bootstrapping,
        error::{Failure, Outcome},
        progress::Bar,
    },
    infer::{how, least_slots},
    nn::{
        Graph,
        noise::{Law, Laws, NetworkNoise, Setting},
    },
    quantity::Level,
    sim::Simulator,
};

/// Slots that are simulated for a bootstrap, and for an activation.
const SAMPLES: usize = 1 << 16;
/// Bins of an activation's argument.
const BINS: usize = 256;

/// A named parameter set.
pub(super) fn named(name: &str) -> Outcome<Parameters> {
    let set = sets::named(name).ok_or_else(|| {
        let known = sets::SETS.iter().filter(|set| {
            let literal = set.literal();
            literal.bootstrapping.is_some()
        });
        let known: Vec<_> = known.map(|set| set.name).collect();
        Failure::Usage(format!(
            "no set is called `{name}`; choose from none, {}",
            known.join(", ")
        ))
    })?;
    Ok(Parameters::new(set.literal())?)
}

/// The errors of every node under a parameter set; `bound` gives B of what knows none of its own.
pub(super) fn simulated(
    graph: &Graph,
    parameters: &Parameters,
    seed: u64,
    bound: impl Fn(&str) -> f64,
) -> Outcome<NetworkNoise> {
    let mut laws = Simulation::new(parameters, seed)?;
    let scheme = parameters.scheme();
    let (mut top, mut floor) = (scheme.max_level(), Level::default());
    for (_, node) in graph.iter() {
        let plan = laws.plan(node.shape().elements().unwrap_or(1))?;
        top = top.min(plan.output_level());
        floor = floor.max(plan.input_level());
    }
    let setting = Setting { scheme, top, floor };
    NetworkNoise::new(graph, &setting, bound, &mut laws)
}

/// An error, and |s(ζ)|²/h of its slot.
type Sample = (f64, f64);

/// What an activation's errors depend on.
type Circuit = (*const CoefficientTable, bool, usize, Level);

/// Runs circuits on the simulator, each once.
struct Simulation<'a> {
    parameters: &'a Parameters,
    simulator: Simulator,
    rng: ChaCha8Rng,
    nonce: u64,
    bar: Bar,
    squares: BTreeMap<usize, Arc<[f64]>>,
    bootstraps: BTreeMap<usize, Law>,
    activations: BTreeMap<Circuit, Arc<[Law]>>,
}

impl<'a> Simulation<'a> {
    fn new(parameters: &'a Parameters, seed: u64) -> Outcome<Self> {
        how(parameters)?;
        Ok(Self {
            simulator: Simulator::new(parameters.scheme().clone(), seed),
            parameters,
            rng: ChaCha8Rng::seed_from_u64(seed),
            nonce: 0,
            bar: Bar::new(0, "simulating circuits"),
            squares: BTreeMap::new(),
            bootstraps: BTreeMap::new(),
            activations: BTreeMap::new(),
        })
    }

    /// The bootstrap of real slots for so many numbers.
    fn plan(&self, numbers: usize) -> Outcome<crate::bootstrap::Plan> {
        let how = how(self.parameters)?;
        let least = least_slots(how);
        let most = self.parameters.log_n().max_slots();
        let slots = numbers.max(least).next_power_of_two().min(most);
        bootstrapping::plan(self.parameters, slots, SlotKind::Real)
    }

    /// Real numbers all over [−bound, bound].
    fn numbers(&mut self, slots: usize, bound: f64) -> Vec<Complex64> {
        let part = || bootstrapping::symmetric(&mut self.rng) * bound;
        bootstrapping::drawn(slots, SlotKind::Real, part)
    }

    /// The next encryption.
    fn nonce(&mut self) -> u64 {
        self.nonce += 1;
        self.nonce
    }

    /// The errors of real parts, each with |s(ζ)|²/h of its slot.
    fn errors(
        &self,
        found: &[Complex64],
        exact: &[Complex64],
    ) -> Result<Vec<Sample>, CircuitError> {
        let squares = self.simulator.secret_squares(found.len())?;
        let errors = found.iter().zip(exact).map(|(x, y)| x.re - y.re);
        Ok(errors.zip(squares.iter().copied()).collect())
    }

    /// One run of a circuit: arguments, and errors.
    fn run(
        &mut self,
        table: &CoefficientTable,
        form: activation::Activation,
        slots: usize,
        level: Level,
    ) -> Result<Vec<(f64, Sample)>, CircuitError> {
        let circuit = activation::from_table(table, form)?;
        // A maximum takes two whose difference is in [−1, 1].
        let (inputs, bound) = match form {
            activation::Activation::Table => (1, 1.0),
            activation::Activation::Max => (2, 0.5),
        };
        let numbers: Vec<_> = (0..inputs).map(|_| self.numbers(slots, bound)).collect();
        let mut encrypted = vec![];
        for numbers in &numbers {
            let nonce = self.nonce();
            encrypted.push(self.simulator.encrypt_secret(numbers, level, nonce)?);
        }
        let found = polynomial::evaluate(&self.simulator, &circuit, &encrypted)?;
        let exact = clear::evaluate(&circuit, &numbers)?;
        let errors = self.errors(self.simulator.decrypt(&found), &exact)?;
        let arguments = numbers.into_iter().next().unwrap_or_default();
        Ok(arguments.iter().map(|x| x.re).zip(errors).collect())
    }
}

/// How often so many slots are simulated.
fn times(slots: usize) -> usize {
    (SAMPLES / slots).clamp(1, SAMPLES)
}

impl Laws for Simulation<'_> {
    type Error = Failure;

    fn squares(&mut self, slots: usize) -> Arc<[f64]> {
        let simulator = &self.simulator;
        let made = || simulator.secret_squares(slots).unwrap_or_default().into();
        self.squares.entry(slots).or_insert_with(made).clone()
    }

    fn bootstrap(&mut self, slots: usize) -> Outcome<Law> {
        if let Some(law) = self.bootstraps.get(&slots) {
            return Ok(*law);
        }
        let plan = self.plan(slots)?;
        let (slots_of_plan, level) = (plan.slots(), plan.input_level());
        let bootstrapper = Bootstrapper::new(&self.simulator, plan)?;
        let mut errors = vec![];
        for _ in 0..times(slots_of_plan) {
            let (numbers, nonce) = (self.numbers(slots_of_plan, 1.0), self.nonce());
            let input = self.simulator.encrypt_secret(&numbers, level, nonce)?;
            for output in bootstrapper.bootstrap(&self.simulator, &[input])? {
                errors.extend(self.errors(self.simulator.decrypt(&output), &numbers)?);
            }
            self.bar.advance(1);
        }
        let law = Law::fitted(&errors);
        self.bootstraps.insert(slots, law);
        Ok(law)
    }

    fn activation(
        &mut self,
        table: &Arc<CoefficientTable>,
        form: activation::Activation,
        slots: usize,
        level: Level,
    ) -> Outcome<Arc<[Law]>> {
        let maximum = form == activation::Activation::Max;
        let key = (Arc::as_ptr(table), maximum, slots, level);
        if let Some(laws) = self.activations.get(&key) {
            return Ok(laws.clone());
        }
        let bins = if maximum { 1 } else { BINS };
        let mut errors = vec![vec![]; bins];
        for _ in 0..times(slots) {
            for (x, error) in self.run(table, form, slots, level)? {
                let bin = (x + 1.0) / 2.0 * bins as f64;
                errors[(bin as usize).min(bins - 1)].push(error);
            }
            self.bar.advance(1);
        }
        let laws: Arc<[Law]> = errors.iter().map(|bin| Law::fitted(bin)).collect();
        self.activations.insert(key, laws.clone());
        Ok(laws)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests;
