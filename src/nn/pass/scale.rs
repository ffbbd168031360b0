//! Ranges of polynomials as factors of the weights before them, so that what they see lies in \[−1, 1\].
//!
//! A node's result v is stored as v/s. Convolutions, linear layers and batch norms take any s before and after them into
//! their weights. A polynomial y = B·r(x/B) with s = B on both sides is r itself. Sums, pools and other moves of elements
//! need one s for all that they take and give, so the nodes fall into classes of one s each, and a class takes the
//! largest B of its polynomials. The images and the network's result keep s = 1.

use super::copied;
use crate::nn::{Activation, Graph, GraphError, NodeId, Op, Polynomial, Tensor};

/// The network whose polynomials see x/s: those with the largest range of their class have the range 1.
///
/// The function of the network is the same. A polynomial in a class with the images or with the result, without a layer
/// between, keeps its range.
///
/// # Errors
/// When a weight would be beyond f32.
pub fn fold_ranges(graph: &Graph) -> Result<Graph, GraphError> {
    let mut classes = Classes::of(graph);
    let scales = classes.scales(graph);
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let after = scales[id.index()];
        let before = node.inputs().first().map_or(1.0, |x| scales[x.index()]);
        match scaled(node.op(), before, after)? {
            Some(op) => builder.push(node.name(), op, inputs),
            None => copied(graph, builder, id, inputs),
        }
    })
}

/// Activations and max-pools that share a range: one list for each class that has any, in the graph's order. A designer of
/// ranges gives all of a class the same, so that [`fold_ranges`] leaves none below 1.
pub fn shared_ranges(graph: &Graph) -> Vec<Vec<NodeId>> {
    let mut classes = Classes::of(graph);
    let mut lists: Vec<(usize, Vec<NodeId>)> = vec![];
    for (id, node) in graph.iter() {
        if !matches!(node.op(), Op::Activation(_) | Op::MaxPool { .. }) {
            continue;
        }
        let class = classes.root(id.index());
        match lists.iter_mut().find(|(own, _)| *own == class) {
            Some((_, list)) => list.push(id),
            None => lists.push((class, vec![id])),
        }
    }
    lists.into_iter().map(|(_, list)| list).collect()
}

/// Nodes whose results have one scale, as a forest: each node's parent, roots their own.
struct Classes(Vec<usize>);

impl Classes {
    fn of(graph: &Graph) -> Self {
        let mut classes = Self((0..graph.nodes().len()).collect());
        classes.join(0, graph.output().index());
        for (id, node) in graph.iter() {
            for input in node.inputs() {
                match node.op() {
                    op if takes_any(op) => {}
                    op if keeps(op) => classes.join(id.index(), input.index()),
                    // What is not homogeneous needs the numbers as they are.
                    _ => {
                        classes.join(0, input.index());
                        classes.join(0, id.index());
                    }
                }
            }
        }
        classes
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    /// The class of the images keeps node 0 as its root.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// s of each node.
    fn scales(&mut self, graph: &Graph) -> Vec<f64> {
        let mut largest: Vec<Option<f64>> = vec![None; graph.nodes().len()];
        for (id, node) in graph.iter() {
            if let Some(range) = range(node.op()) {
                let of = &mut largest[self.root(id.index())];
                *of = Some(of.map_or(range, |other| range.max(other)));
            }
        }
        largest[0] = None;
        let nodes = 0..graph.nodes().len();
        nodes
            .map(|k| largest[self.root(k)].unwrap_or(1.0))
            .collect()
    }
}

/// B of a polynomial.
fn range(op: &Op) -> Option<f64> {
    match op {
        Op::Activation(Activation::Polynomial(polynomial)) => Some(polynomial.range.into()),
        Op::MaxPool { by, .. } => by.as_ref().map(|polynomial| polynomial.range.into()),
        _ => None,
    }
}

/// Whether its numbers can be such that any scale before goes with any scale after.
fn takes_any(op: &Op) -> bool {
    matches!(
        op,
        Op::Conv2d { .. }
            | Op::Linear { .. }
            | Op::Affine { .. }
            | Op::Activation(Activation::Quadratic { .. })
    )
}

/// Whether a factor of all that it takes is one of what it gives.
fn keeps(op: &Op) -> bool {
    use Activation::{Clip, LeakyRelu, Polynomial, Relu};
    matches!(
        op,
        Op::Activation(Relu | LeakyRelu { .. } | Clip { .. } | Polynomial(_))
            | Op::MaxPool { .. }
            | Op::AveragePool { .. }
            | Op::GlobalAveragePool
            | Op::Add
            | Op::Concat { .. }
            | Op::Reshape(_)
            | Op::Transpose { .. }
            | Op::Slice { .. }
            | Op::Pad { .. }
    )
}

/// The operation from inputs over `before` to results over `after`; nothing where it stays.
fn scaled(op: &Op, before: f64, after: f64) -> Result<Option<Op>, GraphError> {
    let times = |tensor: &Tensor, factor: f64| {
        let values = tensor.values().iter();
        let values = values.map(|&v| (f64::from(v) * factor) as f32);
        Tensor::new(tensor.shape().clone(), values.collect::<Vec<_>>())
    };
    let number = |v: f32, factor: f64| (f64::from(v) * factor) as f32;
    let narrowed = |polynomial: &Polynomial| Polynomial {
        table: polynomial.table.clone(),
        range: number(polynomial.range, 1.0 / after),
    };
    let (ratio, inverse) = (before / after, 1.0 / after);
    Ok(Some(match op {
        Op::Constant(value) => Op::Constant(times(value, inverse)?),
        Op::Conv2d {
            weight,
            bias,
            window,
            groups,
        } => Op::Conv2d {
            weight: times(weight, ratio)?,
            bias: bias.as_ref().map(|b| times(b, inverse)).transpose()?,
            window: *window,
            groups: *groups,
        },
        Op::Linear { weight, bias } => Op::Linear {
            weight: times(weight, ratio)?,
            bias: bias.as_ref().map(|b| times(b, inverse)).transpose()?,
        },
        Op::Affine { scale, shift } => Op::Affine {
            scale: times(scale, ratio)?,
            shift: times(shift, inverse)?,
        },
        Op::Activation(Activation::Quadratic { a, b, c }) => {
            Op::Activation(Activation::Quadratic {
                a: number(*a, before * ratio),
                b: number(*b, ratio),
                c: number(*c, inverse),
            })
        }
        Op::Activation(Activation::Clip { low, high }) => Op::Activation(Activation::Clip {
            low: number(*low, inverse).max(f32::MIN),
            high: number(*high, inverse).min(f32::MAX),
        }),
        Op::Activation(Activation::Polynomial(polynomial)) => {
            Op::Activation(Activation::Polynomial(narrowed(polynomial)))
        }
        Op::MaxPool {
            window,
            by: Some(polynomial),
        } => Op::MaxPool {
            window: *window,
            by: Some(narrowed(polynomial)),
        },
        Op::Pad {
            before,
            after,
            value,
        } => Op::Pad {
            before: before.clone(),
            after: after.clone(),
            value: number(*value, inverse),
        },
        _ => return Ok(None),
    }))
}
