//! Which nodes only say where numbers are, so that whoever takes them reads what is behind them.

use crate::nn::{Graph, NodeId, Op};

/// Of each node, whether it is a view: one that moves elements, or takes the mean of all pixels, and that only linear nodes
/// and other such nodes take. A linear node reads through views to the results that are made, with one matrix for each.
/// What an activation, a sum or a product takes has to be made. So has a result that leaves out elements; another is put in
/// order by whoever decrypts it.
#[must_use]
pub fn views(graph: &Graph) -> Vec<bool> {
    let mut views: Vec<bool> = graph
        .iter()
        .map(|(id, node)| {
            let result = id == graph.output();
            match node.op() {
                Op::Reshape(_) | Op::Transpose { .. } | Op::Concat { .. } => true,
                Op::Slice { .. } | Op::Pad { value: 0.0, .. } | Op::GlobalAveragePool => !result,
                Op::Softmax | Op::LogSoftmax => result,
                _ => false,
            }
        })
        .collect();
    for (id, node) in graph.iter() {
        // What moves elements is a view or a linear node itself.
        if !is_linear(graph, id) {
            for input in node.inputs() {
                views[input.index()] = false;
            }
        }
    }
    views
}

/// Whether a node is a matrix, as far as ciphertexts see it.
pub(in crate::nn) fn is_linear(graph: &Graph, id: NodeId) -> bool {
    let op = graph.node(id).op();
    match op {
        // It is added, in place.
        Op::Affine { .. } => !op.is_shift(),
        Op::Conv2d { .. }
        | Op::Linear { .. }
        | Op::AveragePool { .. }
        | Op::GlobalAveragePool
        | Op::Reshape(_)
        | Op::Transpose { .. }
        | Op::Concat { .. }
        | Op::Slice { .. }
        | Op::Pad { .. } => true,
        // Who decrypts computes it.
        Op::Softmax | Op::LogSoftmax => id == graph.output(),
        _ => false,
    }
}
