//! What activations and pools are given: extremes, moments and percentiles over a data set.

mod channels;
mod histogram;

pub use channels::ChannelMagnitudes;

use super::{
    Graph, NodeId, Op,
    inference::{Images, InferenceError, Network, Observer},
};
use histogram::Magnitudes;
use std::collections::BTreeMap;

/// The arguments of one activation or pool over many images.
#[derive(Debug, Clone, Default)]
pub struct Range {
    count: u64,
    least: f64,
    largest: f64,
    sum: f64,
    squares: f64,
    magnitudes: Magnitudes,
    /// Index of the image with the largest magnitude.
    image: usize,
}

impl Range {
    fn add(&mut self, image: usize, values: &[f32]) {
        for &x in values {
            let x = f64::from(x);
            if self.count == 0 || x.abs() > self.magnitude() {
                self.image = image;
            }
            // The first one sets both.
            self.least = if self.count == 0 {
                x
            } else {
                self.least.min(x)
            };
            self.largest = if self.count == 0 {
                x
            } else {
                self.largest.max(x)
            };
            self.count += 1;
            self.sum += x;
            self.squares += x * x;
            self.magnitudes.add(x.abs());
        }
    }

    fn merge(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = later.clone();
            return;
        }
        if later.magnitude() > self.magnitude() {
            self.image = later.image;
        }
        self.least = self.least.min(later.least);
        self.largest = self.largest.max(later.largest);
        self.count += later.count;
        self.sum += later.sum;
        self.squares += later.squares;
        self.magnitudes.merge(&later.magnitudes);
    }

    /// Numbers seen.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The least of them.
    #[must_use]
    pub const fn least(&self) -> f64 {
        self.least
    }

    /// The largest of them.
    #[must_use]
    pub const fn largest(&self) -> f64 {
        self.largest
    }

    /// The largest absolute value.
    #[must_use]
    pub const fn magnitude(&self) -> f64 {
        self.least.abs().max(self.largest.abs())
    }

    /// The first image that has it.
    #[must_use]
    pub const fn image(&self) -> usize {
        self.image
    }

    /// Their mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    /// The root of their variance.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let square = self.squares / self.count.max(1) as f64 - mean * mean;
        square.max(0.0).sqrt()
    }

    /// A bound that this share of the absolute values keep to; at most 2.2 % above the least such bound.
    #[must_use]
    pub fn percentile(&self, share: f64) -> f64 {
        self.magnitudes.quantile(share).min(self.magnitude())
    }

    /// Absolute values by size: upper end of each bin that holds some, and how many.
    pub fn histogram(&self) -> impl Iterator<Item = (f64, u64)> {
        self.magnitudes.bins()
    }
}

/// The arguments of every activation and max-pool of a network.
///
/// ```
/// use equiripple::nn::{arch::Architecture, inference::Network, ranges::Ranges};
/// let net = "resnet20".parse::<Architecture>()?.random(1)?;
/// let mut ranges = Ranges::default();
/// ranges.add(&Network::new(&net)?, &vec![0.5; 3 * 32 * 32], 0)?;
/// assert_eq!(ranges.iter().count(), 19);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Ranges(BTreeMap<NodeId, Range>);

impl Ranges {
    /// Takes in images, which lie one after another and are numbered from `first` on.
    ///
    /// # Errors
    /// When the numbers are no whole images.
    pub fn add(
        &mut self,
        network: &Network<f32>,
        images: &[f32],
        first: usize,
    ) -> Result<(), InferenceError> {
        let (_, seen) = network.observe(images, first, Self::default)?;
        self.merge(seen);
        Ok(())
    }

    /// Of one node.
    #[must_use]
    pub fn get(&self, node: NodeId) -> Option<&Range> {
        self.0.get(&node)
    }

    /// Of all nodes, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Range)> {
        self.0.iter().map(|(node, range)| (*node, range))
    }

    /// B of each activation and max-pool of the network: the largest magnitude seen times a margin. A pool compares two
    /// numbers of its range, which is all that matters to it.
    #[must_use]
    pub fn bounds(&self, graph: &Graph, margin: f64) -> BTreeMap<NodeId, f64> {
        let ranged = |(node, range): (NodeId, &Range)| {
            let op = graph.node(node).op();
            let is = matches!(op, Op::Activation(_) | Op::MaxPool { .. });
            // Where all numbers are 0 any range does.
            let bound = match range.magnitude() * margin {
                bound if bound > 0.0 => bound,
                _ => 1.0,
            };
            is.then_some((node, bound))
        };
        self.iter().filter_map(ranged).collect()
    }
}

impl Observer<f32> for Ranges {
    fn argument(&mut self, node: NodeId, images: &Images<'_, f32>) {
        let range = self.0.entry(node).or_default();
        for (image, values) in images.each() {
            range.add(image, values);
        }
    }

    fn merge(&mut self, later: Self) {
        for (node, range) in &later.0 {
            self.0.entry(*node).or_default().merge(range);
        }
    }
}
