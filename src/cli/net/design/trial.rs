//! What candidates take from a network's quality, on few images.

use super::layers::{Layer, replaced};
use crate::{
    cli::{error::Outcome, net::images::batches, progress::Bar},
    nn::{
        Graph,
        data::Dataset,
        design::{Means, divergence},
        inference::Network,
    },
};

/// Images in memory, and what the plain network says of them.
pub(super) struct Trial<'a> {
    pub(super) plain: &'a Graph,
    means: Means,
    images: Vec<f32>,
    logits: Vec<f32>,
    classes: usize,
}

impl<'a> Trial<'a> {
    pub(super) fn new(plain: &'a Graph, data: &Dataset) -> Outcome<Self> {
        let mut images = vec![];
        for batch in batches(plain, data) {
            images.extend(batch?.1.images);
        }
        let network = Network::<f32>::new(plain)?;
        Ok(Self {
            logits: network.run(&images)?.logits,
            means: Means::of(plain, &images)?,
            classes: network.output_elements(),
            plain,
            images,
        })
    }

    /// The network with these candidates, its biases moved so that the means of channels are those of the plain one.
    pub(super) fn network(&self, layers: &[Layer], chosen: &[Option<usize>]) -> Outcome<Graph> {
        let network = replaced(self.plain, layers, chosen)?;
        Ok(self.means.centred(&network, &self.images)?)
    }

    /// The divergence of a network.
    fn loss(&self, network: &Graph) -> Outcome<f64> {
        let logits = Network::<f32>::new(network)?.run(&self.images)?.logits;
        Ok(divergence(&self.logits, &logits, self.classes))
    }

    /// Sets the loss of every candidate: how much more the network diverges with it in place than with the one that
    /// `around` has there, at least by what the best one of the layer does. Where `around` has none the ReLU is there.
    /// `base` is the network whose biases are taken; what stands for its activations does not matter.
    pub(super) fn judge(
        &self,
        base: &Graph,
        layers: &mut [Layer],
        around: &[Option<usize>],
    ) -> Outcome<()> {
        let count: usize = layers.iter().map(|layer| layer.candidates.len()).sum();
        let bar = Bar::new(count as u64, "trials");
        for at in 0..layers.len() {
            let mut losses = vec![];
            for candidate in 0..layers[at].candidates.len() {
                let mut chosen = around.to_vec();
                chosen[at] = Some(candidate);
                losses.push(self.loss(&replaced(base, layers, &chosen)?)?);
                bar.advance(1);
            }
            let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
            for (candidate, loss) in layers[at].candidates.iter_mut().zip(losses) {
                // What diverges without bound is beyond any price.
                let loss = if loss.is_finite() { loss } else { 1e6 };
                candidate.loss = loss - least.min(loss);
            }
        }
        Ok(())
    }
}
