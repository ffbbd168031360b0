//! What a circuit costs, counted from its nodes.

use serde::{Deserialize, Serialize};

use super::dag::{Dag, InputLevel, Node};
use super::relinearize::relinearized;

/// Counts over the nodes of one circuit; every node counts, so build circuits without unused ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Levels from the highest input to the output: products with ciphertexts and with scalars on the longest path.
    pub depth: usize,
    /// Products of two ciphertexts.
    pub nonscalar_mults: usize,
    /// Products with a plaintext scalar.
    pub scalar_mults: usize,
    /// Relinearisations when sums of products are relinearised once: the fewest possible, see
    /// [`relinearized`](super::relinearized).
    pub relinearizations: usize,
    /// Additions and subtractions of ciphertexts, doublings included.
    pub additions: usize,
    /// Additions of a plaintext scalar.
    pub scalar_additions: usize,
    /// How many products of two ciphertexts have their deeper operand at depth k; the result is at k+1. For tables in
    /// which a product costs more at a higher level. Products of inputs [`InputLevel::Above`] alone count at 0.
    pub mults_at_depth: Vec<usize>,
}

impl Cost {
    /// Counts the nodes of `dag`.
    #[must_use]
    pub fn of<S>(dag: &Dag<S>) -> Self {
        let mut cost = Self {
            relinearizations: relinearized(dag).iter().filter(|&&here| here).count(),
            ..Self::default()
        };
        let depths = depths(dag);
        for node in dag.nodes() {
            match *node {
                Node::Input(_) => {}
                Node::Add(..) | Node::Sub(..) => cost.additions += 1,
                Node::AddScalar(..) => cost.scalar_additions += 1,
                Node::MulScalar(..) => cost.scalar_mults += 1,
                Node::Mul(a, b) => {
                    cost.nonscalar_mults += 1;
                    let at = depths[a].max(depths[b]).unwrap_or(0);
                    if cost.mults_at_depth.len() <= at {
                        cost.mults_at_depth.resize(at + 1, 0);
                    }
                    cost.mults_at_depth[at] += 1;
                }
            }
        }
        cost.depth = depths[dag.output()].unwrap_or(0);
        cost
    }
}

/// The levels spent up to each node; `None` stands for minus infinity, a value made of inputs
/// [`InputLevel::Above`] alone. It is below every `Some`, so `max` is the depth of a pair.
#[must_use]
pub fn depths<S>(dag: &Dag<S>) -> Vec<Option<usize>> {
    let mut depths: Vec<Option<usize>> = Vec::with_capacity(dag.nodes().len());
    for node in dag.nodes() {
        depths.push(match *node {
            Node::Input(k) => match dag.inputs()[k] {
                InputLevel::Spent(depth) => Some(depth),
                InputLevel::Above => None,
            },
            Node::Add(a, b) | Node::Sub(a, b) => depths[a].max(depths[b]),
            Node::Mul(a, b) => depths[a].max(depths[b]).map(|depth| depth + 1),
            Node::MulScalar(a, _) => depths[a].map(|depth| depth + 1),
            Node::AddScalar(a, _) => depths[a],
        });
    }
    depths
}
