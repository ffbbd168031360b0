//! Without nodes that change nothing.

use super::copied;
use crate::nn::{Activation, Graph, GraphError, Node, Op, Shape};

/// The network without nodes whose result is their input: a reshape to the same shape or of another reshape, a slice of
/// all elements, a padding of none, an order of axes that keeps it, a pool of one pixel, one array joined, 1·x + 0.
///
/// # Errors
/// None that a graph could cause.
pub fn remove_identities(graph: &Graph) -> Result<Graph, GraphError> {
    graph
        .rewrite(|builder, id, inputs| {
            let node = graph.node(id);
            let Some(&input) = inputs.first() else {
                return copied(graph, builder, id, inputs);
            };
            if is_identity(node, builder.node(input).shape()) {
                return Ok(input);
            }
            // Of two reshapes in a row the first is not needed.
            let before = builder.node(input);
            if let (Op::Reshape(_), Op::Reshape(_)) = (node.op(), before.op()) {
                let inputs = before.inputs().to_vec();
                return match builder.node(inputs[0]).shape() == node.shape() {
                    true => Ok(inputs[0]),
                    false => copied(graph, builder, id, &inputs),
                };
            }
            copied(graph, builder, id, inputs)
        })
        .and_then(|graph| graph.rewrite(|builder, id, inputs| copied(&graph, builder, id, inputs)))
}

fn is_identity(node: &Node, input: &Shape) -> bool {
    let all = |values: &[f32], number: f32| values.iter().all(|v| v.to_bits() == number.to_bits());
    match node.op() {
        Op::Reshape(shape) => shape == input,
        Op::Slice { .. } => node.shape() == input,
        Op::Pad { before, after, .. } => before.iter().chain(after).all(|&n| n == 0),
        Op::Transpose { order } => order.is_sorted(),
        Op::Concat { .. } => node.inputs().len() == 1,
        Op::MaxPool { window, .. } | Op::AveragePool { window, .. } => {
            window.kernel == [1, 1] && node.shape() == input && window.before == [0, 0]
        }
        Op::GlobalAveragePool => node.shape() == input,
        Op::Affine { scale, shift } => all(scale.values(), 1.0) && all(shift.values(), 0.0),
        Op::Activation(Activation::Quadratic { a, b, c }) => all(&[*a, *c], 0.0) && all(&[*b], 1.0),
        _ => false,
    }
}
