//! How the arguments of activations are distributed over their ranges.

use crate::nn::{
    NodeId,
    inference::{Images, Observer},
};
use std::{collections::BTreeMap, sync::Arc};

/// Cells of \[0, 1\].
const CELLS: usize = 2048;

/// Counts of |x|/B of every activation, in equal cells; what is beyond B counts in the last one.
///
/// Their sign is left out: the error of x/2 + x·P(x) + c with odd P is even.
///
/// ```
/// use equiripple::nn::{arch::Architecture, design::Arguments, inference::Network};
/// let net = "resnet20".parse::<Architecture>()?.random(1)?;
/// let ranges = net.iter().filter(|(_, node)| node.op().name() == "ReLU").map(|(id, _)| (id, 4.0)).collect();
/// let (_, seen) = Network::<f32>::new(&net)?.observe(&vec![0.5; 3 * 32 * 32], 0, Arguments::over(ranges))?;
/// let relu = net.iter().find(|(_, node)| node.op().name() == "ReLU").map(|(id, _)| id);
/// let total: f64 = relu.map_or(0.0, |id| seen.points(id, 0.0).iter().map(|point| point.1).sum());
/// assert!((total - 1.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Arguments {
    ranges: Arc<BTreeMap<NodeId, f64>>,
    counts: BTreeMap<NodeId, Vec<u64>>,
}

impl Arguments {
    /// Makes observers of these activations, each with its B.
    pub fn over(ranges: BTreeMap<NodeId, f64>) -> impl Fn() -> Self + Sync {
        let ranges = Arc::new(ranges);
        move || Self {
            ranges: Arc::clone(&ranges),
            counts: BTreeMap::new(),
        }
    }

    /// The distribution of a node's |x|/B as points with weights that sum to 1: what was seen, and a share `floor` spread
    /// evenly over the range, so that a polynomial that is fitted to them stays near where hardly anything was.
    #[must_use]
    pub fn points(&self, node: NodeId, floor: f64) -> Vec<(f64, f64)> {
        let none = vec![];
        let counts = self.counts.get(&node).unwrap_or(&none);
        let total = counts.iter().sum::<u64>().max(1) as f64;
        let even = floor / CELLS as f64;
        let points = counts.iter().enumerate().map(|(k, count)| {
            let x = (k as f64 + 0.5) / CELLS as f64;
            (x, (1.0 - floor) * *count as f64 / total + even)
        });
        points.filter(|point| point.1 > 0.0).collect()
    }
}

impl Observer<f32> for Arguments {
    fn argument(&mut self, node: NodeId, images: &Images<'_, f32>) {
        let Some(range) = self.ranges.get(&node) else {
            return;
        };
        let scale = CELLS as f64 / range;
        let counts = self.counts.entry(node).or_insert_with(|| vec![0; CELLS]);
        for x in images.values() {
            let cell = (f64::from(x.abs()) * scale) as usize;
            counts[cell.min(CELLS - 1)] += 1;
        }
    }

    fn merge(&mut self, later: Self) {
        for (node, seen) in later.counts {
            let counts = self.counts.entry(node).or_insert_with(|| vec![0; CELLS]);
            for (count, more) in counts.iter_mut().zip(seen) {
                *count += more;
            }
        }
    }
}
