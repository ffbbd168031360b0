//! By what the numbers of a network are divided in slots.

use crate::nn::{Activation, Graph, Op, lower::factors, packing::views};

/// f of a node's argument, and of its result, as lowered networks have them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaling {
    pub(super) taken: f64,
    pub(super) given: f64,
}

/// `bound` gives B of a quadratic by its name.
pub(super) fn scalings(graph: &Graph, bound: &impl Fn(&str) -> f64) -> Vec<Scaling> {
    let quadratics = graph.iter().filter_map(|(id, node)| match node.op() {
        Op::Activation(Activation::Quadratic { .. }) => Some((id, bound(node.name()))),
        _ => None,
    });
    let factors = factors(graph, &views(graph), &quadratics.collect());
    let each = graph.iter().map(|(id, node)| {
        let taken = node.inputs().first().map_or(1.0, |x| factors[x.index()]);
        Scaling {
            taken: taken.abs(),
            given: factors[id.index()].abs(),
        }
    });
    each.collect()
}
