//! Concats behind what acts on each number alone.

use super::copied;
use crate::nn::{Builder, Graph, GraphError, NodeId, Op};

/// The network whose activations of a concat act on its parts before they are joined, and whose sums of two concats of the
/// same parts are concats of sums: a concat of ciphertexts is no work, unless something takes it that is no linear layer.
/// Activations stay where parts in ciphertexts of their own would be more than the concat is.
///
/// ```
/// use equiripple::nn::{Activation, Builder, GraphError, Op, pass};
/// let mut net = Builder::new("joined", [2, 4, 4]);
/// let both = net.push("both", Op::Concat { axis: 0 }, &[net.input(), net.input()])?;
/// let relu = net.push("relu", Op::Activation(Activation::Relu), &[both])?;
/// let names = |slots| -> Result<Vec<String>, GraphError> {
///     let net = pass::split_at_concats(&net.clone().build(relu)?, slots)?;
///     Ok(net.nodes()[1..].iter().map(|node| node.name().to_string()).collect())
/// };
/// assert_eq!(names(32)?, ["relu.0", "relu.1", "relu"]);
/// assert_eq!(names(64)?, ["both", "relu"]);
/// # Ok::<(), GraphError>(())
/// ```
///
/// # Errors
/// When a name with a number behind it is taken.
pub fn split_at_concats(graph: &Graph, slots: usize) -> Result<Graph, GraphError> {
    let split = graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let Some(parts) = parts(builder, node.op(), inputs, slots.max(1)) else {
            return copied(graph, builder, id, inputs);
        };
        let mut made = vec![];
        for (k, part) in parts.of.iter().enumerate() {
            let name = format!("{}.{k}", node.name());
            made.push(builder.push(&name, node.op().clone(), part)?);
        }
        builder.push(node.name(), Op::Concat { axis: parts.axis }, &made)
    })?;
    // Concats that nobody takes any more are left out.
    split.rewrite(|builder, id, inputs| copied(&split, builder, id, inputs))
}

/// The inputs of a node's parts.
struct Parts {
    axis: usize,
    of: Vec<Vec<NodeId>>,
}

fn parts(builder: &Builder, op: &Op, inputs: &[NodeId], slots: usize) -> Option<Parts> {
    let concat = |id: &NodeId| match builder.node(*id).op() {
        Op::Concat { axis } => Some((*axis, builder.node(*id).inputs())),
        _ => None,
    };
    match (op, inputs) {
        (Op::Activation(_), [input]) => {
            let (axis, parts) = concat(input)?;
            let size = |id: &NodeId| builder.node(*id).shape().elements().unwrap_or(0);
            let apart: usize = parts.iter().map(|id| size(id).div_ceil(slots)).sum();
            (apart <= size(input).div_ceil(slots)).then(|| Parts {
                axis,
                of: parts.iter().map(|id| vec![*id]).collect(),
            })
        }
        (Op::Add, [a, b]) => {
            let ((axis, left), (other, right)) = (concat(a)?, concat(b)?);
            let pairs = || left.iter().zip(right);
            let alike =
                |(a, b): (&NodeId, &NodeId)| builder.node(*a).shape() == builder.node(*b).shape();
            (axis == other && left.len() == right.len() && pairs().all(alike)).then(|| Parts {
                axis,
                of: pairs().map(|(a, b)| vec![*a, *b]).collect(),
            })
        }
        _ => None,
    }
}
