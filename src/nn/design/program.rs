//! The dynamic program: which choice and which level at every node, and where to refresh.
//!
//! Nodes are taken in their order. A state is the levels of all results that later nodes still take. From a node whose
//! inputs stand at L at least, a choice of d levels may be worked at any level l with d ≤ l ≤ L, as dropping is free, and
//! leaves l − d; a refresh before it puts the highest level in place of L. Of two states, one that costs no more and has no
//! level lower makes the other needless: what can be done from the lower levels can be done from the higher ones at the
//! same cost.

use super::DesignError;
use std::collections::BTreeMap;

/// States of one node at most.
pub const MAX_STATES: usize = 20_000;

/// One way to compute a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Levels that it takes.
    pub levels: usize,
    /// Seconds by the level where it starts, from level 0 on; those below `levels` are not used, and beyond the last it
    /// cannot start.
    pub seconds: Vec<f64>,
    /// What it takes from the network's quality, at least 0; losses of all nodes are added.
    pub loss: f64,
}

impl Choice {
    /// What costs nothing, wherever it is.
    #[must_use]
    pub fn free(top: usize) -> Self {
        Self {
            levels: 0,
            seconds: vec![0.0; top + 1],
            loss: 0.0,
        }
    }
}

/// A bootstrap that a node's argument may go through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refresh {
    /// The level that it needs.
    pub from: usize,
    /// The level that it leaves.
    pub to: usize,
    /// Seconds of it.
    pub seconds: f64,
}

/// A node: where its arguments come from, and how it may be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Earlier nodes. One without inputs stands at the highest level, and its choices are not used.
    pub inputs: Vec<usize>,
    /// In which ways.
    pub choices: Vec<Choice>,
    /// Before it.
    pub refresh: Option<Refresh>,
}

/// A network as the program sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Its nodes, inputs before those who take them.
    pub steps: Vec<Step>,
    /// The node whose result is that of the network.
    pub output: usize,
    /// The level of fresh ciphertexts.
    pub top: usize,
}

/// What was decided at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Which choice.
    pub choice: usize,
    /// Whether the argument is refreshed before.
    pub refreshed: bool,
    /// The level where it starts.
    pub level: usize,
}

/// A whole design.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Of every node; nothing for those without inputs.
    pub decisions: Vec<Option<Decision>>,
    /// All seconds.
    pub seconds: f64,
    /// All losses.
    pub loss: f64,
}

/// Where a state comes from.
#[derive(Debug, Clone, Copy)]
struct Trace {
    before: Option<usize>,
    decision: Option<Decision>,
}

/// The level that a node may leave, at which cost.
#[derive(Debug, Clone, Copy)]
struct Move {
    level: u8,
    cost: f64,
    decision: Decision,
}

impl Problem {
    /// A plan of least seconds + `price`·loss.
    ///
    /// ```
    /// use equiripple::nn::design::{Choice, Problem, Refresh, Step};
    /// let choice = |levels, seconds: f64, loss| Choice { levels, seconds: vec![seconds; 5], loss };
    /// let source = Step { inputs: vec![], choices: vec![], refresh: None };
    /// // Twice the same activation: rough ones fit in four levels, exact ones need a refresh between them.
    /// let refresh = Some(Refresh { from: 0, to: 4, seconds: 10.0 });
    /// let activation = |input| Step { inputs: vec![input], choices: vec![choice(2, 1.0, 0.5), choice(4, 2.0, 0.0)], refresh };
    /// let problem = Problem { steps: vec![source, activation(0), activation(1)], output: 2, top: 4 };
    /// assert_eq!(problem.solve(1.0)?.seconds, 2.0);
    /// let exact = problem.solve(100.0)?;
    /// assert_eq!((exact.seconds, exact.loss), (14.0, 0.0));
    /// # Ok::<(), equiripple::nn::design::DesignError>(())
    /// ```
    ///
    /// # Errors
    /// When no choice of a node has the levels for it, or there are more than [`MAX_STATES`] states.
    pub fn solve(&self, price: f64) -> Result<Plan, DesignError> {
        let last_use = self.last_use();
        let mut traces = vec![];
        let mut live: Vec<usize> = vec![];
        let mut states: Vec<(Vec<u8>, f64, Option<usize>)> = vec![(vec![], 0.0, None)];
        for (at, step) in self.steps.iter().enumerate() {
            let places: Vec<usize> = step
                .inputs
                .iter()
                .filter_map(|input| live.iter().position(|node| node == input))
                .collect();
            let kept: Vec<usize> = (0..live.len())
                .filter(|&k| last_use[live[k]] > at)
                .collect();
            let mut moves: BTreeMap<usize, Vec<Move>> = BTreeMap::new();
            let mut next: BTreeMap<Vec<u8>, (f64, usize)> = BTreeMap::new();
            for (levels, cost, trace) in &states {
                let level = places.iter().map(|&k| usize::from(levels[k])).min();
                let level = level.unwrap_or(self.top);
                let moves = moves
                    .entry(level)
                    .or_insert_with(|| self.moves(step, level, price));
                for step in &*moves {
                    let mut after: Vec<u8> = kept.iter().map(|&k| levels[k]).collect();
                    after.push(step.level);
                    let cost = cost + step.cost;
                    let known = next.get(&after).map(|state| state.0);
                    if known.is_none_or(|known| cost < known) {
                        traces.push(Trace {
                            before: *trace,
                            decision: (!self.steps[at].inputs.is_empty()).then_some(step.decision),
                        });
                        next.insert(after, (cost, traces.len() - 1));
                    }
                }
            }
            live = kept.into_iter().map(|k| live[k]).collect();
            live.push(at);
            if last_use[at] == 0 && at != self.output {
                // Nobody takes it: its level is of no use.
                live.pop();
                next = unused(next);
            }
            states = undominated(next);
            if states.is_empty() {
                return Err(DesignError::Levels { node: at });
            }
            if states.len() > MAX_STATES {
                return Err(DesignError::States {
                    node: at,
                    found: states.len(),
                    most: MAX_STATES,
                });
            }
        }
        let best = states.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        Ok(self.plan(&traces, best.and_then(|state| state.2)))
    }

    /// The last node that takes the result of each; 0 of none, and beyond all for the output.
    fn last_use(&self) -> Vec<usize> {
        let mut last = vec![0; self.steps.len()];
        for (at, step) in self.steps.iter().enumerate() {
            for &input in &step.inputs {
                last[input] = at;
            }
        }
        if let Some(output) = last.get_mut(self.output) {
            *output = self.steps.len();
        }
        last
    }

    /// What a node may do from a level: the cheapest way to each level that no way to a higher one undercuts.
    fn moves(&self, step: &Step, level: usize, price: f64) -> Vec<Move> {
        let found = |choice, refreshed, level| Decision {
            choice,
            refreshed,
            level,
        };
        if step.inputs.is_empty() {
            return vec![Move {
                level: self.top as u8,
                cost: 0.0,
                decision: found(0, false, self.top),
            }];
        }
        let refresh = step.refresh.filter(|refresh| refresh.from <= level);
        let starts = std::iter::once((level, None));
        let starts = starts.chain(refresh.map(|refresh| (refresh.to, Some(refresh.seconds))));
        let mut best: BTreeMap<usize, Move> = BTreeMap::new();
        for (level, refresh) in starts {
            for (at, choice) in step.choices.iter().enumerate() {
                for start in choice.levels..=level {
                    let Some(seconds) = choice.seconds.get(start) else {
                        break;
                    };
                    let cost = seconds + refresh.unwrap_or(0.0) + price * choice.loss;
                    let left = start - choice.levels;
                    if best.get(&left).is_none_or(|known| cost < known.cost) {
                        best.insert(
                            left,
                            Move {
                                level: left as u8,
                                cost,
                                decision: found(at, refresh.is_some(), start),
                            },
                        );
                    }
                }
            }
        }
        let mut least = f64::INFINITY;
        let falling = best.into_values().rev();
        falling
            .filter(|step| {
                let better = step.cost < least;
                least = least.min(step.cost);
                better
            })
            .collect()
    }

    /// The decisions that lead to a state.
    fn plan(&self, traces: &[Trace], mut from: Option<usize>) -> Plan {
        let mut decisions = vec![];
        while let Some(trace) = from.and_then(|at| traces.get(at)) {
            decisions.push(trace.decision);
            from = trace.before;
        }
        decisions.reverse();
        let (mut seconds, mut loss) = (0.0, 0.0);
        for (step, decision) in self.steps.iter().zip(&decisions) {
            let Some(decision) = decision else { continue };
            let choice = &step.choices[decision.choice];
            seconds += choice.seconds[decision.level];
            loss += choice.loss;
            if decision.refreshed {
                seconds += step.refresh.map_or(0.0, |refresh| refresh.seconds);
            }
        }
        Plan {
            decisions,
            seconds,
            loss,
        }
    }
}

/// States without the last level.
fn unused(states: BTreeMap<Vec<u8>, (f64, usize)>) -> BTreeMap<Vec<u8>, (f64, usize)> {
    let mut next: BTreeMap<Vec<u8>, (f64, usize)> = BTreeMap::new();
    for (mut levels, (cost, trace)) in states {
        levels.pop();
        let known = next.get(&levels).map(|state| state.0);
        if known.is_none_or(|known| cost < known) {
            next.insert(levels, (cost, trace));
        }
    }
    next
}

/// States that no other makes needless, the cheapest first.
fn undominated(states: BTreeMap<Vec<u8>, (f64, usize)>) -> Vec<(Vec<u8>, f64, Option<usize>)> {
    let mut all: Vec<_> = states
        .into_iter()
        .map(|(levels, (cost, trace))| (levels, cost, Some(trace)))
        .collect();
    // Of equal costs the higher levels come first.
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    let mut kept: Vec<(Vec<u8>, f64, Option<usize>)> = vec![];
    for state in all {
        let covers = |other: &(Vec<u8>, f64, Option<usize>)| {
            other.0.iter().zip(&state.0).all(|(a, b)| a >= b)
        };
        if !kept.iter().any(covers) {
            kept.push(state);
        }
    }
    kept
}
