//! What each node adds to its own result.

use super::{Law, Laws, Setting, Source, Step, Term, linear, scaling::Scaling};
use crate::{
    circuit::{activation::Activation as Form, noise::Noise},
    nn::{Activation, Graph, Node, NodeId, Op},
    quantity::LogN,
};

/// Slots of a node's result.
pub(super) fn slots(node: &Node, log_n: LogN) -> usize {
    let elements = node.shape().elements().unwrap_or(1).max(4);
    elements.next_power_of_two().min(log_n.max_slots())
}

/// What a node adds to its own result.
pub(super) fn own<L: Laws>(
    graph: &Graph,
    id: NodeId,
    steps: &[Step],
    scalings: &[Scaling],
    setting: &Setting<'_>,
    laws: &mut L,
) -> Result<Vec<Term>, L::Error> {
    let (node, step, scaling) = (graph.node(id), &steps[id.index()], scalings[id.index()]);
    let scheme = setting.scheme;
    let (noise, slots) = (Noise::new(scheme), slots(node, scheme.log_n()));
    let term = |source, laws, range| Term {
        source,
        laws,
        range,
    };
    Ok(match node.op() {
        Op::Input => {
            let (variance, scale) = (noise.public_key_encryption(), scheme.scale(setting.top));
            let law = Law::of(&noise, variance, slots, scale);
            vec![term(Source::Encryption, vec![law], 1.0)]
        }
        Op::Activation(Activation::Polynomial(by)) => {
            let range = f64::from(by.range);
            let simulated = laws.activation(&by.table, Form::Table, slots, step.start)?;
            let scaled = simulated.iter().map(|law| law.times(range * range));
            vec![term(Source::Activation, scaled.collect(), range)]
        }
        Op::Activation(Activation::Quadratic { a, .. }) if *a != 0.0 => {
            let factor = f64::from(*a) * scaling.taken * scaling.taken;
            let variance = noise.key_switch_rescale(step.start);
            let law = Law::of(&noise, variance, slots, scheme.scale(step.level));
            let law = law.times(factor * factor);
            vec![term(Source::Activation, vec![law], scaling.taken)]
        }
        Op::MaxPool {
            window,
            by: Some(by),
        } => {
            let range = f64::from(by.range);
            let simulated = laws.activation(&by.table, Form::Max, slots, step.start)?;
            let mean = Law::mean(&simulated) + laws.bootstrap(slots)?;
            let law = mean.times(f64::from(window.rounds()) * range * range);
            vec![term(Source::Activation, vec![law], range)]
        }
        _ => linear::law(graph, id, (step, scaling), slots, scheme)
            .into_iter()
            .map(|law| term(Source::Linear, vec![law], scaling.given))
            .collect(),
    })
}
