//! Looking at the numbers of every node while a network runs, and changing them.

use crate::nn::NodeId;
use std::ops::Range;

/// Sees results as they are made. Whoever measures ranges or histograms, or adds the noise of a ciphertext, is one.
///
/// Images are divided among observers in a way that depends on their number alone, and each observer sees its images in
/// rising order, every image node by node in the graph's order. So what they gather and add is the same on any number of
/// threads.
pub trait Observer<T>: Send + Sized {
    /// The result of a node, before another takes it; `values` may be changed. Constants are not shown.
    fn result(&mut self, node: NodeId, images: &mut Images<'_, T>) {
        let _ = (node, images);
    }

    /// What an activation or a max-pool is about to take; the node is the activation or pool.
    fn argument(&mut self, node: NodeId, images: &Images<'_, T>) {
        let _ = (node, images);
    }

    /// Takes in what another saw on the images after its own.
    fn merge(&mut self, later: Self);
}

/// Numbers of one node for some images in sequence.
#[derive(Debug)]
pub struct Images<'a, T> {
    pub(super) first: usize,
    pub(super) elements: usize,
    pub(super) values: &'a mut [T],
}

impl<T> Images<'_, T> {
    /// Which images they are, as numbered by the caller of the network.
    pub fn range(&self) -> Range<usize> {
        self.first..self.first + self.values.len() / self.elements.max(1)
    }

    /// All numbers, image after image, each in the order of the node's shape.
    pub fn values(&self) -> &[T] {
        self.values
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> &mut [T] {
        self.values
    }

    /// Index and numbers of each image.
    pub fn each(&self) -> impl Iterator<Item = (usize, &[T])> {
        (self.first..).zip(self.values.chunks_exact(self.elements.max(1)))
    }

    /// Index and numbers of each image, to be changed.
    pub fn each_mut(&mut self) -> impl Iterator<Item = (usize, &mut [T])> {
        (self.first..).zip(self.values.chunks_exact_mut(self.elements.max(1)))
    }
}

/// Looks at nothing; a network that nobody observes makes some steps at once.
pub(super) struct Nobody;

impl<T> Observer<T> for Nobody {
    fn merge(&mut self, _: Self) {}
}
