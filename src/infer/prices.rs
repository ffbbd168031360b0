//! Seconds of a network's nodes, by the analyzer.

use super::InferError;
use crate::{
    analyze::{Analyzer, CostTable},
    bootstrap::{BootstrapLiteral, Bootstrapper, EvalMod, Plan, SlotKind},
    circuit::{CircuitError, Evaluator, LinearTransform, polynomial, real},
    ckks::{Context, Parameters, keys::KeyRequest},
    nn::{
        design::{Refresh, Transform, Work},
        packing::Layout,
    },
    quantity::Level,
};
use equiripple_approx::evaltree::Dag;
use num_complex::Complex64;
use std::collections::BTreeMap;

/// What things cost under some parameters.
#[derive(Debug)]
pub struct Prices {
    parameters: Parameters,
    table: CostTable,
    /// Of all bootstraps.
    eval_mod: EvalMod,
    /// The highest level of circuits.
    pub top: usize,
    /// Fewest slots of a bootstrap.
    least: usize,
    /// Special primes of the keys of linear layers, by level.
    special: Vec<usize>,
    refreshes: BTreeMap<(usize, usize), Refresh>,
}

/// Seconds at each level, from 0 on.
type ByLevel = Vec<f64>;

/// A ciphertext of the analyzer.
type Ciphertext = crate::analyze::Ciphertext;

impl Prices {
    /// Of these parameters, by these times. No bootstrap has fewer slots than `least`: ciphertexts of fewer repeat them, which takes some
    /// time more, and each other number of slots takes keys of its own.
    ///
    /// # Errors
    /// When they do not bootstrap.
    pub fn new(parameters: Parameters, least: usize, table: CostTable) -> Result<Self, InferError> {
        let how = how(&parameters)?;
        let fewest = least_slots(how);
        let slots = parameters.log_n().max_slots();
        let eval_mod = EvalMod::new(&how.eval_mod)?;
        let real = SlotKind::Real;
        let plan = Plan::with_eval_mod(parameters.scheme(), how, slots, real, eval_mod.clone())?;
        let top = plan.output_level().get().into();
        Ok(Self {
            top,
            least: least.next_power_of_two().clamp(fewest, slots),
            special: layer_keys(&parameters, &table, top)?,
            table,
            eval_mod,
            parameters,
            refreshes: BTreeMap::new(),
        })
    }

    /// Slots of a ciphertext.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.parameters.log_n().max_slots()
    }

    /// Special primes of the keys of linear layers, by the level that they serve.
    #[must_use]
    pub fn special(&self) -> &[usize] {
        &self.special
    }

    /// Seconds of units of work.
    #[must_use]
    pub const fn table(&self) -> &CostTable {
        &self.table
    }

    /// Whose seconds.
    #[must_use]
    pub fn machine(&self) -> &str {
        &self.table.provenance().machine
    }

    /// Fewest slots of a bootstrap.
    #[must_use]
    pub const fn least(&self) -> usize {
        self.least
    }

    /// A bootstrap of all ciphertexts of a result, singly or two by two.
    pub fn refresh(&mut self, layout: &Layout) -> Result<Refresh, InferError> {
        let count = layout.ciphertexts(self.slots());
        let slots = layout.period(self.slots()).max(self.least);
        if let Some(known) = self.refreshes.get(&(count, slots)) {
            return Ok(*known);
        }
        let how = how(&self.parameters)?;
        let one = |kind| {
            let (scheme, eval_mod) = (self.parameters.scheme(), self.eval_mod.clone());
            let plan = Plan::with_eval_mod(scheme, how, slots, kind, eval_mod)?;
            let seconds = bootstrap_seconds(&self.parameters, &self.table, &plan)?;
            Ok::<_, InferError>((plan, seconds))
        };
        let (plan, single) = one(SlotKind::Real)?;
        let mut refresh = Refresh {
            from: plan.input_level().get().into(),
            to: plan.output_level().get().into(),
            seconds: count as f64 * single,
        };
        if count > 1 {
            let (_, pair) = one(SlotKind::Pair)?;
            let paired = (count / 2) as f64 * pair + (count % 2) as f64 * single;
            refresh.seconds = refresh.seconds.min(paired);
        }
        self.refreshes.insert((count, slots), refresh);
        Ok(refresh)
    }

    /// A polynomial circuit on all ciphertexts of a result.
    pub fn activation(&self, circuit: &Dag<f64>, layout: &Layout) -> Result<ByLevel, InferError> {
        let depth = equiripple_approx::evaltree::Cost::of(circuit).depth;
        let count = layout.ciphertexts(self.slots()) as f64;
        self.at_levels(depth, layout.period(self.slots()), &[], |analyzer, x| {
            let before = analyzer.cost().seconds;
            polynomial::evaluate(analyzer, circuit, std::slice::from_ref(x))?;
            Ok(count * (analyzer.cost().seconds - before))
        })
    }

    /// Work that is no activation, upon an argument that lies so.
    pub fn work(&self, work: &Work, from: &Layout) -> Result<ByLevel, InferError> {
        let (count, slots) = (
            from.ciphertexts(self.slots()) as f64,
            from.period(self.slots()),
        );
        match work {
            Work::Free | Work::Activation => Ok(vec![0.0; self.top + 1]),
            Work::Transform(transform) => self.transform(transform),
            Work::Sum => self.at_levels(0, slots, &[], |analyzer, x| {
                let before = analyzer.cost().seconds;
                analyzer.add(x, x)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
            Work::Scaling => self.at_levels(1, slots, &[], |analyzer, x| {
                let plain = encoded(analyzer, x)?;
                let before = analyzer.cost().seconds;
                analyzer.rescale(&analyzer.mul_plain(x, &plain)?)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
            Work::Product => self.at_levels(1, slots, &[], |analyzer, x| {
                let before = analyzer.cost().seconds;
                analyzer.relinearize_rescale(&analyzer.mul(x, x)?)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
        }
    }

    /// A linear node by its transforms.
    pub fn linear(&self, transforms: &[Transform]) -> Result<ByLevel, InferError> {
        let mut sum = vec![0.0; self.top + 1];
        for transform in transforms {
            let each = self.transform(transform)?;
            sum.iter_mut().zip(each).for_each(|(sum, x)| *sum += x);
        }
        Ok(sum)
    }

    /// A linear transform of real slots with its diagonals encoded, the rescaling, and the rotations that fold.
    fn transform(&self, t: &Transform) -> Result<ByLevel, InferError> {
        let matrix = t.pattern()?;
        self.at_levels(1, t.slots, &self.special, |analyzer, x| {
            let shape = analyzer.shape(x);
            let scale = analyzer.scheme().scale(shape.level).clone();
            let prepared = matrix.prepare(analyzer, shape.level, &scale, false)?;
            let seconds = || analyzer.cost().seconds;
            let begun = seconds();
            let argument = prepared.argument(analyzer, x)?;
            let shifted = seconds();
            let product = prepared.product(analyzer, &argument)?;
            let transformed = seconds();
            let mut y = real::finished(analyzer, &product, prepared.shift().is_some())?;
            for _ in 0..t.folds {
                y = analyzer.add(&y, &analyzer.rotate(&y, 1)?)?;
            }
            let parts = [
                (t.arguments, shifted - begun),
                (t.blocks, transformed - shifted),
                (t.results, seconds() - transformed),
            ];
            Ok(parts.iter().map(|(count, time)| *count as f64 * time).sum())
        })
    }

    /// At every level from `least` on; nothing below.
    fn at_levels(
        &self,
        least: usize,
        slots: usize,
        special: &[usize],
        run: impl Fn(&Analyzer, &Ciphertext) -> Result<f64, CircuitError>,
    ) -> Result<ByLevel, InferError> {
        // Small, since rotations with additions double it.
        let value = [Complex64::new(0.5f64.powi(30), 0.0)];
        let mut seconds = vec![0.0; least.min(self.top + 1)];
        for level in least..=self.top {
            let analyzer = Analyzer::new(self.parameters.scheme().clone(), self.table.clone());
            let analyzer = analyzer.with_special(special.to_vec());
            let x = analyzer.encrypt(&value, slots, Level::new(level as u64)?, 0)?;
            seconds.push(run(&analyzer, &x)?);
        }
        Ok(seconds)
    }
}

/// Of one bootstrap, its transforms encoded before.
///
/// # Errors
/// When the plan is none of these parameters.
pub fn bootstrap_seconds(
    parameters: &Parameters,
    table: &CostTable,
    plan: &Plan,
) -> Result<f64, InferError> {
    let analyzer = Analyzer::new(parameters.scheme().clone(), table.clone());
    let bootstrapper = Bootstrapper::new(&analyzer, plan.clone())?;
    let value = [Complex64::new(0.5, 0.0)];
    let input = |nonce| analyzer.encrypt(&value, plan.slots(), plan.input_level(), nonce);
    let inputs = (0..plan.inputs() as u64).map(input);
    let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
    let before = analyzer.cost().seconds;
    bootstrapper.bootstrap(&analyzer, &inputs)?;
    Ok(analyzer.cost().seconds - before)
}

/// How parameters bootstrap.
///
/// # Errors
/// When they do not.
pub fn how(parameters: &Parameters) -> Result<&BootstrapLiteral, InferError> {
    let how = parameters.literal().bootstrapping.as_ref();
    how.ok_or(InferError::NoBootstrapping)
}

/// The fewest slots that have a bootstrap: a factor of a transform has a stage at least.
#[must_use]
pub fn least_slots(how: &BootstrapLiteral) -> usize {
    1 << how.coeffs_to_slots.max(how.slots_to_coeffs).max(2)
}

/// How many special primes make a convolution the cheapest at each level. One by as many taps and channels as the narrow
/// layers of residual networks have stands for all.
fn layer_keys(
    parameters: &Parameters,
    table: &CostTable,
    top: usize,
) -> Result<Vec<usize>, InferError> {
    let context = Context::new(parameters.clone())?;
    let all = parameters.moduli().p().len();
    let slots = parameters.log_n().max_slots() / 2;
    let channel = slots as i64 / 16;
    let row = channel.isqrt().max(3);
    let taps = (0..9).flat_map(|tap| (0..16).map(move |c| channel * c + row * (tap / 3) + tap % 3));
    let one = vec![Complex64::new(1.0, 0.0)];
    let matrix = LinearTransform::new(slots, taps.map(|d| (d, one.clone())))?;
    // No product is at level 0, and rotations there may have any.
    let mut best = vec![all];
    for level in 1..=top {
        let level = Level::new(level as u64)?;
        let seconds = |special: usize| {
            let special = vec![special; usize::from(level.get()) + 1];
            let analyzer =
                Analyzer::new(parameters.scheme().clone(), table.clone()).with_special(special);
            let x = analyzer.encrypt(&one, slots, level, 0)?;
            let prepared = analyzer.prepare(&matrix, level, analyzer.scheme().scale(level))?;
            let before = analyzer.cost().seconds;
            analyzer.transform(&x, &prepared)?;
            Ok::<_, CircuitError>(analyzer.cost().seconds - before)
        };
        let mut least = (f64::INFINITY, all);
        for special in 1..=all {
            if (KeyRequest { level, special }).check(&context).is_ok() {
                let seconds = seconds(special)?;
                if seconds < least.0 {
                    least = (seconds, special);
                }
            }
        }
        best.push(least.1);
    }
    Ok(best)
}

/// A plaintext for a product with a ciphertext.
fn encoded(
    analyzer: &Analyzer,
    x: &Ciphertext,
) -> Result<<Analyzer as Evaluator>::Plaintext, CircuitError> {
    let shape = analyzer.shape(x);
    let scale = analyzer.scheme().scale(shape.level).clone();
    let ones = vec![Complex64::new(1.0, 0.0); shape.slots];
    analyzer.encode(&ones, shape.level, &scale)
}
