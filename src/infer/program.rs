//! A lowered network with a level for every node, and the bootstraps between.

use super::{InferError, Prices};
use crate::nn::{
    Graph, NodeId,
    design::{Choice, Decision, DesignError, Piece, Problem, Step, Work, pieces},
    lower::{Lowered, Stage},
};
use equiripple_approx::evaltree::Cost;
use std::collections::BTreeMap;

/// A network, lowered and planned.
#[derive(Debug)]
pub struct Program<'g> {
    lowered: Lowered<'g>,
    places: Vec<Option<Place>>,
    /// The level of fresh ciphertexts.
    top: usize,
}

/// Where a node is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Whether its argument is bootstrapped before.
    pub bootstrapped: bool,
    /// The level where it starts.
    pub level: usize,
    /// Modelled seconds of the bootstraps before it.
    pub bootstrap_seconds: f64,
    /// Modelled seconds of the node itself.
    pub seconds: f64,
}

impl<'g> Program<'g> {
    /// The plan of least modelled time. `ranges` are the B of quadratics, as in [`Lowered::new`].
    ///
    /// # Errors
    /// When the network cannot be lowered, or a node finds no levels.
    pub fn new(
        graph: &'g Graph,
        prices: &mut Prices,
        ranges: &BTreeMap<NodeId, f64>,
    ) -> Result<Self, InferError> {
        let lowered = Lowered::new(graph, prices.slots(), ranges)?;
        let pieces = pieces(graph, prices.slots())?;
        let mut steps = vec![];
        for (id, _) in graph.iter() {
            steps.push(step(&lowered, &pieces, id, prices)?);
        }
        let problem = Problem {
            output: graph.output().index(),
            top: prices.top,
            steps,
        };
        let plan = problem.solve(0.0).map_err(|error| match error {
            DesignError::Levels { node } => InferError::Levels {
                node: graph.nodes()[node].name().into(),
                levels: prices.top,
                need: problem.steps[node]
                    .choices
                    .iter()
                    .map(|c| c.levels)
                    .min()
                    .unwrap_or(0),
            },
            other => other.into(),
        })?;
        let place = |(step, decision): (&Step, &Option<Decision>)| {
            let decision = (*decision)?;
            let refresh = step.refresh.filter(|_| decision.refreshed);
            Some(Place {
                bootstrapped: decision.refreshed,
                level: decision.level,
                bootstrap_seconds: refresh.map_or(0.0, |refresh| refresh.seconds),
                seconds: step.choices[decision.choice].seconds[decision.level],
            })
        };
        Ok(Self {
            places: problem
                .steps
                .iter()
                .zip(&plan.decisions)
                .map(place)
                .collect(),
            top: prices.top,
            lowered,
        })
    }

    /// The steps.
    #[must_use]
    pub const fn lowered(&self) -> &Lowered<'g> {
        &self.lowered
    }

    /// Where a node is computed; none of the input.
    #[must_use]
    pub fn place(&self, id: NodeId) -> Option<&Place> {
        self.places[id.index()].as_ref()
    }

    /// The level of fresh ciphertexts.
    #[must_use]
    pub const fn top(&self) -> usize {
        self.top
    }

    /// Modelled seconds of all.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let places = self.places.iter().flatten();
        places
            .map(|place| place.seconds + place.bootstrap_seconds)
            .sum()
    }

    /// The numbers of slots that are bootstrapped, and how many ciphertexts of each at once.
    pub fn bootstraps(&self) -> impl Iterator<Item = (NodeId, usize, usize)> {
        let nodes = self
            .lowered
            .graph()
            .iter()
            .filter(|(id, _)| self.place(*id).is_some_and(|place| place.bootstrapped));
        nodes.map(|(id, _)| {
            let layout = self.lowered.layout(id);
            let most = self.lowered.slots();
            (id, layout.period(most), layout.ciphertexts(most))
        })
    }
}

fn step(
    lowered: &Lowered<'_>,
    pieces: &[Piece],
    id: NodeId,
    prices: &mut Prices,
) -> Result<Step, InferError> {
    let mut step = Step {
        inputs: vec![],
        choices: vec![],
        refresh: None,
    };
    let mut choice = |levels, seconds| {
        step.choices.push(Choice {
            levels,
            seconds,
            loss: 0.0,
        });
    };
    match &lowered.stages()[id.index()] {
        Stage::Input => {}
        Stage::View(from) => {
            step.choices.push(Choice::free(prices.top));
            step.inputs.push(from.index());
        }
        Stage::Linear(from) => {
            let work = &pieces[id.index()].work;
            choice(1, prices.work(work, lowered.layout(*from))?);
            step.inputs.push(from.index());
        }
        Stage::Sum(terms) => {
            choice(0, prices.work(&Work::Sum, lowered.layout(id))?);
            step.inputs
                .extend(terms.iter().map(|(term, _)| term.index()));
        }
        Stage::Polynomial(from, circuit) => {
            let layout = lowered.layout(id);
            let levels = Cost::of(circuit).depth;
            choice(levels, prices.activation(circuit, layout)?);
            step.refresh = Some(prices.refresh(layout)?);
            step.inputs.push(from.index());
        }
    }
    Ok(step)
}
