//! The dynamic program: at each depth, the stages so far that are cheap for the ratio of ends they have come to.
//!
//! The future of a composition depends on its past through `s` alone, and rises with it, so a path that another one
//! beats in cost and in `s` can be dropped. The tables of `s` are off by 1e-4 at the worst, so paths are dropped only
//! when beaten by more than that, or by several.

use super::{choices::Choice, contraction::Contractions, cost_table::CostTable, curve::Curve};
use crate::{Result, remez::Budget};

/// What is searched.
pub(super) struct Problem<'a> {
    /// ln s of the first stage's domain.
    pub(super) start: f64,
    /// ln s that the last stage must come to.
    pub(super) target: f64,
    /// Noise margin of every stage but the last.
    pub(super) margin: f64,
    /// Stages before the last.
    pub(super) inner: &'a [Choice],
    /// Last stages when there are others before.
    pub(super) last: &'a [Choice],
    /// Compositions of one stage, with the ln s that they come to.
    pub(super) single: Vec<(&'a Choice, f64)>,
    /// How close in ln s two paths are to be called equal.
    pub(super) slack: f64,
    /// How many better paths it takes to drop one that is close to them.
    pub(super) keep: usize,
}

/// A complete path.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub(super) stages: Vec<&'a Choice>,
    pub(super) cost: f64,
    /// ln s at its end.
    pub(super) reached: f64,
}

impl Candidate<'_> {
    pub(super) fn degrees(&self) -> Vec<usize> {
        self.stages.iter().map(|stage| stage.degree).collect()
    }
}

/// What a product costs.
#[derive(Clone, Copy)]
pub(super) enum Price<'a> {
    /// One, wherever it is made.
    Unit,
    /// What the table says, in a circuit of this depth.
    Table(&'a CostTable, usize),
}

impl Price<'_> {
    /// The cost of a stage whose input is at depth `at`.
    fn of(self, stage: &Choice, at: usize) -> f64 {
        match self {
            Self::Unit => stage.mults() as f64,
            Self::Table(table, depth) => (at..)
                .zip(&stage.mults_at_depth)
                .map(|(k, &mults)| mults as f64 * table.at_depth(k, depth))
                .sum(),
        }
    }
}

struct Node {
    cost: f64,
    /// ln s.
    at: f64,
    /// Where it comes from: depth, index there, and the stage in between; none at the start.
    from: Option<(usize, usize, usize)>,
}

/// The cells of the program, made as far as they are asked for.
pub(super) struct Program<'a> {
    problem: &'a Problem<'a>,
    price: Price<'a>,
    inner: Vec<&'a Curve>,
    last: Vec<&'a Curve>,
    cells: Vec<Vec<Node>>,
}

impl<'a> Program<'a> {
    pub(super) fn new(
        problem: &'a Problem<'a>,
        price: Price<'a>,
        tables: &'a Contractions,
        budget: Budget,
    ) -> Result<Self> {
        let curves = |choices: &[Choice]| -> Result<Vec<&'a Curve>> {
            let curve = |choice: &Choice| tables.curve(choice.degree, budget);
            choices.iter().map(curve).collect()
        };
        let start = Node {
            cost: 0.0,
            at: problem.start,
            from: None,
        };
        Ok(Self {
            problem,
            price,
            inner: curves(problem.inner)?,
            last: curves(problem.last)?,
            cells: vec![vec![start]],
        })
    }

    /// All compositions of exactly this depth that cost less than `limit` and come to the target. `limit` must not rise
    /// from call to call.
    pub(super) fn candidates(&mut self, depth: usize, limit: f64) -> Vec<Candidate<'a>> {
        while self.cells.len() < depth {
            let cell = self.cell(self.cells.len(), limit);
            self.cells.push(cell);
        }
        let mut found = vec![];
        for &(stage, reached) in &self.problem.single {
            if stage.depth != depth || reached > self.problem.target {
                continue;
            }
            let cost = self.price.of(stage, 0);
            if cost < limit {
                let stages = vec![stage];
                found.push(Candidate {
                    stages,
                    cost,
                    reached,
                });
            }
        }
        for (stage, curve) in self.problem.last.iter().zip(&self.last) {
            let Some(at) = depth.checked_sub(stage.depth).filter(|&at| at > 0) else {
                continue;
            };
            let price = self.price.of(stage, at);
            for node in &self.cells[at] {
                let (cost, reached) = (node.cost + price, curve.at(node.at));
                if cost < limit && reached <= self.problem.target {
                    let mut stages = self.path(node);
                    stages.push(stage);
                    found.push(Candidate {
                        stages,
                        cost,
                        reached,
                    });
                }
            }
        }
        found
    }

    /// The paths that arrive at `depth`.
    fn cell(&self, depth: usize, limit: f64) -> Vec<Node> {
        let problem = self.problem;
        let mut nodes = vec![];
        for (k, (stage, curve)) in problem.inner.iter().zip(&self.inner).enumerate() {
            let Some(before) = depth.checked_sub(stage.depth) else {
                continue;
            };
            let price = self.price.of(stage, before);
            for (i, node) in self.cells[before].iter().enumerate() {
                // Who is at the target already needs no stage more.
                if node.cost + price >= limit || node.at < problem.target - problem.slack {
                    continue;
                }
                let at = widened(curve.at(node.at), problem.margin);
                if at.is_finite() {
                    nodes.push(Node {
                        cost: node.cost + price,
                        at,
                        from: Some((before, i, k)),
                    });
                }
            }
        }
        thin(nodes, problem.slack, problem.keep, |n| (n.cost, n.at))
    }

    fn path(&self, end: &Node) -> Vec<&'a Choice> {
        let mut stages = vec![];
        let mut node = end;
        while let Some((depth, i, k)) = node.from {
            stages.push(&self.problem.inner[k]);
            node = &self.cells[depth][i];
        }
        stages.reverse();
        stages
    }
}

/// ln s when the noise margin η is added to the error of ln s: from E to E+η.
pub(super) fn widened(log_s: f64, margin: f64) -> f64 {
    if margin <= 0.0 {
        return log_s;
    }
    let error = (0.5 * log_s.exp()).tanh() + margin;
    (2.0 * error.atanh()).ln()
}

/// Sorts by the two keys and drops whoever is beaten in both by `keep` others, or in the second by more than `slack`.
pub(super) fn thin<T>(
    mut items: Vec<T>,
    slack: f64,
    keep: usize,
    keys: impl Fn(&T) -> (f64, f64),
) -> Vec<T> {
    let order = |a: &T, b: &T| {
        let (a, b) = (keys(a), keys(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    };
    items.sort_by(order);
    // The least second keys so far, rising.
    let mut least: Vec<f64> = vec![];
    items.retain(|item| {
        let second = keys(item).1;
        let beaten = least.len() >= keep && least[keep - 1] <= second
            || least.first().is_some_and(|&best| best + slack < second);
        if !beaten {
            let place = least.partition_point(|&x| x <= second);
            least.insert(place, second);
            least.truncate(keep);
        }
        !beaten
    });
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_front_and_what_is_close() {
        let items = vec![(2.0, 5.0), (1.0, 6.0), (2.0, 5.05), (3.0, 5.02), (3.0, 4.0)];
        let kept = thin(items.clone(), 0.1, 2, |&pair| pair);
        assert_eq!(kept, [(1.0, 6.0), (2.0, 5.0), (2.0, 5.05), (3.0, 4.0)]);
        let kept = thin(items, 0.0, 3, |&pair| pair);
        assert_eq!(kept, [(1.0, 6.0), (2.0, 5.0), (3.0, 4.0)]);
    }

    #[test]
    fn margin_adds_to_the_error() {
        let s = widened((3.0_f64).ln().ln(), 0.1).exp();
        // E = ½ at s = ln 3; with 0.1 more, s = ln(1.6/0.4).
        assert!((s - 4.0_f64.ln()).abs() < 1e-14);
        assert!(!widened(3.0, 0.1).is_finite());
    }
}
