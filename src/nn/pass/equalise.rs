//! Channels of one range: ReLU(s·x) = s·ReLU(x) for s > 0, so a factor for each channel moves through it from the weights
//! before to the weights after (cross-layer equalisation: Nagel, van Baalen, Blankevoort, Welling, arXiv 1906.04721).
//!
//! A polynomial errs by a share of the range that it holds on. Where the numbers of one channel are a tenth of another's,
//! they meet ten times the error that they would on a range of their own; equalised, they do not, and nothing is computed
//! for it.
//!
//! Channel c of a node is stored as v/s. Convolutions, linear layers and batch norms take any s before and after them into
//! their weights; sums, pools, slices and the like join the channels that they take with those that they give. So
//! channels fall into classes of one s each. Those of the images, of the result and of whatever is not homogeneous keep
//! s = 1.

use super::copied;
use crate::nn::{Activation, Graph, GraphError, Node, NodeId, Op, Tensor};
use std::collections::BTreeMap;

/// The same network with its channels scaled so that ReLUs are given numbers of a largest magnitude of 1.
///
/// `magnitudes` are the largest that each channel of the argument of a ReLU has, by the ReLU's node. Channels of a class
/// take the largest of theirs, none less than `floor` times the largest of the layer; a rare channel whose range was
/// underestimated then still has room.
///
/// ```
/// use equiripple::nn::{arch::Architecture, pass, ranges::ChannelMagnitudes};
/// let net = pass::fold_affine(&"resnet20".parse::<Architecture>()?.random(1)?)?;
/// let images: Vec<f32> = (0..3 * 32 * 32).map(|i| (i % 97) as f32 / 97.0).collect();
/// let equal = pass::equalise_channels(&net, ChannelMagnitudes::of(&net, &images)?.iter(), 0.0)?;
/// let after = ChannelMagnitudes::of(&equal, &images)?;
/// // Inside a block each channel has an s of its own.
/// let inside = after.iter().find(|(id, _)| equal.node(*id).name() == "layer1.0.relu1");
/// assert!(inside.is_some_and(|(_, channels)| channels.iter().all(|m| (m - 1.0).abs() < 1e-3)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a weight would be beyond f32.
pub fn equalise_channels<'m>(
    graph: &Graph,
    magnitudes: impl IntoIterator<Item = (NodeId, &'m [f64])>,
    floor: f64,
) -> Result<Graph, GraphError> {
    let mut classes = Classes::of(graph);
    let factors = classes.factors(magnitudes, floor);
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let before = node.inputs().first().map(|x| &factors[x.index()][..]);
        let after = &factors[id.index()];
        match scaled(node.op(), before.unwrap_or(&[]), after)? {
            Some(op) => builder.push(node.name(), op, inputs),
            None => copied(graph, builder, id, inputs),
        }
    })
}

/// The operation from channels over `before` to channels over `after`; nothing where it stays.
fn scaled(op: &Op, before: &[f64], after: &[f64]) -> Result<Option<Op>, GraphError> {
    let list = |bias: &Tensor| {
        let values = bias.values().iter().zip(after);
        Tensor::list(
            values
                .map(|(b, s)| (f64::from(*b) / s) as f32)
                .collect::<Vec<_>>(),
        )
    };
    // Rows of the result, each of `inputs` columns of so many elements; groups of rows take channels of their own.
    let matrix = |weight: &Tensor, groups: usize| {
        let [rows, inputs] = [0, 1].map(|axis| weight.shape().axes()[axis]);
        let each = weight.values().len() / (rows * inputs).max(1);
        let factor = |k: usize| {
            let (row, column) = (k / each / inputs, k / each % inputs);
            before[row / (rows / groups).max(1) * inputs + column] / after[row]
        };
        let values = weight.values().iter().enumerate();
        let values = values.map(|(k, w)| (f64::from(*w) * factor(k)) as f32);
        Tensor::new(weight.shape().clone(), values.collect::<Vec<_>>())
    };
    Ok(Some(match op {
        Op::Conv2d {
            weight,
            bias,
            window,
            groups,
        } => Op::Conv2d {
            weight: matrix(weight, *groups)?,
            bias: bias.as_ref().map(list).transpose()?,
            window: *window,
            groups: *groups,
        },
        Op::Linear { weight, bias } if before.len() == weight.shape().axes()[1] => Op::Linear {
            weight: matrix(weight, 1)?,
            bias: bias.as_ref().map(list).transpose()?,
        },
        Op::Affine { scale, shift } => {
            let ratios = before
                .iter()
                .zip(after)
                .map(|(before, after)| before / after);
            let values = scale.values().iter().zip(ratios);
            let values = values.map(|(x, ratio)| (f64::from(*x) * ratio) as f32);
            Op::Affine {
                scale: Tensor::list(values.collect::<Vec<_>>())?,
                shift: list(shift)?,
            }
        }
        _ => return Ok(None),
    }))
}

/// Channels of one factor, as a forest: each channel's parent, roots their own. Place 0 is what keeps its numbers.
struct Classes {
    parents: Vec<usize>,
    /// Where the channels of each node begin.
    first: Vec<usize>,
}

fn channels(node: &Node) -> usize {
    node.shape().axes().first().copied().unwrap_or(1)
}

impl Classes {
    fn of(graph: &Graph) -> Self {
        let mut first = vec![1];
        for node in graph.nodes() {
            first.push(first[first.len() - 1] + channels(node));
        }
        let mut classes = Self {
            parents: (0..first[first.len() - 1]).collect(),
            first,
        };
        classes.keep(graph.input());
        classes.keep(graph.output());
        for (id, node) in graph.iter() {
            classes.link(graph, id, node);
        }
        classes
    }

    /// A node whose numbers stay.
    fn keep(&mut self, id: NodeId) {
        for place in self.first[id.index()]..self.first[id.index() + 1] {
            self.join(0, place);
        }
    }

    /// Channel `c` of one node with channel `d` of another.
    fn pair(&mut self, [a, b]: [NodeId; 2], [c, d]: [usize; 2]) {
        self.join(self.first[a.index()] + c, self.first[b.index()] + d);
    }

    fn link(&mut self, graph: &Graph, id: NodeId, node: &Node) {
        use Activation::{LeakyRelu, Relu};
        let inputs = node.inputs();
        let wide = |id: NodeId| channels(graph.node(id));
        let same = inputs.iter().all(|x| wide(*x) == wide(id));
        match node.op() {
            Op::Conv2d { .. } | Op::Affine { .. } => {}
            Op::Linear { .. } if node.shape().axes().len() == 1 => {}
            Op::Activation(Relu | LeakyRelu { .. })
            | Op::MaxPool { by: None, .. }
            | Op::AveragePool { .. }
            | Op::GlobalAveragePool
            | Op::Add
                if same =>
            {
                for input in inputs {
                    (0..wide(id)).for_each(|c| self.pair([id, *input], [c, c]));
                }
            }
            Op::Concat { axis: 0 } => {
                let mut at = 0;
                for input in inputs {
                    (0..wide(*input)).for_each(|c| self.pair([id, *input], [at + c, c]));
                    at += wide(*input);
                }
            }
            Op::Slice {
                axis, start, step, ..
            } => {
                let (start, step) = if *axis == 0 { (*start, *step) } else { (0, 1) };
                (0..wide(id)).for_each(|c| self.pair([id, inputs[0]], [c, start + c * step]));
            }
            // Zeros are zeros at any scale.
            Op::Pad { before, value, .. } if *value == 0.0 => {
                let shift = before.first().copied().unwrap_or(0);
                (0..wide(inputs[0])).for_each(|c| self.pair([id, inputs[0]], [shift + c, c]));
            }
            // Each channel becomes so many in sequence.
            Op::Reshape(_) if wide(id) % wide(inputs[0]).max(1) == 0 => {
                let each = wide(id) / wide(inputs[0]).max(1);
                (0..wide(id)).for_each(|c| self.pair([id, inputs[0]], [c, c / each]));
            }
            Op::Transpose { order } if order.first() == Some(&0) => {
                (0..wide(id)).for_each(|c| self.pair([id, inputs[0]], [c, c]));
            }
            _ => {
                self.keep(id);
                inputs.iter().for_each(|input| self.keep(*input));
            }
        }
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The least is the root, so that place 0 stays one.
        self.parents[a.max(b)] = a.min(b);
    }

    /// s of every channel of every node.
    fn factors<'m>(
        &mut self,
        magnitudes: impl IntoIterator<Item = (NodeId, &'m [f64])>,
        floor: f64,
    ) -> Vec<Vec<f64>> {
        let mut largest: BTreeMap<usize, f64> = BTreeMap::new();
        for (id, magnitudes) in magnitudes {
            let layer = magnitudes.iter().copied().fold(0.0, f64::max);
            for (c, magnitude) in magnitudes.iter().enumerate() {
                let class = self.root(self.first[id.index()] + c);
                let own = largest.entry(class).or_insert(0.0);
                *own = own.max(*magnitude).max(floor * layer);
            }
        }
        // What no ReLU sees, or only zeros, may have any.
        let sound = |s: &f64| *s > 0.0 && s.is_finite();
        let places = 0..self.parents.len();
        let each: Vec<f64> = places
            .map(|place| match self.root(place) {
                0 => 1.0,
                class => largest.get(&class).copied().filter(sound).unwrap_or(1.0),
            })
            .collect();
        let ends = self.first.windows(2);
        ends.map(|ends| each[ends[0]..ends[1]].to_vec()).collect()
    }
}
