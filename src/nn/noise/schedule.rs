//! Levels of a network's nodes, and where it is bootstrapped.

use super::NoiseError;
use crate::{
    nn::{Graph, Node, Op, depth::depths},
    quantity::Level,
};

/// A node's place on the modulus chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Whether its argument is bootstrapped before.
    pub bootstrapped: bool,
    /// Where it begins.
    pub start: Level,
    /// Where its result is.
    pub level: Level,
}

/// Walks down from `top`, where images are encrypted, and bootstraps the argument of an activation where the levels down
/// to `floor` do not suffice for it and all that follows until the next activation takes its argument. A pool by a
/// polynomial is bootstrapped before each of its rounds. Softmax is left to who decrypts.
///
/// # Errors
/// When a node is no polynomial, or levels do not suffice even after a bootstrap.
pub fn schedule(graph: &Graph, top: Level, floor: Level) -> Result<Vec<Step>, NoiseError> {
    let own = levels(graph)?;
    let after = following(graph, &own);
    let (top_level, floor_level) = (usize::from(top.get()), usize::from(floor.get()));
    let found = top_level.saturating_sub(floor_level);
    let at = |level: usize| Level::new(level as u64).unwrap_or(top);
    let mut steps: Vec<Step> = Vec::with_capacity(own.len());
    for (id, node) in graph.iter() {
        let need = own[id.index()] + after[id.index()];
        let inputs = node.inputs().iter();
        let start = inputs
            .map(|x| usize::from(steps[x.index()].level.get()))
            .min();
        let mut start = start.unwrap_or(top_level);
        let pool = matches!(node.op(), Op::MaxPool { .. });
        let bootstrapped = takes_polynomial(node) && (pool || start < floor_level + need);
        if bootstrapped {
            start = top_level;
        }
        // A layer between two activations was counted with the first of them.
        if start < floor_level + own[id.index()] || (takes_polynomial(node) && found < need) {
            return Err(NoiseError::Levels {
                node: node.name().into(),
                need,
                found,
                top,
                floor,
            });
        }
        steps.push(Step {
            bootstrapped,
            start: at(start),
            level: at(start - own[id.index()]),
        });
    }
    Ok(steps)
}

/// Whether a bootstrap may come before it.
fn takes_polynomial(node: &Node) -> bool {
    matches!(node.op(), Op::Activation(_) | Op::MaxPool { .. })
}

/// Levels of each node by itself; of a pool's last round.
fn levels(graph: &Graph) -> Result<Vec<usize>, NoiseError> {
    let depths = depths(graph)?;
    graph
        .iter()
        .zip(depths.own)
        .map(|((_, node), own)| match (node.op(), own) {
            (Op::MaxPool { window, .. }, Some(own)) => Ok(own / (window.rounds() as usize).max(1)),
            (_, Some(own)) => Ok(own),
            (Op::Softmax | Op::LogSoftmax, None) => Ok(0),
            (op, None) => Err(NoiseError::NoCircuit {
                node: node.name().into(),
                op: op.name(),
            }),
        })
        .collect()
}

/// Levels from each node's result until the next activation's argument, or the end.
fn following(graph: &Graph, own: &[usize]) -> Vec<usize> {
    let mut after = vec![0; own.len()];
    for (id, node) in graph.iter().collect::<Vec<_>>().into_iter().rev() {
        let through = match takes_polynomial(node) {
            true => 0,
            false => own[id.index()] + after[id.index()],
        };
        for input in node.inputs() {
            let own: &mut usize = &mut after[input.index()];
            *own = through.max(*own);
        }
    }
    after
}
