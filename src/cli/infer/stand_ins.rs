//! Polynomials in place of a network's functions, such that the same can be put in place again elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::{
    cli::{
        error::Outcome,
        net::{
            activation::{Function, PoolFunction},
            calibration::Bounds,
            replace::replaced,
        },
    },
    nn::{Activation, Graph, NodeId, Op, pass},
};

/// Functions, and the ranges over which they hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StandIns {
    activation: Function,
    maxpool: PoolFunction,
    bounds: Bounds,
}

impl StandIns {
    /// With the ranges that `measured` gives, which is called where ranges matter alone.
    pub(super) fn new(
        activation: Function,
        maxpool: PoolFunction,
        plain: &Graph,
        measured: impl FnOnce() -> Outcome<Bounds>,
    ) -> Outcome<Self> {
        let matter = activation != Function::Exact
            || matches!(maxpool, PoolFunction::Maxima(_))
            || quadratics(plain).next().is_some();
        Ok(Self {
            bounds: if matter {
                measured()?
            } else {
                Bounds::all(1.0)
            },
            activation,
            maxpool,
        })
    }

    /// The same with another function for ReLU.
    pub(super) fn on(&self, activation: Function) -> Self {
        Self {
            activation,
            ..self.clone()
        }
    }

    /// A part of the network with them in place, and B of its quadratics.
    pub(super) fn put(
        &self,
        plain: &Graph,
        part: &Part,
    ) -> Outcome<(Graph, BTreeMap<NodeId, f64>)> {
        let (relu, pool) = (self.activation.stand_in(), self.maxpool.stand_in()?);
        let graph = replaced(plain, relu.as_ref(), pool.as_ref(), &self.bounds)?;
        let graph = pass::expand_max_pools(&part.of(&graph)?)?;
        let range = |name: &str| f64::from(self.bounds.activation(name));
        let ranges = quadratics(&graph).map(|(id, name)| (id, range(name)));
        let ranges = ranges.collect();
        Ok((graph, ranges))
    }
}

/// They have no range of their own.
fn quadratics(graph: &Graph) -> impl Iterator<Item = (NodeId, &str)> {
    let nodes = graph.iter();
    let of =
        nodes.filter(|(_, node)| matches!(node.op(), Op::Activation(Activation::Quadratic { .. })));
    of.map(|(id, node)| (id, node.name()))
}
