//! Seconds of a network's nodes, by the analyzer.

use std::collections::BTreeMap;

use num_complex::Complex64;

use crate::{
    analyze::{Analyzer, CostTable},
    bootstrap::SlotKind,
    circuit::{CircuitError, Evaluator, LinearTransform, RealTransform, polynomial},
    ckks::Parameters,
    cli::{
        bootstrapping::{self, Time},
        error::Outcome,
    },
    nn::{
        design::{Refresh, Transform, Work},
        packing::Layout,
    },
    quantity::Level,
};
use equiripple_approx::evaltree::Dag;

/// What things cost under some parameters.
pub(super) struct Prices {
    parameters: Parameters,
    table: CostTable,
    /// The highest level of circuits.
    pub(super) top: usize,
    refreshes: BTreeMap<(usize, usize), Refresh>,
}

/// Seconds at each level, from 0 on.
type ByLevel = Vec<f64>;

/// A ciphertext of the analyzer.
type Ciphertext = crate::analyze::Ciphertext;

impl Prices {
    pub(super) fn new(parameters: Parameters) -> Outcome<Self> {
        let plan =
            bootstrapping::plan(&parameters, parameters.log_n().max_slots(), SlotKind::Real)?;
        Ok(Self {
            top: plan.output_level().get().into(),
            table: CostTable::shipped()?,
            parameters,
            refreshes: BTreeMap::new(),
        })
    }

    /// Slots of a ciphertext.
    pub(super) fn slots(&self) -> usize {
        self.parameters.log_n().max_slots()
    }

    /// Whose seconds.
    pub(super) fn machine(&self) -> &str {
        &self.table.provenance().machine
    }

    /// A bootstrap of all ciphertexts of a result, singly or two by two.
    pub(super) fn refresh(&mut self, layout: &Layout) -> Outcome<Refresh> {
        let (count, slots) = (
            layout.ciphertexts(self.slots()),
            layout.period(self.slots()),
        );
        if let Some(known) = self.refreshes.get(&(count, slots)) {
            return Ok(*known);
        }
        let least = bootstrapping::least_slots(bootstrapping::how(&self.parameters)?);
        let one = |kind| {
            let plan = bootstrapping::plan(&self.parameters, slots.max(least), kind)?;
            let seconds = Time::forecast(&self.parameters, &plan)?.seconds;
            Outcome::Ok((plan, seconds))
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
    pub(super) fn activation(&self, circuit: &Dag<f64>, layout: &Layout) -> Outcome<ByLevel> {
        let depth = equiripple_approx::evaltree::Cost::of(circuit).depth;
        let count = layout.ciphertexts(self.slots()) as f64;
        self.at_levels(depth, layout.period(self.slots()), |analyzer, x| {
            let before = analyzer.cost().seconds;
            polynomial::evaluate(analyzer, circuit, std::slice::from_ref(x))?;
            Ok(count * (analyzer.cost().seconds - before))
        })
    }

    /// Work that is no activation, upon an argument that lies so.
    pub(super) fn work(&self, work: &Work, from: &Layout) -> Outcome<ByLevel> {
        let (count, slots) = (
            from.ciphertexts(self.slots()) as f64,
            from.period(self.slots()),
        );
        match work {
            Work::Free | Work::Activation => Ok(vec![0.0; self.top + 1]),
            Work::Transform(transform) => self.transform(transform),
            Work::Sum => self.at_levels(0, slots, |analyzer, x| {
                let before = analyzer.cost().seconds;
                analyzer.add(x, x)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
            Work::Scaling => self.at_levels(1, slots, |analyzer, x| {
                let plain = encoded(analyzer, x)?;
                let before = analyzer.cost().seconds;
                analyzer.rescale(&analyzer.mul_plain(x, &plain)?)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
            Work::Product => self.at_levels(1, slots, |analyzer, x| {
                let before = analyzer.cost().seconds;
                analyzer.relinearize_rescale(&analyzer.mul(x, x)?)?;
                Ok(count * (analyzer.cost().seconds - before))
            }),
        }
    }

    /// A linear transform of real slots with its diagonals encoded, the rescaling, and the rotations that fold.
    fn transform(&self, t: &Transform) -> Outcome<ByLevel> {
        let one = vec![Complex64::new(1.0, 0.0)];
        let diagonals = t.diagonals.iter().map(|d| (*d as i64, one.clone()));
        let matrix = RealTransform::new(&LinearTransform::new(t.slots, diagonals)?)?;
        self.at_levels(1, t.slots, |analyzer, x| {
            let shape = analyzer.shape(x);
            let scale = analyzer.scheme().scale(shape.level).clone();
            let prepared = matrix.prepare(analyzer, shape.level, &scale)?;
            let seconds = || analyzer.cost().seconds;
            let begun = seconds();
            let argument = prepared.argument(analyzer, x)?;
            let shifted = seconds();
            let product = prepared.product(analyzer, &argument)?;
            let transformed = seconds();
            let mut y = prepared.finished(analyzer, &product)?;
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
        run: impl Fn(&Analyzer, &Ciphertext) -> Result<f64, CircuitError>,
    ) -> Outcome<ByLevel> {
        // Small, since rotations with additions double it.
        let value = [Complex64::new(0.5f64.powi(30), 0.0)];
        let mut seconds = vec![0.0; least.min(self.top + 1)];
        for level in least..=self.top {
            let analyzer = Analyzer::new(self.parameters.scheme().clone(), self.table.clone());
            let x = analyzer.encrypt(&value, slots, Level::new(level as u64)?, 0)?;
            seconds.push(run(&analyzer, &x)?);
        }
        Ok(seconds)
    }
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
