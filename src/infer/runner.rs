//! A program on ciphertexts, for every interpreter.

use super::{Bootstraps, InferError, Program, program::is_one};
use crate::{
    circuit::{
        CircuitError, ModRaise, lowered, lowered_times, polynomial,
        real::{self, Prepared},
    },
    nn::{
        NodeId,
        lower::{Matrix, Stage},
        packing::{Place, Tiling},
    },
    quantity::Level,
};
use equiripple_approx::evaltree::Dag;
use num_complex::Complex64;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

/// A linear node with its plaintexts encoded.
pub struct Layer<E: ModRaise> {
    /// By the ciphertexts of the result.
    results: Vec<Row<E>>,
    /// Where it is computed.
    at: Level,
}

/// What makes one ciphertext of a linear node's result.
struct Row<E: ModRaise> {
    blocks: Vec<(Place, Prepared<E::Transform>)>,
    bias: Option<E::Plaintext>,
}

/// Arguments as transforms take them, by part, ciphertext and shift.
type Shifted<E> =
    BTreeMap<(usize, usize, Option<usize>), <E as crate::circuit::Evaluator>::Ciphertext>;

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
        if let Stage::Linear(_) = &self.program.lowered().stages()[id.index()] {
            let at = self.start_of(id)?;
            let results = 0..self.program.lowered().tiling(id).results();
            let results = results.map(|result| self.row(id, result, at, compact));
            let results = results.collect::<Result<_, InferError>>()?;
            self.layers.insert(id.index(), Layer { results, at });
        }
        Ok(())
    }

    /// Drops what was encoded of a layer.
    pub fn forget(&mut self, id: NodeId) {
        self.layers.remove(&id.index());
    }

    /// The layers that are encoded.
    pub fn transforms(&self) -> impl Iterator<Item = &E::Transform> {
        let rows = self.layers.values().flat_map(|layer| &layer.results);
        let blocks = rows.flat_map(|row| &row.blocks);
        blocks.map(|(_, prepared)| prepared.transform())
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

    /// The result of the network, when all nodes are done: the ciphertexts of [`Lowered::results`], one after another, all of
    /// the same level and slots.
    ///
    /// # Errors
    /// When some are not.
    ///
    /// [`Lowered::results`]: crate::nn::lower::Lowered::results
    pub fn result(&self, state: State<E>) -> Result<Results<E>, InferError> {
        let nodes = self.program.lowered().results();
        let missing = CircuitError::Inputs { found: 0, need: 1 };
        let values = nodes.iter().map(|id| state.values[id.index()].clone());
        let values: Option<Vec<Results<E>>> = values.collect();
        let values = values.ok_or(missing)?;
        if let [one] = values.as_slice() {
            return Ok(Arc::clone(one));
        }
        let (level, slots) = (
            level(self.program.result_level())?,
            self.program.lowered().result_slots(),
        );
        let alike = values.iter().flat_map(|value| value.iter()).map(|x| {
            let x = lowered(self.evaluator, x, level)?;
            self.evaluator.with_slots(&x, slots)
        });
        let alike = alike.collect::<Result<_, E::Error>>();
        Ok(Arc::new(alike.map_err(Into::into)?))
    }

    /// The last node that takes each result; none of the network's results, and 0 of what nobody takes.
    fn last_uses(&self) -> Vec<usize> {
        let lowered = self.program.lowered();
        let mut last = vec![0; lowered.stages().len()];
        for (at, stage) in lowered.stages().iter().enumerate() {
            let taken = match stage {
                Stage::Input | Stage::Constant | Stage::View(_) => vec![],
                Stage::Linear(from) => from.clone(),
                Stage::Shift(from) | Stage::Polynomial(from, _) => vec![*from],
                Stage::Sum(terms) => terms.iter().map(|(term, _)| *term).collect(),
            };
            for from in taken {
                last[from.index()] = at;
            }
        }
        for id in lowered.results() {
            last[id.index()] = usize::MAX;
        }
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
            Stage::Linear(from) => {
                let parts = from.iter().map(|from| Ok(value(*from)?.as_slice()));
                let parts = parts.collect::<Result<Vec<_>, CircuitError>>()?;
                return Ok(Some(Arc::new(self.linear(id, &parts)?)));
            }
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

    /// The level where a linear node starts.
    fn start_of(&self, id: NodeId) -> Result<Level, InferError> {
        let start = self.program.place(id).map_or(1, |place| place.level).max(1);
        Ok(level(start)?)
    }

    /// Encodes what makes one ciphertext of a linear node's result.
    fn row(
        &self,
        id: NodeId,
        result: usize,
        at: Level,
        compact: bool,
    ) -> Result<Row<E>, InferError> {
        let Matrix { blocks, bias } = self.program.lowered().matrix(id, result)?;
        let below = level(usize::from(at.get()) - 1)?;
        let scheme = self.evaluator.scheme();
        // Arguments are at the canonical scale of this level, and so are results at theirs.
        let scale = scheme.scale(below).times_modulus(scheme.modulus(at));
        let scale = scale.and_then(|product| product.over(scheme.scale(at)));
        let scale = scale.map_err(CircuitError::from)?;
        let encoded = blocks.iter().map(|block| {
            let transform = &block.transform;
            let prepared = transform.prepare(self.evaluator, at, &scale, compact)?;
            Ok((block.place, prepared))
        });
        let (e, scale) = (self.evaluator, scheme.scale(below));
        let plain = || e.encode(&complex(&bias), below, scale);
        Ok(Row {
            blocks: encoded
                .collect::<Result<_, E::Error>>()
                .map_err(Into::into)?,
            bias: (!bias.is_empty())
                .then(plain)
                .transpose()
                .map_err(Into::into)?,
        })
    }

    /// A linear node. What is not encoded ahead is so for one ciphertext of the result at a time.
    fn linear(
        &self,
        id: NodeId,
        parts: &[&[E::Ciphertext]],
    ) -> Result<Vec<E::Ciphertext>, InferError> {
        let e = self.evaluator;
        let tiling = self.program.lowered().tiling(id);
        let layer = self.layers.get(&id.index());
        let at = match layer {
            Some(layer) => layer.at,
            None => self.start_of(id)?,
        };
        let ready = |x: &E::Ciphertext| {
            let x = lowered(e, x, at)?;
            e.with_slots(&x, tiling.slots())
        };
        let ready = parts.iter().map(|part| part.iter().map(ready).collect());
        let ready: Vec<Vec<_>> = ready.collect::<Result<_, E::Error>>().map_err(Into::into)?;
        let mut shifted = Shifted::<E>::new();
        let mut results = vec![];
        for result in 0..tiling.results() {
            let made;
            let row = match layer {
                Some(layer) => &layer.results[result],
                None => {
                    made = self.row(id, result, at, true)?;
                    &made
                }
            };
            let y = self.row_times(row, &tiling, &ready, &mut shifted);
            results.push(y.map_err(Into::into)?);
        }
        Ok(results)
    }

    /// One ciphertext of a linear node's result.
    fn row_times(
        &self,
        row: &Row<E>,
        tiling: &Tiling,
        arguments: &[Vec<E::Ciphertext>],
        shifted: &mut Shifted<E>,
    ) -> Result<E::Ciphertext, E::Error> {
        let e = self.evaluator;
        // Sums of products by whether their real part is still to be taken.
        let mut sums: BTreeMap<bool, E::Ciphertext> = BTreeMap::new();
        for (Place { part, argument, .. }, prepared) in &row.blocks {
            let x = match shifted.entry((*part, *argument, prepared.shift())) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    new.insert(prepared.argument(e, &arguments[*part][*argument])?)
                }
            };
            let product = prepared.product(e, x)?;
            let paired = prepared.shift().is_some();
            let sum = match sums.remove(&paired) {
                Some(sum) => e.add(&sum, &product)?,
                None => product,
            };
            sums.insert(paired, sum);
        }
        let mut y: Option<E::Ciphertext> = None;
        for (paired, sum) in sums {
            let term = real::finished(e, &sum, paired)?;
            y = Some(match y {
                Some(y) => e.add(&y, &term)?,
                None => term,
            });
        }
        let mut y = y.ok_or(CircuitError::Inputs { found: 0, need: 1 })?;
        for k in tiling.folds() {
            y = e.add(&y, &e.rotate(&y, k)?)?;
        }
        y = e.with_slots(&y, tiling.period())?;
        match &row.bias {
            Some(bias) => e.add_plain(&y, bias),
            None => Ok(y),
        }
    }
}
