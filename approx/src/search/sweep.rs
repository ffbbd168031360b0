//! Depth after depth, the cheapest design that was certified.

use super::{
    Search,
    choices::Choice,
    front::Design,
    objective::Objective,
    program::{Candidate, Price, Problem, Program},
};
use crate::Result;

/// How far to go.
pub(super) struct Reach<'a> {
    pub(super) objective: &'a Objective,
    /// Stop after so many designs.
    pub(super) enough: usize,
    /// Stop so many levels after the first design.
    pub(super) levels_beyond: usize,
}

impl Search<'_> {
    /// Designs in rising depth and falling cost. `first` picks the best of the candidates of one depth, all of which
    /// cost less than the designs so far.
    pub(super) fn sweep<'p, T>(
        &'p self,
        problem: &'p Problem<'p>,
        reach: &'p Reach<'p>,
        mut first: impl FnMut(Vec<Candidate<'p>>) -> Result<Option<Design<T>>>,
    ) -> Result<Vec<Design<T>>> {
        let (mut last, table) = match reach.objective {
            Objective::Table(table) => (self.limits.max_depth.min(table.deepest()), Some(table)),
            Objective::Depth | Objective::Mults => (self.limits.max_depth, None),
        };
        let program = |price| Program::new(problem, price, &self.tables, self.budget);
        let mut shared = program(Price::Unit)?;
        let (mut designs, mut limit) = (Vec::<Design<T>>::new(), f64::INFINITY);
        let mut depth = 1;
        while depth <= last && designs.len() < reach.enough {
            self.budget.check("the search of degrees")?;
            // Where costs depend on levels they depend on the depth of the whole, so each depth has its own program.
            let candidates = match table {
                Some(table) => program(Price::Table(table, depth))?.candidates(depth, limit),
                None => shared.candidates(depth, limit),
            };
            if let Some(design) = first(candidates)? {
                if designs.is_empty() {
                    last = last.min(depth.saturating_add(reach.levels_beyond));
                }
                if table.is_none() {
                    last = last.min(deepest(problem, design.composition.mults));
                }
                limit = design.cost;
                designs.push(design);
            }
            depth += 1;
        }
        Ok(designs)
    }
}

/// Deepest circuit with fewer than `mults` products: no stage has more levels per product than the best one here.
fn deepest(problem: &Problem<'_>, mults: usize) -> usize {
    let most = |choice: &Choice| (choice.depth * mults.saturating_sub(1)).div_ceil(choice.mults());
    let single = problem.single.iter().map(|&(choice, _)| choice);
    let choices = problem.inner.iter().chain(problem.last).chain(single);
    choices.map(most).max().unwrap_or(0)
}
