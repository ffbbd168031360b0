//! A network made ready, and its run on images.

use super::{
    InferenceError, Real,
    arena::Arena,
    clamp::Clamp,
    observer::{Images, Nobody, Observer},
    operation::{Argument, Call, Excessive, Operation},
    step::{Kind, Step, steps},
};
use crate::nn::{Graph, NodeId};
use pulp::Arch;
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Bytes that the buffers of a micro-batch should have together, so that they stay in a core's cache.
const CACHED: usize = 1 << 19;

/// Images of a micro-batch at most.
const MOST: usize = 64;

/// Observers of a run at most. Their number must not depend on the machine.
const OBSERVERS: usize = 64;

/// Numbers outside the range \[−B, B\] of a polynomial: at an activation inputs, at a max-pool differences of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Excess {
    /// Index of the image.
    pub image: usize,
    /// The activation or pool.
    pub node: NodeId,
    /// How many numbers of this image.
    pub count: usize,
    /// The largest absolute value; not a number, if one of them is none.
    pub largest: f64,
    /// B.
    pub range: f64,
}

/// Results for some images.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome<T> {
    /// The output's numbers, image after image.
    pub logits: Vec<T>,
    /// Where a polynomial was used outside its range, by image and node. Results of such images mean little.
    pub excesses: Vec<Excess>,
}

/// A network whose weights are ready for many images.
///
/// ```
/// use equiripple::nn::{Activation, Builder, Op, inference::Network};
/// let mut net = Builder::new("tiny", [1, 1, 2]);
/// let relu = net.push("relu", Op::Activation(Activation::Relu), &[net.input()])?;
/// let mean = net.push("mean", Op::GlobalAveragePool, &[relu])?;
/// let network = Network::<f32>::new(&net.build(mean)?)?;
/// assert_eq!(network.run(&[-1.0, 3.0, 2.0, 4.0])?.logits, [1.5, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Network<T> {
    steps: Vec<Option<Step<T>>>,
    arch: Arch,
    input: usize,
    output: NodeId,
    outputs: usize,
    /// Images of a micro-batch.
    batch: usize,
    arenas: Mutex<Vec<Arena<T>>>,
}

impl<T: Real> Network<T> {
    /// Makes a network ready: the polynomials become programs, the weights are converted and packed.
    ///
    /// # Errors
    /// When a polynomial's table makes no circuit, or an array does not fit in memory.
    pub fn new(graph: &Graph) -> Result<Self, InferenceError> {
        Self::on(Arch::new(), graph)
    }

    /// With the instructions of this kind of processor.
    fn on(arch: Arch, graph: &Graph) -> Result<Self, InferenceError> {
        let steps = steps(graph, arch)?;
        let elements = |id: NodeId| graph.node(id).shape().elements().unwrap_or(0);
        let bytes = peak(&steps) * size_of::<T>();
        Ok(Self {
            arch,
            input: elements(graph.input()),
            output: graph.output(),
            outputs: elements(graph.output()),
            batch: (CACHED / bytes.max(1)).clamp(1, MOST),
            steps,
            arenas: Mutex::default(),
        })
    }

    /// Numbers of an image.
    pub fn input_elements(&self) -> usize {
        self.input
    }

    /// Numbers of the result for an image.
    pub fn output_elements(&self) -> usize {
        self.outputs
    }

    /// The results for images that lie one after another, each in the order of the input's shape.
    ///
    /// # Errors
    /// When the numbers are no whole images.
    pub fn run(&self, images: &[T]) -> Result<Outcome<T>, InferenceError> {
        let count = self.count(images)?;
        let threads = rayon::current_num_threads();
        let batch = self.batch.min(count.div_ceil(threads)).max(1);
        let mut logits = vec![T::zero(); count * self.outputs];
        let outs = logits.par_chunks_mut(batch * self.outputs);
        let excesses: Vec<Vec<Excess>> = images
            .par_chunks(batch * self.input)
            .zip(outs)
            .enumerate()
            .map(|(k, (images, out))| {
                let mut arena = self.arena();
                let mut excesses = vec![];
                self.batch::<Nobody>((images, k * batch), &mut arena, None, (out, &mut excesses));
                self.give_back(arena);
                excesses
            })
            .collect();
        Ok(outcome(logits, excesses))
    }

    /// The same, seen and perhaps changed by observers that `make` makes; they are merged in the order of the images,
    /// which are numbered from `first` on.
    ///
    /// # Errors
    /// When the numbers are no whole images.
    pub fn observe<O: Observer<T>>(
        &self,
        images: &[T],
        first: usize,
        make: impl Fn() -> O + Sync,
    ) -> Result<(Outcome<T>, O), InferenceError> {
        let count = self.count(images)?;
        let share = count.div_ceil(OBSERVERS).max(1);
        let share = share.next_multiple_of(self.batch);
        let mut logits = vec![T::zero(); count * self.outputs];
        let outs = logits.par_chunks_mut(share * self.outputs);
        let shares: Vec<(Vec<Excess>, O)> = images
            .par_chunks(share * self.input)
            .zip(outs)
            .enumerate()
            .map(|(k, (images, out))| {
                let (mut arena, mut excesses, mut observer) = (self.arena(), vec![], make());
                let batches = images.chunks(self.batch * self.input);
                let outs = out.chunks_mut(self.batch * self.outputs);
                for (b, (images, out)) in batches.zip(outs).enumerate() {
                    let first = first + k * share + b * self.batch;
                    let result = (out, &mut excesses);
                    self.batch((images, first), &mut arena, Some(&mut observer), result);
                }
                self.give_back(arena);
                (excesses, observer)
            })
            .collect();
        let (excesses, observers): (Vec<_>, Vec<_>) = shares.into_iter().unzip();
        let merged = observers.into_iter().reduce(|mut all, later| {
            all.merge(later);
            all
        });
        Ok((outcome(logits, excesses), merged.unwrap_or_else(make)))
    }

    fn count(&self, images: &[T]) -> Result<usize, InferenceError> {
        match images.len().is_multiple_of(self.input) {
            true => Ok(images.len() / self.input),
            false => Err(InferenceError::Images {
                found: images.len(),
                image: self.input,
            }),
        }
    }

    fn arena(&self) -> Arena<T> {
        let mut arenas = self.arenas.lock().unwrap_or_else(PoisonError::into_inner);
        arenas.pop().unwrap_or_else(|| Arena::new(self.steps.len()))
    }

    fn give_back(&self, arena: Arena<T>) {
        let mut arenas = self.arenas.lock().unwrap_or_else(PoisonError::into_inner);
        arenas.push(arena);
    }

    /// All steps on the images of a micro-batch, the first of which has the given index.
    fn batch<O: Observer<T>>(
        &self,
        (images, first): (&[T], usize),
        arena: &mut Arena<T>,
        mut observer: Option<&mut O>,
        (logits, excesses): (&mut [T], &mut Vec<Excess>),
    ) {
        let count = images.len() / self.input;
        for (at, step) in self.steps.iter().enumerate() {
            let Some(step) = step else { continue };
            if matches!(step.kind, Kind::Constant(_)) {
                continue;
            }
            let length = count * step.elements;
            let mut result = match &step.kind {
                Kind::InPlace(_) if step.takes => {
                    arena.values[step.inputs[0]].take().unwrap_or_default()
                }
                _ => arena.take(length),
            };
            let mut scratch = std::mem::take(&mut arena.scratch);
            let mut found: Vec<(usize, Excessive)> = vec![];
            let out = &mut result[..length];
            let observed = observer.is_some();
            let mut apply =
                |operation: &dyn Operation<T>, arguments: &[Argument<'_, T>], out: &mut [T]| {
                    let call = Call {
                        arch: self.arch,
                        images: count,
                        arguments,
                        clamp: step.clamp(observed),
                        scratch: &mut scratch,
                        excesses: &mut found,
                    };
                    operation.apply(call, out);
                };
            match &step.kind {
                Kind::Images => out.copy_from_slice(images),
                Kind::Constant(_) => {}
                Kind::Apart(operation) => {
                    if let (true, Some(observer)) = (step.shows, observer.as_deref_mut()) {
                        let input = step.inputs[0];
                        if let Some(values) = arena.values[input].as_mut() {
                            let elements = self.elements(input);
                            let values = &mut values[..count * elements];
                            observer.argument(step.node, &shown(first, elements, values));
                        }
                    }
                    let argument = |&input: &usize| self.argument(input, &arena.values);
                    let arguments: Vec<Argument<'_, T>> =
                        step.inputs.iter().map(argument).collect();
                    apply(&**operation, &arguments, out);
                }
                Kind::InPlace(operation) => {
                    let argument = |&input: &usize| self.argument(input, &arena.values);
                    if !step.takes {
                        let from = argument(&step.inputs[0]);
                        for (n, out) in out.chunks_exact_mut(step.elements).enumerate() {
                            out.copy_from_slice(from.image(n));
                        }
                    }
                    if let (true, Some(observer)) = (step.shows, observer.as_deref_mut()) {
                        observer.argument(step.node, &shown(first, step.elements, out));
                    }
                    let arguments: Vec<Argument<'_, T>> =
                        step.inputs[1..].iter().map(argument).collect();
                    if observed || !step.absorbed {
                        apply(&**operation, &arguments, out);
                    }
                }
            }
            arena.scratch = scratch;
            excesses.extend(found.iter().map(|&(n, excess)| Excess {
                image: first + n,
                node: step.node,
                count: excess.count,
                largest: excess.largest,
                range: step.range,
            }));
            if let Some(observer) = observer.as_deref_mut() {
                observer.result(step.node, &mut shown(first, step.elements, out));
            }
            arena.values[at] = Some(result);
            for &node in &step.frees {
                arena.free(node);
            }
        }
        let output = self.output.index();
        let result = self.argument(output, &arena.values);
        for (n, logits) in logits.chunks_exact_mut(self.outputs).enumerate() {
            logits.copy_from_slice(result.image(n));
        }
        arena.free(output);
    }

    /// Numbers of a node's result for an image.
    fn elements(&self, node: usize) -> usize {
        self.steps[node].as_ref().map_or(0, |step| step.elements)
    }

    /// The result of a node as an input of another.
    fn argument<'a>(&'a self, node: usize, values: &'a [Option<Vec<T>>]) -> Argument<'a, T> {
        let elements = self.elements(node);
        match self.steps[node].as_ref().map(|step| &step.kind) {
            Some(Kind::Constant(values)) => Argument {
                values,
                elements,
                stride: 0,
            },
            _ => Argument {
                values: values[node].as_deref().unwrap_or_default(),
                elements,
                stride: elements,
            },
        }
    }
}

impl<T: Real> Step<T> {
    /// What it clamps to. An observer wants the result before the activation, too.
    fn clamp(&self, observed: bool) -> Clamp<T> {
        match self.clamp {
            Some(clamp) if !observed => clamp,
            _ => Clamp::none(),
        }
    }
}

fn shown<T>(first: usize, elements: usize, values: &mut [T]) -> Images<'_, T> {
    Images {
        first,
        elements,
        values,
    }
}

fn outcome<T>(logits: Vec<T>, excesses: Vec<Vec<Excess>>) -> Outcome<T> {
    let mut excesses = excesses.concat();
    excesses.sort_by_key(|excess| (excess.image, excess.node));
    Outcome { logits, excesses }
}

/// Numbers of an image that are held at once, at most.
fn peak<T>(steps: &[Option<Step<T>>]) -> usize {
    let elements = |node: usize| steps[node].as_ref().map_or(0, |step| step.elements);
    let (mut held, mut peak) = (0, 0);
    for step in steps.iter().flatten() {
        if matches!(step.kind, Kind::Constant(_)) {
            continue;
        }
        held += match &step.kind {
            Kind::InPlace(_) if step.takes => 0,
            _ => step.elements,
        };
        peak = peak.max(held);
        let freed = step.frees.iter().filter(|&&node| {
            let constant = |step: &Step<T>| matches!(step.kind, Kind::Constant(_));
            let moved =
                matches!(step.kind, Kind::InPlace(_)) && step.takes && step.inputs[0] == node;
            !moved && !steps[node].as_ref().is_some_and(constant)
        });
        held -= freed.map(|&node| elements(node)).sum::<usize>();
    }
    peak
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests;
