//! What each channel of a ReLU is given.

use crate::nn::{
    Activation, Graph, NodeId, Op,
    inference::{Images, InferenceError, Network, Observer},
};
use std::{collections::BTreeMap, sync::Arc};

/// The largest magnitude of each channel of what ReLUs are given.
#[derive(Debug, Clone)]
pub struct ChannelMagnitudes {
    /// Channels of every ReLU.
    channels: Arc<BTreeMap<NodeId, usize>>,
    largest: BTreeMap<NodeId, Vec<f64>>,
}

impl ChannelMagnitudes {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(graph: &Graph) -> Self {
        let relus = graph.iter().filter(|(_, node)| {
            matches!(
                node.op(),
                Op::Activation(Activation::Relu | Activation::LeakyRelu { .. })
            )
        });
        let channels =
            relus.map(|(id, node)| (id, node.shape().axes().first().copied().unwrap_or(1)));
        Self {
            channels: Arc::new(channels.collect()),
            largest: BTreeMap::new(),
        }
    }

    /// Those of images, which lie one after another.
    ///
    /// # Errors
    /// When the numbers are no whole images, or a polynomial makes no circuit.
    pub fn of(graph: &Graph, images: &[f32]) -> Result<Self, InferenceError> {
        let mut all = Self::new(graph);
        all.add(&Network::new(graph)?, images)?;
        Ok(all)
    }

    /// Takes in more images.
    ///
    /// # Errors
    /// When the numbers are no whole images.
    pub fn add(&mut self, network: &Network<f32>, images: &[f32]) -> Result<(), InferenceError> {
        let (_, seen) = network.observe(images, 0, || Self {
            channels: Arc::clone(&self.channels),
            largest: BTreeMap::new(),
        })?;
        self.merge(seen);
        Ok(())
    }

    /// By the ReLU's node.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &[f64])> {
        self.largest.iter().map(|(id, largest)| (*id, &largest[..]))
    }
}

impl Observer<f32> for ChannelMagnitudes {
    fn argument(&mut self, node: NodeId, images: &Images<'_, f32>) {
        let Some(&channels) = self.channels.get(&node) else {
            return;
        };
        let largest = self
            .largest
            .entry(node)
            .or_insert_with(|| vec![0.0; channels]);
        for (_, values) in images.each() {
            let pixels = (values.len() / channels.max(1)).max(1);
            for (own, channel) in largest.iter_mut().zip(values.chunks_exact(pixels)) {
                *own = channel
                    .iter()
                    .fold(*own, |most, x| most.max(f64::from(x.abs())));
            }
        }
    }

    fn merge(&mut self, later: Self) {
        for (node, more) in later.largest {
            match self.largest.get_mut(&node) {
                Some(own) => own
                    .iter_mut()
                    .zip(more)
                    .for_each(|(own, more)| *own = own.max(more)),
                None => drop(self.largest.insert(node, more)),
            }
        }
    }
}
