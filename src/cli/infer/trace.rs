//! Where a run leaves the network in the clear: errors and ranges of every layer, seen with the secret key.

use std::{
    collections::BTreeMap,
    f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI},
};

use equiripple_reports::table::{Cell, Column, Table};
use serde::{Deserialize, Serialize};

use super::network::Network;
use crate::{
    cli::error::Outcome,
    infer::Program,
    nn::{
        NodeId,
        inference::{self, Images, Observer},
        lower::Lowered,
    },
};

/// Errors below 2^-60 are beyond f64.
const MOST_BITS: f64 = 60.0;

/// What a backend has of a node: one period of the slots of every ciphertext.
pub(super) struct Seen {
    pub(super) slots: Vec<Vec<f64>>,
    /// Where errors are forecast and not drawn: the deviation of every slot, and what hardly any exceeds.
    pub(super) expected: Option<Expected>,
}

impl Seen {
    /// With whatever errors there are.
    pub(super) const fn found(slots: Vec<Vec<f64>>) -> Self {
        Self {
            slots,
            expected: None,
        }
    }
}

/// Errors of slots by the analyzer.
pub(super) struct Expected {
    pub(super) deviations: Vec<Vec<f64>>,
    pub(super) bound: f64,
}

/// A layer of one image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Layer {
    node: String,
    /// −log2 of the largest error over the range.
    error_bits: f64,
    /// The same of the mean error.
    mean_error_bits: f64,
    /// The largest absolute value; not a number, and then null in JSON, where one is none.
    largest: Option<f64>,
    /// B of the activation that takes it; where none does, the largest absolute value in the clear, which is no bound.
    range: f64,
    calibrated: bool,
    exceeded: bool,
}

/// All layers of one image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ImageTrace {
    layers: Vec<Layer>,
    /// The first layer of less than the threshold's bits, or beyond its range.
    first_divergence: Option<String>,
}

impl ImageTrace {
    /// Layers beyond their ranges.
    pub(super) fn exceeded(&self) -> impl Iterator<Item = &str> {
        let exceeded = self.layers.iter().filter(|layer| layer.exceeded);
        exceeded.map(|layer| layer.node.as_str())
    }
}

/// Compares layers with those in the clear, on the same polynomials.
pub(super) struct Tracer<'a> {
    lowered: &'a Lowered<'a>,
    network: inference::Network<f64>,
    /// B of what activations take, by the node that makes it.
    ranges: BTreeMap<NodeId, f64>,
    /// A layer of fewer bits diverges.
    threshold: f64,
}

/// One image.
pub(super) struct Tracing<'a> {
    tracer: &'a Tracer<'a>,
    exact: BTreeMap<NodeId, Vec<f64>>,
    layers: Vec<Layer>,
}

/// The results of all nodes for one image.
#[derive(Default)]
struct Results(BTreeMap<NodeId, Vec<f64>>);

impl Observer<f64> for Results {
    fn result(&mut self, node: NodeId, images: &mut Images<'_, f64>) {
        self.0.insert(node, images.values().to_vec());
    }

    fn merge(&mut self, later: Self) {
        self.0.extend(later.0);
    }
}

impl<'a> Tracer<'a> {
    pub(super) fn new(
        network: &Network,
        program: &'a Program<'a>,
        threshold: f64,
    ) -> Outcome<Self> {
        let mut ranges = BTreeMap::new();
        for (id, range) in network.bounds() {
            let input = network.graph.node(id).inputs().first();
            ranges.extend(input.map(|input| (*input, range)));
        }
        Ok(Self {
            lowered: program.lowered(),
            network: inference::Network::new(&network.graph)?,
            ranges,
            threshold,
        })
    }

    /// Before the first node of an image.
    pub(super) fn image(&'a self, image: &[f64]) -> Outcome<Tracing<'a>> {
        let (_, results) = self.network.observe(image, 0, Results::default)?;
        Ok(Tracing {
            tracer: self,
            exact: results.0,
            layers: vec![],
        })
    }
}

fn bits(error: f64) -> f64 {
    let bits = -error.log2();
    // What is no number has no bits right.
    if bits.is_nan() {
        -MOST_BITS
    } else {
        bits.clamp(-MOST_BITS, MOST_BITS)
    }
}

/// E|e| of a Gaussian error of that mean and deviation: what polynomials of the circuit leave, and noise.
fn folded_mean(mean: f64, deviation: f64) -> f64 {
    if deviation <= 0.0 {
        return mean;
    }
    let ratio = mean / deviation;
    deviation * FRAC_2_PI.sqrt() * (-ratio * ratio / 2.0).exp()
        + mean * libm::erf(ratio * FRAC_1_SQRT_2)
}

impl Tracing<'_> {
    /// A node's result v is held as v/f.
    pub(super) fn node(&mut self, id: NodeId, seen: &Seen) {
        let lowered = self.tracer.lowered;
        let Some(exact) = self.exact.get(&id) else {
            return;
        };
        let (layout, factor) = (lowered.layout(id), lowered.factor(id).abs());
        let signed = lowered.factor(id);
        let period = layout.period(lowered.slots());
        // Fewer slots stand for their periodic continuation.
        let at = |slots: &[Vec<f64>], element: usize| {
            let place = layout.place(element);
            let one = slots.get(place / period).filter(|one| !one.is_empty());
            one.map_or(f64::NAN, |one| one[place % period % one.len()])
        };
        let (mut largest, mut clear, mut most, mut sum) = (0.0f64, 0.0f64, 0.0f64, 0.0);
        let larger = |a: f64, b: f64| {
            if a.is_nan() || b.is_nan() {
                f64::NAN
            } else {
                a.max(b)
            }
        };
        for (element, exact) in exact.iter().enumerate() {
            let found = at(&seen.slots, element) * signed;
            let apart = (found - exact).abs();
            let error = match &seen.expected {
                Some(expected) => folded_mean(apart, at(&expected.deviations, element) * factor),
                None => apart,
            };
            most = larger(most, apart);
            largest = larger(largest, found.abs());
            clear = clear.max(exact.abs());
            sum += error;
        }
        if let Some(expected) = &seen.expected {
            most += expected.bound * factor;
        }
        let calibrated = self.tracer.ranges.get(&id).copied();
        let range = calibrated.unwrap_or(clear).max(f64::MIN_POSITIVE);
        self.layers.push(Layer {
            node: lowered.graph().node(id).name().into(),
            error_bits: bits(most / range),
            mean_error_bits: bits(sum / exact.len().max(1) as f64 / range),
            largest: (!largest.is_nan()).then_some(largest),
            range,
            calibrated: calibrated.is_some(),
            exceeded: largest.is_nan() || calibrated.is_some_and(|range| largest > range),
        });
    }

    pub(super) fn finish(self) -> ImageTrace {
        let diverges = |layer: &&Layer| layer.exceeded || layer.error_bits < self.tracer.threshold;
        let first = self.layers.iter().find(diverges);
        ImageTrace {
            first_divergence: first.map(|layer| layer.node.clone()),
            layers: self.layers,
        }
    }
}

/// The least bits and the largest values of every layer over the images.
pub(super) fn table(traces: &[&ImageTrace]) -> Outcome<Table> {
    let columns = ["bits", "mean bits", "largest", "range"];
    let mut all = vec![Column::left("node")];
    all.extend(columns.map(Column::right));
    let title = "Errors over the range of each layer, in bits: the worst image";
    let mut table = Table::new(all, title)?;
    let mut worst: Vec<Layer> = vec![];
    for trace in traces {
        for layer in &trace.layers {
            match worst.iter_mut().find(|known| known.node == layer.node) {
                Some(known) => {
                    known.error_bits = known.error_bits.min(layer.error_bits);
                    known.mean_error_bits = known.mean_error_bits.min(layer.mean_error_bits);
                    known.largest = known.largest.zip(layer.largest).map(|(a, b)| a.max(b));
                    known.range = known.range.max(layer.range);
                    known.exceeded |= layer.exceeded;
                }
                None => worst.push(layer.clone()),
            }
        }
    }
    for layer in worst {
        let largest = layer
            .largest
            .map_or("no number".into(), |largest| format!("{largest:.3}"));
        table.push(vec![
            Cell::text(&layer.node),
            Cell::text(format!("{:.1}", layer.error_bits)),
            Cell::text(format!("{:.1}", layer.mean_error_bits)),
            Cell::text(if layer.exceeded {
                format!("{largest} (!)")
            } else {
                largest
            }),
            if layer.calibrated {
                Cell::text(format!("{:.3}", layer.range))
            } else {
                Cell::Empty
            },
        ])?;
    }
    Ok(table)
}

/// Where an image leaves its ranges, and the first layer that diverges; nothing where it does neither.
pub(super) fn diverged(image: &str, trace: &ImageTrace) -> Option<String> {
    let mut told = vec![];
    for layer in trace.layers.iter().filter(|layer| layer.exceeded) {
        let largest = layer.largest.map_or("what is no number".into(), |largest| {
            format!("{largest:.3}")
        });
        told.push(format!(
            "{image}: `{}` reaches {largest} outside its range of {:.3}; calibrate on more images, or raise --margin",
            layer.node, layer.range
        ));
    }
    if let Some(first) = &trace.first_divergence {
        told.push(format!(
            "{image}: `{first}` is the first layer that diverges"
        ));
    }
    (!told.is_empty()).then(|| told.join("\n"))
}

/// The same of all images, or that none diverges.
pub(super) fn told(traces: &[(&str, &ImageTrace)], threshold: f64) -> String {
    let each = traces
        .iter()
        .filter_map(|(image, trace)| diverged(image, trace));
    let told: Vec<_> = each.collect();
    if told.is_empty() {
        return format!(
            "every layer keeps to its range and has {threshold} bits at least, in {} images",
            traces.len()
        );
    }
    told.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_errors() {
        // A Gaussian of deviation 1: E|e| = √(2/π).
        assert!((folded_mean(0.0, 1.0) - 0.797_884_560_8).abs() < 1e-9);
        assert!((folded_mean(3.0, 0.0) - 3.0).abs() < 1e-12);
        // Far from 0 the sign never changes.
        assert!((folded_mean(9.0, 1.0) - 9.0).abs() < 1e-9);
    }

    #[test]
    fn bits_of_what_is_no_number_and_of_nothing() {
        assert!((bits(0.25) - 2.0).abs() < 1e-12);
        assert!((bits(0.0) - MOST_BITS).abs() < 1e-12);
        assert!((bits(f64::NAN) + MOST_BITS).abs() < 1e-12);
    }
}
