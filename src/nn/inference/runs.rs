//! Arrays whose elements are those of others in another order: slices, padding, transposition, concatenation; and the
//! repetition of axes.

use super::{
    Real,
    operation::{Call, Operation},
};
use crate::nn::Shape;

/// Elements `start`, `start + step`, … of an input, or a constant where there is no input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) input: Option<usize>,
    pub(super) start: usize,
    pub(super) step: usize,
    pub(super) length: usize,
}

/// Where an element comes from: the input and the place in it, or nothing for the constant.
pub(super) type Source = Option<(usize, usize)>;

/// The longest runs that the elements make, in their order.
pub(super) fn runs(sources: impl Iterator<Item = Source>) -> Vec<Run> {
    let mut runs: Vec<Run> = vec![];
    for source in sources {
        let input = source.map(|(input, _)| input);
        let at = source.map_or(0, |(_, at)| at);
        if let Some(last) = runs.last_mut().filter(|last| last.input == input) {
            let step = match last.length {
                1 => at.checked_sub(last.start),
                _ => Some(last.step),
            };
            if let Some(step) = step.filter(|step| last.start + step * last.length == at) {
                last.step = step;
                last.length += 1;
                continue;
            }
        }
        runs.push(Run {
            input,
            start: at,
            step: 0,
            length: 1,
        });
    }
    runs
}

/// The index on each axis of every element of a shape, in order.
pub(super) fn indices(shape: &Shape) -> impl Iterator<Item = Vec<usize>> + use<> {
    let axes = shape.axes().to_vec();
    let count = shape.elements().unwrap_or(0);
    let mut index = vec![0; axes.len()];
    (0..count).map(move |_| {
        let current = index.clone();
        for (at, &length) in index.iter_mut().zip(&axes).rev() {
            *at += 1;
            if *at < length {
                break;
            }
            *at = 0;
        }
        current
    })
}

/// Place of an element, the last axis fastest.
pub(super) fn place(shape: &Shape, index: &[usize]) -> usize {
    let pairs = shape.axes().iter().zip(index);
    pairs.fold(0, |at, (&length, &k)| at * length + k)
}

/// The same place where axes of length 1 are repeated and the first axes may lack.
pub(super) fn repeated(shape: &Shape, index: &[usize]) -> usize {
    let lacking = index.len() - shape.axes().len();
    let pairs = shape.axes().iter().zip(&index[lacking..]);
    pairs.fold(0, |at, (&n, &k)| at * n + if n == 1 { 0 } else { k })
}

/// Copies runs of the inputs.
pub(super) struct Rearrange<T> {
    pub(super) runs: Vec<Run>,
    /// The constant.
    pub(super) value: T,
    /// Elements of the result.
    pub(super) elements: usize,
}

impl<T: Real> Operation<T> for Rearrange<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        for (n, mut out) in out.chunks_exact_mut(self.elements).enumerate() {
            for run in &self.runs {
                let Some((to, rest)) = out.split_at_mut_checked(run.length) else {
                    break;
                };
                match run.input {
                    None => to.fill(self.value),
                    Some(input) => {
                        let from = &call.arguments[input].image(n)[run.start..];
                        match run.step {
                            0 => to.fill(from[0]),
                            1 => to.copy_from_slice(&from[..run.length]),
                            step => {
                                for (to, from) in to.iter_mut().zip(from.iter().step_by(step)) {
                                    *to = *from;
                                }
                            }
                        }
                    }
                }
                out = rest;
            }
        }
    }
}
