//! By what the numbers of a network are divided in slots.

use crate::nn::{Activation, Graph, Node, Op};

/// B of a node's arguments, and of its result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaling {
    pub(super) taken: f64,
    pub(super) given: f64,
}

/// An activation's own B is that of its argument; a result has the B of who takes it next, the logits that of the last
/// activation, images none.
pub(super) fn scalings(graph: &Graph, bound: &impl Fn(&str) -> f64) -> Vec<Scaling> {
    let own = |node: &Node| match node.op() {
        Op::Activation(Activation::Polynomial(by)) | Op::MaxPool { by: Some(by), .. } => {
            Some(f64::from(by.range))
        }
        Op::Activation(_) => Some(bound(node.name())),
        _ => None,
    };
    let nodes = graph.nodes();
    let mut given: Vec<Option<f64>> = vec![None; nodes.len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        if let Some(range) = own(node).or(given[id.index()]) {
            for input in node.inputs() {
                given[input.index()].get_or_insert(range);
            }
        }
    }
    let mut scalings: Vec<Scaling> = vec![];
    for (id, node) in graph.iter() {
        let before = node
            .inputs()
            .first()
            .map_or(1.0, |x| scalings[x.index()].given);
        let last = own(node).unwrap_or(before);
        scalings.push(Scaling {
            taken: own(node).unwrap_or(before),
            given: if matches!(node.op(), Op::Input) {
                1.0
            } else {
                given[id.index()].unwrap_or(last)
            },
        });
    }
    scalings
}
