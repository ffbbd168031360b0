//! Multiplicative depth: how many levels an encrypted network takes, besides what its packing takes.
//!
//! | node | levels |
//! | --- | --- |
//! | convolution, linear | 1: the products with the weights |
//! | batch norm | 0 where it is folded into the layer before it, or all its factors are ±1; 1 elsewhere |
//! | quadratic | 1: the square; its factors are part of the layers around it |
//! | polynomial | the depth of its circuit; its range is part of the layers around it |
//! | max-pool by a polynomial | the depth of that for each round of pairs, ⌈log₂ of the window⌉ of them |
//! | average-pool | 0 where a convolution or linear layer alone takes it, which has its factor 1/n; 1 elsewhere |
//! | product of two results | 1; by a constant 1 too |
//! | sum, concat, reshape, transpose, slice, pad | 0; the masks that a packing needs for these are not counted |
//! | any other activation, max-pool, softmax | none: it is no polynomial |

use super::{Activation, Graph, Node, NodeId, Op, Polynomial, pass};
use crate::circuit::{CircuitError, activation};
use equiripple_approx::{coeffs::CoefficientTable, evaltree::Cost};
use std::sync::Arc;

/// Levels of a network's nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depths {
    /// Levels of each node by itself, in the graph's order; nothing for what is no polynomial.
    pub own: Vec<Option<usize>>,
    /// Levels of the longest path to the result, those without counted as 0.
    pub total: usize,
    /// Nodes that are no polynomial.
    pub missing: Vec<NodeId>,
}

/// Counts the levels of each node.
///
/// ```
/// use equiripple::nn::{arch::Architecture, depth::depths};
/// let net = "resnet20".parse::<Architecture>()?.random(1)?;
/// let depths = depths(&net)?;
/// // 19 convolutions in a row and a linear layer, which takes the mean; ReLU is no polynomial yet.
/// assert_eq!((depths.total, depths.missing.len()), (20, 19));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a coefficient table describes no circuit.
pub fn depths(graph: &Graph) -> Result<Depths, CircuitError> {
    let absorbed = pass::absorbed(graph);
    let mut tables = Tables(vec![]);
    let mut own = Vec::with_capacity(graph.nodes().len());
    for (id, node) in graph.iter() {
        own.push(match node.op() {
            Op::Affine { scale, .. } => {
                let mut sizes = scale.values().iter().map(|v| v.abs().to_bits());
                let free = sizes.all(|bits| bits == 1f32.to_bits());
                Some(usize::from(!free && !absorbed[id.index()]))
            }
            Op::AveragePool { .. } | Op::GlobalAveragePool => {
                Some(usize::from(!is_merged(graph, id)))
            }
            _ => levels(node, &mut tables)?,
        });
    }
    let mut reached = vec![0; own.len()];
    for (id, node) in graph.iter() {
        let before = node.inputs().iter().map(|x| reached[x.index()]).max();
        reached[id.index()] = before.unwrap_or(0) + own[id.index()].unwrap_or(0);
    }
    let missing = graph.iter().map(|(id, _)| id);
    Ok(Depths {
        total: reached[graph.output().index()],
        missing: missing.filter(|id| own[id.index()].is_none()).collect(),
        own,
    })
}

fn levels(node: &Node, tables: &mut Tables) -> Result<Option<usize>, CircuitError> {
    Ok(match node.op() {
        Op::Conv2d { .. } | Op::Linear { .. } | Op::Multiply => Some(1),
        Op::Activation(Activation::Quadratic { a, .. }) => Some(usize::from(*a != 0.0)),
        Op::Activation(Activation::Polynomial(polynomial)) => Some(tables.depth(polynomial)?),
        Op::MaxPool {
            window,
            by: Some(polynomial),
        } => Some(window.rounds() as usize * tables.depth(polynomial)?),
        Op::Activation(_) | Op::MaxPool { .. } | Op::Softmax | Op::LogSoftmax => None,
        _ => Some(0),
    })
}

/// Whether each node that takes a mean has weights to multiply by 1/n.
fn is_merged(graph: &Graph, pool: NodeId) -> bool {
    let takers: Vec<(NodeId, &Node)> = graph
        .iter()
        .filter(|(_, node)| node.inputs().contains(&pool))
        .collect();
    pool != graph.output()
        && takers.iter().all(|(id, node)| match node.op() {
            Op::Conv2d { .. } | Op::Linear { .. } => true,
            Op::Reshape(_) => is_merged(graph, *id),
            _ => false,
        })
}

/// Depths of tables that were counted already.
struct Tables(Vec<(Arc<CoefficientTable>, usize)>);

impl Tables {
    fn depth(&mut self, polynomial: &Polynomial) -> Result<usize, CircuitError> {
        let table = &polynomial.table;
        let known = self.0.iter().find(|(known, _)| Arc::ptr_eq(known, table));
        if let Some((_, depth)) = known {
            return Ok(*depth);
        }
        let circuit = activation::from_table(table, activation::Activation::Table)?;
        let depth = Cost::of(&circuit).depth;
        self.0.push((table.clone(), depth));
        Ok(depth)
    }
}
