//! A program on ciphertexts, for every interpreter.

use super::{InferError, Program, prices::how, program::is_one};
use crate::{
    bootstrap::{Bootstrapper, EvalMod, Plan, SlotKind},
    circuit::{
        CircuitError, ModRaise, lowered, lowered_times, polynomial,
        real::{self, Prepared},
    },
    ckks::Parameters,
    nn::{
        NodeId,
        lower::{Matrix, Stage},
    },
    quantity::Level,
};
use equiripple_approx::evaltree::Dag;
use num_complex::Complex64;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

/// The bootstraps of a program, encoded by an interpreter.
pub struct Bootstraps<E: ModRaise> {
    by: BTreeMap<(usize, bool), Bootstrapper<E>>,
}

/// Bootstraps by numbers of slots, and by whether two ciphertexts are bootstrapped at once.
pub type Plans = BTreeMap<(usize, bool), Plan>;

impl Program<'_> {
    /// What is bootstrapped: numbers of slots, each singly and where there are several ciphertexts in pairs.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn plans(&self, parameters: &Parameters) -> Result<Plans, InferError> {
        let how = how(parameters)?;
        let eval_mod = EvalMod::new(&how.eval_mod)?;
        let mut plans = Plans::new();
        for (_, slots, count) in self.bootstraps() {
            let kinds = [
                (SlotKind::Real, count % 2 == 1),
                (SlotKind::Pair, count > 1),
            ];
            for (kind, _) in kinds.into_iter().filter(|(_, needed)| *needed) {
                if let Entry::Vacant(new) = plans.entry((slots, kind == SlotKind::Pair)) {
                    let (scheme, slots) = (parameters.scheme(), new.key().0);
                    let eval_mod = eval_mod.clone();
                    new.insert(Plan::with_eval_mod(scheme, how, slots, kind, eval_mod)?);
                }
            }
        }
        Ok(plans)
    }
}

impl<E: ModRaise> Bootstraps<E> {
    /// Encodes the transforms of the plans.
    ///
    /// # Errors
    /// When the interpreter refuses one, for a missing key for instance.
    pub fn new(evaluator: &E, plans: Plans) -> Result<Self, E::Error> {
        let encode = |(key, plan)| Ok((key, Bootstrapper::new(evaluator, plan)?));
        Ok(Self {
            by: plans
                .into_iter()
                .map(encode)
                .collect::<Result<_, E::Error>>()?,
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Bootstrapper<E>> {
        self.by.values()
    }

    fn get(&self, slots: usize, pair: bool) -> Result<&Bootstrapper<E>, CircuitError> {
        // Fewer slots than any bootstrap has are repeated.
        let mut found = self
            .by
            .iter()
            .filter(|((n, p), _)| *n >= slots && *p == pair);
        found.next().map(|(_, b)| b).ok_or(CircuitError::SlotCount {
            found: slots,
            max: 0,
        })
    }
}

/// A linear node with its plaintexts encoded.
#[derive(Debug)]
pub struct Layer<E: ModRaise> {
    blocks: Vec<(usize, usize, Prepared<E::Transform>)>,
    slots: usize,
    period: usize,
    folds: Vec<i64>,
    bias: Vec<Option<E::Plaintext>>,
    level: Level,
}

/// Runs a program on one interpreter.
pub struct Runner<'a, E: ModRaise> {
    program: &'a Program<'a>,
    evaluator: &'a E,
    bootstraps: &'a Bootstraps<E>,
    layers: BTreeMap<usize, Layer<E>>,
}

/// Where a run is: the results that later nodes take.
pub struct State<E: ModRaise> {
    /// The first node that is not looked at yet.
    next: usize,
    values: Vec<Option<Results<E>>>,
}

/// The ciphertexts of one result.
pub type Results<E> = Arc<Vec<<E as crate::circuit::Evaluator>::Ciphertext>>;

/// Real slots as complex ones.
fn complex(slots: &[f64]) -> Vec<Complex64> {
    slots.iter().map(|x| Complex64::new(*x, 0.0)).collect()
}

fn level(level: usize) -> Result<Level, CircuitError> {
    Ok(Level::new(level as u64)?)
}

impl<'a, E> Runner<'a, E>
where
    E: ModRaise,
    E::Error: Into<InferError>,
{
    /// Nothing is encoded ahead.
    #[must_use]
    pub fn new(program: &'a Program<'a>, evaluator: &'a E, bootstraps: &'a Bootstraps<E>) -> Self {
        Self {
            program,
            evaluator,
            bootstraps,
            layers: BTreeMap::new(),
        }
    }

    /// Encodes a layer ahead, to be used by every run; nothing for what is no layer. What is `compact` takes the least memory
    /// and some time in every run.
    ///
    /// # Errors
    /// When the interpreter refuses it, for a missing key for instance.
    pub fn encode(&mut self, id: NodeId, compact: bool) -> Result<(), InferError> {
        if let Stage::Linear(from) = &self.program.lowered().stages()[id.index()] {
            let layer = self.layer(id, *from, compact)?;
            self.layers.insert(id.index(), layer);
        }
        Ok(())
    }

    /// Drops what was encoded of a layer.
    pub fn forget(&mut self, id: NodeId) {
        self.layers.remove(&id.index());
    }

    /// The layers that are encoded.
    pub fn transforms(&self) -> impl Iterator<Item = &E::Transform> {
        let blocks = self.layers.values().flat_map(|layer| &layer.blocks);
        blocks.map(|(_, _, prepared)| prepared.transform())
    }

    /// The result of the network on encrypted images.
    ///
    /// # Errors
    /// What the interpreter refuses.
    pub fn run(&self, input: Vec<E::Ciphertext>) -> Result<Results<E>, InferError> {
        let mut state = self.start(input);
        while self.step(&mut state)?.is_some() {}
        self.result(state)
    }

    /// Before the first node.
    #[must_use]
    pub fn start(&self, input: Vec<E::Ciphertext>) -> State<E> {
        let lowered = self.program.lowered();
        let mut values = vec![None; lowered.stages().len()];
        values[lowered.graph().input().index()] = Some(Arc::new(input));
        State { next: 0, values }
    }

    /// After `node`, with the results that later nodes take as `load` has them; nothing where one is missing.
    pub fn restored(
        &self,
        node: NodeId,
        mut load: impl FnMut(NodeId) -> Option<Vec<E::Ciphertext>>,
    ) -> Option<State<E>> {
        let last = self.last_uses();
        let mut values = vec![None; last.len()];
        for (id, _) in self.program.lowered().graph().iter().take(node.index() + 1) {
            if last[id.index()] > node.index() {
                values[id.index()] = Some(Arc::new(load(id)?));
            }
        }
        let next = node.index() + 1;
        Some(State { next, values })
    }

    /// Computes the next node that does something, and gives it with its result; nothing when all are done.
    ///
    /// # Errors
    /// What the interpreter refuses.
    pub fn step(&self, state: &mut State<E>) -> Result<Option<(NodeId, Results<E>)>, InferError> {
        let nodes = self.program.lowered().graph().iter();
        let last = self.last_uses();
        for (id, _) in nodes.skip(state.next) {
            state.next = id.index() + 1;
            let Some(result) = self.node(id, &state.values)? else {
                continue;
            };
            state.values[id.index()] = Some(Arc::clone(&result));
            // What nobody takes any more is dropped: a ciphertext is some megabytes.
            for (value, last) in state.values.iter_mut().zip(&last) {
                if *last <= id.index() {
                    *value = None;
                }
            }
            return Ok(Some((id, result)));
        }
        Ok(None)
    }

    /// The result of the network, when all nodes are done.
    ///
    /// # Errors
    /// When some are not.
    pub fn result(&self, mut state: State<E>) -> Result<Results<E>, InferError> {
        let output = self.program.output();
        let value = state.values.get_mut(output.index()).and_then(Option::take);
        value.ok_or_else(|| CircuitError::Inputs { found: 0, need: 1 }.into())
    }

    /// The last node that takes each result; none of the output, and 0 of what nobody takes.
    fn last_uses(&self) -> Vec<usize> {
        let lowered = self.program.lowered();
        let mut last = vec![0; lowered.stages().len()];
        for (at, stage) in lowered.stages().iter().enumerate() {
            let taken = match stage {
                Stage::Input | Stage::Constant | Stage::View(_) => vec![],
                Stage::Linear(from) | Stage::Shift(from) | Stage::Polynomial(from, _) => {
                    vec![*from]
                }
                Stage::Sum(terms) => terms.iter().map(|(term, _)| *term).collect(),
            };
            for from in taken {
                last[from.index()] = at;
            }
        }
        last[self.program.output().index()] = usize::MAX;
        last
    }

    fn node(
        &self,
        id: NodeId,
        values: &[Option<Results<E>>],
    ) -> Result<Option<Results<E>>, InferError> {
        let Some(place) = self.program.place(id) else {
            return Ok(None);
        };
        let value = |from: NodeId| {
            let missing = CircuitError::Inputs { found: 0, need: 1 };
            values[from.index()].as_ref().ok_or(missing)
        };
        let at = level(place.level)?;
        let result = match &self.program.lowered().stages()[id.index()] {
            Stage::Input | Stage::Constant | Stage::View(_) => return Ok(None),
            Stage::Linear(from) => match self.layers.get(&id.index()) {
                Some(layer) => self.linear(layer, value(*from)?),
                None => self.linear(&self.layer(id, *from, true)?, value(*from)?),
            },
            Stage::Shift(from) => self.shifted(id, value(*from)?, at),
            Stage::Sum([(a, x), (b, y)]) => {
                let pairs = value(*a)?.iter().zip(value(*b)?.iter());
                let sums = pairs.map(|(a, b)| {
                    let (a, b) = (self.term(a, *x, at)?, self.term(b, *y, at)?);
                    self.evaluator.add(&a, &b)
                });
                sums.collect()
            }
            Stage::Polynomial(from, circuit) => {
                let argument = value(*from)?;
                if place.bootstrapped {
                    let fresh = self.bootstrapped(argument).map_err(Into::into)?;
                    self.polynomial(circuit, &fresh, at)
                } else {
                    self.polynomial(circuit, argument, at)
                }
            }
        };
        let result = match place.renewed {
            true => result.and_then(|result| self.bootstrapped(&result)),
            false => result,
        };
        Ok(Some(Arc::new(result.map_err(Into::into)?)))
    }

    fn shifted(
        &self,
        id: NodeId,
        argument: &[E::Ciphertext],
        at: Level,
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        let shifts = self.program.lowered().shift(id);
        let each = argument.iter().zip(shifts).map(|(x, shift)| {
            let x = lowered(self.evaluator, x, at)?;
            let scale = self.evaluator.shape(&x).scale;
            let plain = self.evaluator.encode(&complex(&shift), at, &scale)?;
            self.evaluator.add_plain(&x, &plain)
        });
        each.collect()
    }

    /// A term of a sum, at its level; what is multiplied has one more left, as the plan has it.
    fn term(&self, a: &E::Ciphertext, factor: f64, at: Level) -> Result<E::Ciphertext, E::Error> {
        if is_one(factor) {
            return lowered(self.evaluator, a, at);
        }
        lowered_times(self.evaluator, a, factor, at)
    }

    fn polynomial(
        &self,
        circuit: &Dag<f64>,
        argument: &[E::Ciphertext],
        at: Level,
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        let each = argument.iter().map(|x| {
            let x = lowered(self.evaluator, x, at)?;
            polynomial::evaluate(self.evaluator, circuit, std::slice::from_ref(&x))
        });
        each.collect()
    }

    fn bootstrapped(&self, argument: &[E::Ciphertext]) -> Result<Vec<E::Ciphertext>, E::Error> {
        let mut fresh = vec![];
        for some in argument.chunks(2) {
            let slots = self.evaluator.shape(&some[0]).slots;
            let bootstrapper = self.bootstraps.get(slots, some.len() == 2)?;
            let plan = bootstrapper.plan();
            let ready = some.iter().map(|x| {
                let x = lowered(self.evaluator, x, plan.input_level())?;
                self.evaluator.with_slots(&x, plan.slots())
            });
            let ready = ready.collect::<Result<Vec<_>, E::Error>>()?;
            for y in bootstrapper.bootstrap(self.evaluator, &ready)? {
                fresh.push(self.evaluator.with_slots(&y, slots)?);
            }
        }
        Ok(fresh)
    }

    /// Encodes a layer for where it is computed.
    fn layer(&self, id: NodeId, from: NodeId, compact: bool) -> Result<Layer<E>, InferError> {
        let lowered = self.program.lowered();
        let Matrix { blocks, bias } = lowered.matrix(id, from)?;
        let start = self.program.place(id).map_or(1, |place| place.level).max(1);
        let (at, below) = (level(start)?, level(start - 1)?);
        let scheme = self.evaluator.scheme();
        // Arguments are at the canonical scale of this level, and so are results at theirs.
        let scale = scheme.scale(below).times_modulus(scheme.modulus(at));
        let scale = scale.and_then(|product| product.over(scheme.scale(at)));
        let scale = scale.map_err(CircuitError::from)?;
        let encoded = blocks.blocks.iter().map(|block| {
            let transform = &block.transform;
            let prepared = transform.prepare(self.evaluator, at, &scale, compact)?;
            Ok((block.result, block.argument, prepared))
        });
        let encoded = encoded
            .collect::<Result<_, E::Error>>()
            .map_err(Into::into)?;
        let bias = bias.iter().map(|bias| {
            let (e, scale) = (self.evaluator, scheme.scale(below));
            let plain = || e.encode(&complex(bias), below, scale);
            (!bias.is_empty()).then(plain).transpose()
        });
        Ok(Layer {
            blocks: encoded,
            slots: blocks.slots,
            period: lowered.layout(id).period(lowered.slots()),
            folds: blocks.folds,
            bias: bias.collect::<Result<_, E::Error>>().map_err(Into::into)?,
            level: at,
        })
    }

    fn linear(
        &self,
        layer: &Layer<E>,
        argument: &[E::Ciphertext],
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        let e = self.evaluator;
        let ready = argument.iter().map(|x| {
            let x = lowered(e, x, layer.level)?;
            e.with_slots(&x, layer.slots)
        });
        let ready = ready.collect::<Result<Vec<_>, E::Error>>()?;
        // Arguments by their shift, and sums of products by result and by whether their real part is still to be taken.
        let mut shifted: BTreeMap<(usize, Option<usize>), E::Ciphertext> = BTreeMap::new();
        let mut sums: BTreeMap<(usize, bool), E::Ciphertext> = BTreeMap::new();
        for (result, at, prepared) in &layer.blocks {
            let argument = match shifted.entry((*at, prepared.shift())) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(prepared.argument(e, &ready[*at])?),
            };
            let product = prepared.product(e, argument)?;
            let key = (*result, prepared.shift().is_some());
            let sum = match sums.remove(&key) {
                Some(sum) => e.add(&sum, &product)?,
                None => product,
            };
            sums.insert(key, sum);
        }
        let mut results: Vec<Option<E::Ciphertext>> = vec![None; layer.bias.len()];
        for ((result, paired), sum) in sums {
            let y = real::finished(e, &sum, paired)?;
            results[result] = Some(match results[result].take() {
                Some(other) => e.add(&other, &y)?,
                None => y,
            });
        }
        let finished = results
            .into_iter()
            .flatten()
            .zip(&layer.bias)
            .map(|(mut y, bias)| {
                for k in &layer.folds {
                    y = e.add(&y, &e.rotate(&y, *k)?)?;
                }
                y = e.with_slots(&y, layer.period)?;
                match bias {
                    Some(bias) => e.add_plain(&y, bias),
                    None => Ok(y),
                }
            });
        finished.collect()
    }
}
