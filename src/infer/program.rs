//! A lowered network with a level for every node, and the bootstraps between.

use super::{InferError, Prices};
use crate::nn::{
    Graph, NodeId,
    design::{Choice, DesignError, Piece, Problem, Step, Work, pieces},
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
    /// Modelled seconds of the bootstraps before or after it.
    pub bootstrap_seconds: f64,
    /// Modelled seconds of the node itself.
    pub seconds: f64,
}

impl Place {
    /// Whether anything is bootstrapped there.
    #[must_use]
    pub const fn bootstraps(&self) -> bool {
        self.bootstrapped || self.renewed
    }
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
        // Which step a node is, and which one gives its result: terms of sums that are multiplied are steps of their own
        // before these, and a bootstrap for all who take the result is one after them.
        let mut own: Vec<usize> = vec![];
        let mut results: Vec<usize> = vec![];
        let uses = graph.uses();
        for (id, _) in graph.iter() {
            let made = self::steps(&lowered, &pieces, id, &results, steps.len(), prices)?;
            steps.extend(made);
            own.push(steps.len() - 1);
            let sum = matches!(lowered.stages()[id.index()], Stage::Sum(_));
            if sum && uses[id.index()] > 1 && lowered.is_bounded(id) {
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
        let refreshed = |at: usize| {
            let decided = plan.decisions[at].is_some_and(|decision| decision.refreshed);
            let refresh = problem.steps[at].refresh.filter(|_| decided);
            refresh.map_or(0.0, |refresh| refresh.seconds)
        };
        let place = |(own, result): (&usize, &usize)| {
            let (step, decision) = (&problem.steps[*own], plan.decisions[*own]?);
            let choice = &step.choices[decision.choice];
            let renewed = result != own && plan.decisions[*result].is_some_and(|d| d.refreshed);
            let after = if renewed { refreshed(*result) } else { 0.0 };
            Some(Place {
                bootstrapped: decision.refreshed,
                renewed,
                level: decision.level,
                levels: choice.levels,
                bootstrap_seconds: refreshed(*own) + after,
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

    /// The node that holds the result: views of it are read by whoever decrypts.
    #[must_use]
    pub fn output(&self) -> NodeId {
        let output = self.lowered.graph().output();
        match &self.lowered.stages()[output.index()] {
            Stage::View(from) => *from,
            _ => output,
        }
    }

    /// The level of fresh ciphertexts.
    #[must_use]
    pub const fn top(&self) -> usize {
        self.top
    }

    /// The level of the result.
    #[must_use]
    pub fn result_level(&self) -> usize {
        let left = |place: &Place| place.level.saturating_sub(place.levels);
        self.place(self.output()).map_or(self.top, left)
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
        let nodes = self
            .lowered
            .graph()
            .iter()
            .filter(|(id, _)| self.place(*id).is_some_and(Place::bootstraps));
        nodes.map(|(id, _)| {
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

/// The steps of a node, its own last; `begin` is the index of the first.
fn steps(
    lowered: &Lowered<'_>,
    pieces: &[Piece],
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
    Ok(match &lowered.stages()[id.index()] {
        Stage::Input | Stage::Constant => vec![Step {
            inputs: vec![],
            choices: vec![],
            refresh: None,
        }],
        Stage::View(input) => {
            let free = Choice::free(prices.top);
            vec![step(from(input), free.levels, free.seconds)]
        }
        Stage::Linear(input) => {
            let work = &pieces[id.index()].work;
            vec![step(
                from(input),
                1,
                prices.work(work, lowered.layout(*input))?,
            )]
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
