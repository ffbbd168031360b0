//! Buffers of one micro-batch, used again when their numbers are no longer needed.

use super::Real;

/// What a thread needs to run a micro-batch.
#[derive(Debug, Default)]
pub(super) struct Arena<T> {
    /// Results of the nodes that are still needed.
    pub(super) values: Vec<Option<Vec<T>>>,
    /// Scratch of operations.
    pub(super) scratch: Vec<T>,
    free: Vec<Vec<T>>,
}

impl<T: Real> Arena<T> {
    /// For a network of that many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            values: (0..nodes).map(|_| None).collect(),
            scratch: vec![],
            free: vec![],
        }
    }

    /// A buffer of at least that length: the smallest free one that is large enough, or else the largest made longer.
    pub(super) fn take(&mut self, length: usize) -> Vec<T> {
        let fits = |buffer: &Vec<T>| match buffer.len() >= length {
            true => (0, buffer.len()),
            false => (1, usize::MAX - buffer.len()),
        };
        let best = (0..self.free.len()).min_by_key(|&k| fits(&self.free[k]));
        let mut buffer = best.map_or_else(Vec::new, |k| self.free.swap_remove(k));
        if buffer.len() < length {
            buffer.resize(length, T::zero());
        }
        buffer
    }

    /// A node's result is no longer needed.
    pub(super) fn free(&mut self, node: usize) {
        self.free.extend(self.values[node].take());
    }
}
