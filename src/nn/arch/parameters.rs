//! Where the weights of an architecture come from: a file, or a seed.

use super::error::Misfit;
use crate::nn::{GraphError, Shape, Tensor, Weights, WeightsError};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::HashSet;

/// What an array is for, and so which random numbers suit it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    /// Of a convolution or a linear layer with so many inputs to each output.
    Weight { fan_in: usize },
    /// About zero: a bias, a mean.
    Shift,
    /// About a positive number: a factor, a variance.
    Factor(f32),
}

/// Gives weights by name.
pub(super) trait Parameters {
    /// The array of that name and shape.
    fn tensor(&mut self, name: &str, shape: Shape, role: Role) -> Result<Tensor, GraphError>;

    /// Whether there is an array of that name that an architecture can do without.
    fn has(&self, name: &str) -> bool;

    /// Length of the first axis of an array whose others are `rest`, or `otherwise`.
    fn outputs(&self, name: &str, rest: &[usize], otherwise: usize) -> usize;
}

/// Weights of a file. What does not fit is noted, and zeros stand in for it, so that all of it can be told at once.
pub(super) struct Given<'a> {
    weights: &'a Weights,
    /// What all names begin with.
    prefix: &'static str,
    taken: HashSet<String>,
    misfits: Vec<Misfit>,
}

/// Names of what serves training alone.
const TRAINING: [&str; 4] = ["aux1.", "aux2.", "AuxLogits.", "aux_logits."];

impl<'a> Given<'a> {
    pub(super) fn new(weights: &'a Weights) -> Self {
        /// Of a network that was trained on several devices.
        const PARALLEL: &str = "module.";
        let parallel = weights.names().iter().all(|n| n.starts_with(PARALLEL));
        Self {
            weights,
            prefix: if parallel { PARALLEL } else { "" },
            taken: HashSet::new(),
            misfits: vec![],
        }
    }

    /// All that does not fit, what is left over last.
    pub(super) fn misfits(self) -> Vec<Misfit> {
        let mut misfits = self.misfits;
        for tensor in self.weights.names() {
            let own = &tensor[self.prefix.len()..];
            let training = TRAINING.iter().any(|head| own.starts_with(head))
                || own.ends_with("num_batches_tracked");
            if let Some(found) = self.weights.shape(&tensor)
                && !self.taken.contains(&tensor)
                && !training
            {
                misfits.push(Misfit::LeftOver { tensor, found });
            }
        }
        misfits
    }
}

impl Parameters for Given<'_> {
    fn tensor(&mut self, name: &str, shape: Shape, _: Role) -> Result<Tensor, GraphError> {
        let name = format!("{}{name}", self.prefix);
        let found = self.weights.tensor_of(&name, shape.clone());
        self.taken.insert(name);
        let misfit = match found {
            Ok(tensor) => return Ok(tensor),
            Err(WeightsError::Missing { tensor, .. }) => Misfit::Missing {
                tensor,
                expected: shape.clone(),
            },
            Err(reason) => Misfit::Refused(reason),
        };
        self.misfits.push(misfit);
        let zeros = vec![0.0; shape.elements().unwrap_or(0)];
        Tensor::new(shape, zeros)
    }

    fn has(&self, name: &str) -> bool {
        self.weights
            .shape(&format!("{}{name}", self.prefix))
            .is_some()
    }

    fn outputs(&self, name: &str, rest: &[usize], otherwise: usize) -> usize {
        let shape = self.weights.shape(&format!("{}{name}", self.prefix));
        match shape.as_ref().and_then(|s| s.axes().split_first()) {
            Some((&first, others)) if others == rest => first,
            _ => otherwise,
        }
    }
}

/// Random weights, the same for the same seed everywhere.
pub(super) struct Random(ChaCha20Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha20Rng::from_seed(key))
    }
}

impl Parameters for Random {
    fn tensor(&mut self, _: &str, shape: Shape, role: Role) -> Result<Tensor, GraphError> {
        /// Shifts and factors are this far from what they are about.
        const SPREAD: f32 = 0.1;
        let (middle, reach) = match role {
            // A uniform number of [−b, b] has the variance b²/3.
            Role::Weight { fan_in } => (0.0, (6.0 / fan_in as f32).sqrt()),
            Role::Shift => (0.0, SPREAD),
            Role::Factor(about) => (about, SPREAD * about),
        };
        let count = shape.elements().unwrap_or(0);
        let values = (0..count).map(|_| {
            // 24 bits of a word make a uniform number of [0, 1) without rounding.
            let unit = (self.0.next_u32() >> 8) as f32 * 2f32.powi(-24);
            middle + reach * (2.0 * unit - 1.0)
        });
        Tensor::new(shape, values.collect::<Vec<_>>())
    }

    fn has(&self, _: &str) -> bool {
        false
    }

    fn outputs(&self, _: &str, _: &[usize], otherwise: usize) -> usize {
        otherwise
    }
}
