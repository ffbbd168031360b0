//! Biases that take back what polynomials do to the mean of each channel.

use super::DesignError;
use crate::nn::{
    Graph, NodeId, Op, Tensor,
    inference::{Images, Network, Observer},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The mean of each channel of what activations take, and of the result.
#[derive(Debug, Clone)]
pub struct Means(BTreeMap<NodeId, Vec<f64>>);

/// Sums over images, each of the mean over pixels.
#[derive(Debug, Clone)]
struct Sums {
    /// Channels at each activation whose argument is of a layer with weights, and at the result of such a layer.
    channels: Arc<BTreeMap<NodeId, usize>>,
    output: NodeId,
    /// Whether the output has weights.
    weighted: bool,
    sums: BTreeMap<NodeId, Vec<f64>>,
}

impl Sums {
    fn add(&mut self, node: NodeId, images: &Images<'_, f32>) {
        let Some(&channels) = self.channels.get(&node) else {
            return;
        };
        let zeros = || vec![0.0; channels];
        let sums = self.sums.entry(node).or_insert_with(zeros);
        for (_, values) in images.each() {
            let pixels = (values.len() / channels.max(1)).max(1);
            for (sum, channel) in sums.iter_mut().zip(values.chunks_exact(pixels)) {
                *sum += channel.iter().map(|x| f64::from(*x)).sum::<f64>() / pixels as f64;
            }
        }
    }
}

impl Observer<f32> for Sums {
    fn result(&mut self, node: NodeId, images: &mut Images<'_, f32>) {
        // Activations are seen by what they take, be they the output or not.
        if node == self.output && self.weighted {
            self.add(node, images);
        }
    }

    fn argument(&mut self, node: NodeId, images: &Images<'_, f32>) {
        self.add(node, images);
    }

    fn merge(&mut self, later: Self) {
        for (node, sums) in later.sums {
            match self.sums.get_mut(&node) {
                Some(own) => own
                    .iter_mut()
                    .zip(sums)
                    .for_each(|(own, more)| *own += more),
                None => drop(self.sums.insert(node, sums)),
            }
        }
    }
}

impl Means {
    /// Measures a network on images, which lie one after another.
    ///
    /// # Errors
    /// When the numbers are no whole images, or a polynomial makes no circuit.
    pub fn of(graph: &Graph, images: &[f32]) -> Result<Self, DesignError> {
        let network = Network::<f32>::new(graph)?;
        let width = |source: NodeId| match graph.node(source).op() {
            Op::Conv2d { weight, .. } | Op::Linear { weight, .. } => weight.shape().axes()[0],
            _ => 0,
        };
        let sources = sources(graph).into_iter();
        let channels = Arc::new(sources.map(|(id, source)| (id, width(source))).collect());
        let (_, seen) = network.observe(images, 0, || Sums {
            channels: Arc::clone(&channels),
            output: graph.output(),
            weighted: weighted(graph, graph.output()),
            sums: BTreeMap::new(),
        })?;
        let count = (images.len() / network.input_elements().max(1)).max(1) as f64;
        let mean = |sums: Vec<f64>| sums.into_iter().map(|sum| sum / count).collect();
        let means = seen.sums.into_iter();
        Ok(Self(means.map(|(id, sums)| (id, mean(sums))).collect()))
    }

    /// A network that has the nodes of the one that was measured, with biases moved so that these are its means too, nearly:
    /// the bias of a convolution or linear layer takes the difference at the activation that takes its result, directly or
    /// through a sum, and the last layer that at the result. Biases cost nothing.
    ///
    /// ```
    /// use equiripple::nn::{Activation, Graph, GraphError, arch::Architecture, design::Means, pass};
    /// let net = pass::fold_affine(&"resnet20".parse::<Architecture>()?.random(1)?)?;
    /// let rough = Activation::Quadratic { a: 0.05, b: 0.5, c: 0.3 };
    /// let rough: Graph = pass::replace_activations(&net, |_, _| Ok::<_, GraphError>(Some(rough.clone())))?;
    /// let images: Vec<f32> = (0..4 * 3 * 32 * 32).map(|i| (i % 97) as f32 / 97.0).collect();
    /// let means = Means::of(&net, &images)?;
    /// let centred = means.centred(&rough, &images)?;
    /// assert!(means.distance(&Means::of(&centred, &images)?) < 0.2 * means.distance(&Means::of(&rough, &images)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Means::of`].
    pub fn centred(&self, graph: &Graph, images: &[f32]) -> Result<Graph, DesignError> {
        let mut graph = graph.clone();
        let mut done = BTreeSet::new();
        // One after another: a mean is only known once those before it are right.
        for (id, source) in sources(&graph) {
            let found = Self::of(&graph, images)?;
            let (Some(wanted), Some(found)) = (self.0.get(&id), found.0.get(&id)) else {
                continue;
            };
            let by: Vec<f64> = wanted.iter().zip(found).map(|(a, b)| a - b).collect();
            // What is no number any more is past help; a layer that two activations take is moved for the first.
            if by.iter().all(|d| d.is_finite()) && done.insert(source) {
                graph = moved(&graph, source, &by)?;
            }
        }
        Ok(graph)
    }

    /// Root of the mean square of the differences of means.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (id, own) in &self.0 {
            for (a, b) in own.iter().zip(other.0.get(id).into_iter().flatten()) {
                sum += (a - b) * (a - b);
                count += 1.0;
            }
        }
        (sum / f64::max(count, 1.0)).sqrt()
    }
}

/// Whether a node has a bias.
fn weighted(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op(), Op::Conv2d { .. } | Op::Linear { .. })
}

/// Which convolution or linear layer the argument of each activation comes from, through a sum or not; a last layer that
/// has weights stands for itself.
fn sources(graph: &Graph) -> BTreeMap<NodeId, NodeId> {
    let source = |id: NodeId| {
        let first = *graph.node(id).inputs().first()?;
        if weighted(graph, first) {
            return Some(first);
        }
        let sum = matches!(graph.node(first).op(), Op::Add);
        let mut terms = graph.node(first).inputs().iter().copied();
        terms.find(|term| sum && weighted(graph, *term))
    };
    let mut sources = BTreeMap::new();
    for (id, node) in graph.iter() {
        if matches!(node.op(), Op::Activation(_)) {
            sources.extend(source(id).map(|source| (id, source)));
        }
    }
    if weighted(graph, graph.output()) {
        sources.insert(graph.output(), graph.output());
    }
    sources
}

/// The network with these numbers added to the bias of a layer.
fn moved(graph: &Graph, layer: NodeId, by: &[f64]) -> Result<Graph, DesignError> {
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let mut op = node.op().clone();
        if let Op::Conv2d { bias, .. } | Op::Linear { bias, .. } = &mut op
            && id == layer
        {
            let old = |k: usize| {
                let value = bias.as_ref().and_then(|bias| bias.values().get(k));
                value.map_or(0.0, |value| f64::from(*value))
            };
            let values: Vec<f32> = (by.iter().enumerate())
                .map(|(k, d)| (old(k) + d) as f32)
                .collect();
            *bias = Some(Tensor::list(values)?);
        }
        Ok(builder.push(node.name(), op, inputs)?)
    })
}
