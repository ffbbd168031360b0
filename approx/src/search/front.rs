//! What a search returns.

use super::{choices::Choice, objective::Objective};
use crate::ApproxError;

/// Degrees and circuits of a composition, and what they cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// Odd degrees, the stage that is applied first coming first.
    pub degrees: Vec<usize>,
    /// Levels that each stage may spend above its least depth:
    /// [`PlanOptions::extra_levels`](crate::evaltree::PlanOptions).
    pub extra_levels: Vec<usize>,
    /// Levels of the whole circuit; for ReLU and max, the product with x is among them.
    pub depth: usize,
    /// Products of two ciphertexts in the whole circuit.
    pub mults: usize,
    /// How many of the products have operands k levels below the input.
    pub mults_at_depth: Vec<usize>,
}

impl Composition {
    pub(super) fn of(stages: &[&Choice]) -> Self {
        let depth = stages.iter().map(|stage| stage.depth).sum();
        let mut mults_at_depth = vec![0; depth];
        let mut start = 0;
        for stage in stages {
            for (k, mults) in stage.mults_at_depth.iter().enumerate() {
                mults_at_depth[start + k] += mults;
            }
            start += stage.depth;
        }
        Self {
            degrees: stages.iter().map(|stage| stage.degree).collect(),
            extra_levels: stages.iter().map(|stage| stage.extra_levels).collect(),
            depth,
            mults: mults_at_depth.iter().sum(),
            mults_at_depth,
        }
    }
}

/// A composition that was made, and certified to reach the target.
#[derive(Debug, Clone)]
pub struct Design<T> {
    /// What to evaluate.
    pub composition: Composition,
    /// What the objective counts: the sum over its table, or the number of products.
    pub cost: f64,
    /// Certified upper bound of the error, log2.
    pub log2_error: f64,
    /// The polynomials, and the certificate.
    pub made: T,
}

/// Designs of which none is beaten in both depth and cost.
#[derive(Debug, Clone)]
pub struct Front<T> {
    /// In rising depth and falling cost; at least one.
    pub designs: Vec<Design<T>>,
    /// Index of the design that is best for the objective.
    pub best: usize,
    /// Compositions that were tried and certified.
    pub certified: usize,
    /// Compositions that could not be made: the front is optimal among all others.
    pub skipped: Vec<(Vec<usize>, ApproxError)>,
}

impl<T> Front<T> {
    /// The design that is best for the objective.
    pub fn best(&self) -> &Design<T> {
        &self.designs[self.best]
    }

    /// The design that is best for the objective, alone.
    pub fn into_best(mut self) -> Design<T> {
        self.designs.swap_remove(self.best)
    }

    /// From designs in rising depth; `None` without any.
    pub(super) fn new(
        designs: Vec<Design<T>>,
        objective: &Objective,
        tried: Tried,
    ) -> Option<Self> {
        let best = match objective {
            Objective::Depth => 0,
            // Costs fall with depth.
            Objective::Mults | Objective::Table(_) => designs.len().checked_sub(1)?,
        };
        (!designs.is_empty()).then_some(Self {
            designs,
            best,
            certified: tried.certified,
            skipped: tried.skipped,
        })
    }
}

/// Count of what was tried.
#[derive(Debug, Default)]
pub(super) struct Tried {
    pub(super) certified: usize,
    pub(super) skipped: Vec<(Vec<usize>, ApproxError)>,
}
