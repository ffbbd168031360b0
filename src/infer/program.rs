//! A lowered network with a level for every node, and the bootstraps between.

use super::{InferError, Prices};
use crate::nn::{
    Graph, NodeId,
    design::{Choice, DesignError, Problem, Step, Work},
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
    /// Fewest slots of a bootstrap.
    least: usize,
}

/// Where a node is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Whether its argument is bootstrapped before.
    pub bootstrapped: bool,
    /// Whether its result is bootstrapped, for all who take it.
    pub renewed: bool,
    /// The level where it starts.
    pub level: usize,
    /// Levels that it takes.
    pub levels: usize,
    /// The level of its result.
    pub left: usize,
    /// Modelled seconds of the bootstraps before and behind it.
    pub bootstrap_seconds: f64,
    /// Modelled seconds of the node itself.
    pub seconds: f64,
}

impl Place {
    /// How often its ciphertexts are bootstrapped there.
    #[must_use]
    pub fn bootstraps(&self) -> usize {
        usize::from(self.bootstrapped) + usize::from(self.renewed)
    }
}

impl<'g> Program<'g> {
    /// The plan of least modelled time, for a `batch` of images that share ciphertexts. `ranges` are the B of quadratics, as in
    /// [`Lowered::new`].
    ///
    /// # Errors
    /// When the network cannot be lowered, or a node finds no levels.
    pub fn new(
        graph: &'g Graph,
        prices: &mut Prices,
        ranges: &BTreeMap<NodeId, f64>,
        batch: usize,
    ) -> Result<Self, InferError> {
        let lowered = Lowered::new(graph, batch, prices.slots(), ranges)?;
        let mut steps = vec![];
        // Which step a node is, and which one gives its result: terms of sums that are multiplied are steps of their own
        // before these, and a bootstrap of a result is one behind its node.
        let mut own: Vec<usize> = vec![];
        let mut results: Vec<usize> = vec![];
        let uses = graph.uses();
        for (id, _) in graph.iter() {
            steps.extend(self::steps(&lowered, id, &results, steps.len(), prices)?);
            own.push(steps.len() - 1);
            if renewable(&lowered, id, uses[id.index()]) {
                steps.push(Step {
                    inputs: vec![steps.len() - 1],
                    choices: vec![Choice::free(prices.top)],
                    refresh: Some(prices.refresh(lowered.layout(id))?),
                });
            }
            results.push(steps.len() - 1);
        }
        let problem = Problem {
            output: results[graph.output().index()],
            top: prices.top,
            steps,
        };
        let plan = problem.solve(0.0).map_err(|error| match error {
            DesignError::Levels { node: step } => {
                let node = results.partition_point(|last| *last < step);
                let choices = problem.steps[step].choices.iter();
                let refreshes = problem.steps.iter().filter_map(|step| step.refresh);
                let between = refreshes.map(|refresh| refresh.to - refresh.from).min();
                InferError::Levels {
                    node: graph.nodes()[node].name().into(),
                    levels: between.unwrap_or(prices.top),
                    need: choices.map(|c| c.levels).min().unwrap_or(0),
                }
            }
            other => other.into(),
        })?;
        let refresh_at = |at: usize| {
            let refreshed = plan.decisions[at].is_some_and(|decision| decision.refreshed);
            problem.steps[at].refresh.filter(|_| refreshed)
        };
        let place = |(own, result): (&usize, &usize)| {
            let decision = plan.decisions[*own]?;
            let choice = &problem.steps[*own].choices[decision.choice];
            let before = refresh_at(*own);
            let behind = (result > own).then(|| refresh_at(*result)).flatten();
            let bootstraps = before.iter().chain(&behind);
            Some(Place {
                bootstrapped: before.is_some(),
                renewed: behind.is_some(),
                level: decision.level,
                levels: choice.levels,
                left: behind.map_or(decision.level - choice.levels, |refresh| refresh.to),
                bootstrap_seconds: bootstraps.map(|refresh| refresh.seconds).sum(),
                seconds: choice.seconds[decision.level],
            })
        };
        Ok(Self {
            places: own.iter().zip(&results).map(place).collect(),
            top: prices.top,
            least: prices.least(),
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

    /// The level of the result.
    #[must_use]
    pub fn result_level(&self) -> usize {
        let results = self.lowered.results().into_iter();
        let levels = results.map(|id| self.place(id).map_or(self.top, |place| place.left));
        levels.min().unwrap_or(self.top)
    }

    /// Modelled seconds of all.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let places = self.places.iter().flatten();
        places
            .map(|place| place.seconds + place.bootstrap_seconds)
            .sum()
    }

    /// What is bootstrapped: of how many slots, and how many ciphertexts at once.
    pub fn bootstraps(&self) -> impl Iterator<Item = (NodeId, usize, usize)> {
        let nodes = self.lowered.graph().iter().flat_map(|(id, _)| {
            let times = self.place(id).map_or(0, Place::bootstraps);
            std::iter::repeat_n(id, times)
        });
        nodes.map(|id| {
            let layout = self.lowered.layout(id);
            let most = self.lowered.slots();
            (
                id,
                layout.period(most).max(self.least),
                layout.ciphertexts(most),
            )
        })
    }
}

/// Whether a node's result may be bootstrapped: where it is within its range, and where that is not the bootstrap of the
/// argument of the one node that takes it.
fn renewable(lowered: &Lowered<'_>, id: NodeId, uses: usize) -> bool {
    lowered.is_bounded(id)
        && match lowered.stages()[id.index()] {
            Stage::Sum(_) => uses > 1,
            Stage::Polynomial(..) => true,
            _ => false,
        }
}

/// The steps of a node, its own last; `begin` is the index of the first.
fn steps(
    lowered: &Lowered<'_>,
    id: NodeId,
    results: &[usize],
    begin: usize,
    prices: &mut Prices,
) -> Result<Vec<Step>, InferError> {
    let step = |inputs, levels, seconds| Step {
        inputs,
        choices: vec![Choice {
            levels,
            seconds,
            loss: 0.0,
        }],
        refresh: None,
    };
    let from = |id: &NodeId| vec![results[id.index()]];
    let all = |ids: &[NodeId]| ids.iter().flat_map(from).collect::<Vec<_>>();
    Ok(match &lowered.stages()[id.index()] {
        Stage::Input | Stage::Constant => vec![Step {
            inputs: vec![],
            choices: vec![],
            refresh: None,
        }],
        Stage::View(inputs) => {
            let free = Choice::free(prices.top);
            vec![step(all(inputs), free.levels, free.seconds)]
        }
        Stage::Linear(inputs) => {
            let seconds = prices.linear(lowered.transforms(id))?;
            vec![step(all(inputs), 1, seconds)]
        }
        Stage::Shift(input) => {
            let seconds = prices.work(&Work::Sum, lowered.layout(id))?;
            vec![step(from(input), 0, seconds)]
        }
        Stage::Sum(terms) => {
            let mut steps = vec![];
            let mut inputs = vec![];
            for (term, factor) in terms {
                if is_one(*factor) {
                    inputs.extend(from(term));
                } else {
                    let seconds = prices.work(&Work::Scaling, lowered.layout(*term))?;
                    inputs.push(begin + steps.len());
                    steps.push(step(from(term), 1, seconds));
                }
            }
            let seconds = prices.work(&Work::Sum, lowered.layout(id))?;
            steps.push(step(inputs, 0, seconds));
            steps
        }
        Stage::Polynomial(input, circuit) => {
            let layout = lowered.layout(id);
            let seconds = prices.activation(circuit, layout)?;
            let refresh = Some(prices.refresh(layout)?);
            let own = step(from(input), Cost::of(circuit).depth, seconds);
            vec![Step { refresh, ..own }]
        }
    })
}

/// Whether a term is taken as it is.
pub(super) fn is_one(factor: f64) -> bool {
    (factor - 1.0).abs() < 1e-12
}
