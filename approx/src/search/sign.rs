//! The degrees of a composite sign.

use std::collections::HashMap;

use rug::{Float, ops::Pow};

use super::{
    Search,
    choices::choices,
    front::{Composition, Design, Front, Tried},
    limits::check_bits,
    objective::Objective,
    program::{Candidate, Problem, thin},
    sweep::Reach,
};
use crate::{
    ApproxError, Result,
    certify::Bounds,
    composite::{SignDesign, Stage, design_sign},
    evaltree::Kind,
    rounding::Rounding,
};

/// Paths closer than this in ln s are both kept: ten times what the tables are off by at the end of a path.
const SLACK: f64 = 0.005;
const KEEP: usize = 6;

/// What a composite sign is to reach: `|1 − p| ≤ 2^-error_bits` on `[2^-epsilon_bits, 1]`.
#[derive(Debug, Clone, PartialEq)]
pub struct SignTarget {
    /// −log2 of the lower end of the domain.
    pub epsilon_bits: f64,
    /// −log2 of the error.
    pub error_bits: f64,
    /// Noise margin of every stage but the last.
    pub margin: Float,
    /// What the coefficients are rounded to.
    pub rounding: Rounding,
}

impl SignTarget {
    /// Precision α: error 2^-(α−1) on [2^-α, 1], without margin or rounding.
    pub fn alpha(alpha: f64) -> Self {
        Self {
            epsilon_bits: alpha,
            error_bits: alpha - 1.0,
            margin: Float::new(64),
            rounding: Rounding::Exact,
        }
    }

    fn check(&self) -> Result<()> {
        check_bits("epsilon_bits", self.epsilon_bits, 0.5)?;
        check_bits("error_bits", self.error_bits, 0.5)
    }

    fn design(&self, degrees: &[usize]) -> SignDesign {
        let bits = Float::with_val(64, -self.epsilon_bits);
        SignDesign {
            margin: self.margin.clone(),
            rounding: self.rounding,
            ..SignDesign::new(degrees, Float::with_val(64, 2).pow(bits))
        }
    }

    /// ln s that belongs to the error: `s = ln((1+e)/(1−e))`.
    fn goal(&self) -> f64 {
        (2.0 * (-self.error_bits).exp2().atanh()).ln()
    }
}

/// A composite sign and its certificate.
#[derive(Debug, Clone)]
pub struct SignComposite {
    /// The stages.
    pub stages: Vec<Stage>,
    /// Bounds of `sup |1 − p|` on the domain.
    pub bounds: Bounds,
}

/// What is known of compositions by degrees.
type Known = HashMap<Vec<usize>, Option<(SignComposite, f64)>>;

impl Search<'_> {
    /// The designs that are not beaten in depth and cost. Exact: at each depth the least cost there is within the limits,
    /// and at that cost the least error.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] for a target the tables do not reach, [`ApproxError::NoDesign`], the time limit.
    pub fn sign(&self, target: &SignTarget, objective: &Objective) -> Result<Front<SignComposite>> {
        self.sign_until(target, objective, usize::MAX)
    }

    /// The sign of least depth, and of those the one with the fewest products: a front of one.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn least_level_sign(&self, target: &SignTarget) -> Result<Front<SignComposite>> {
        self.sign_until(target, &Objective::Depth, 1)
    }

    fn unreached(&self, target: &SignTarget) -> ApproxError {
        let (error, epsilon) = (target.error_bits, target.epsilon_bits);
        self.none(format!("2^-{error} for sign on [2^-{epsilon}, 1]"))
    }

    /// The front up to so many designs.
    fn sign_until(
        &self,
        target: &SignTarget,
        objective: &Objective,
        enough: usize,
    ) -> Result<Front<SignComposite>> {
        target.check()?;
        let priced = matches!(objective, Objective::Table(_));
        let stages = choices(Kind::Odd, &self.limits, priced)?;
        self.tabulate(&[&stages])?;
        let start = (target.epsilon_bits * std::f64::consts::LN_2).ln();
        let mut single = vec![];
        for stage in &stages {
            let reached = self.tables.curve(stage.degree, self.budget)?.at(start);
            single.push((stage, reached));
        }
        let problem = Problem {
            start,
            target: target.goal() + SLACK,
            margin: target.margin.to_f64(),
            inner: &stages,
            last: &stages,
            single,
            slack: SLACK,
            keep: KEEP,
        };
        let reach = Reach {
            objective,
            enough,
            levels_beyond: usize::MAX,
        };
        let (mut known, mut tried) = (Known::new(), Tried::default());
        let designs = self.sweep(&problem, &reach, |found| {
            let found = thin(found, SLACK, KEEP, |c| (c.cost, c.reached));
            self.first_certified(&found, target, &mut known, &mut tried)
        })?;
        Front::new(designs, objective, tried).ok_or_else(|| self.unreached(target))
    }

    /// The least error among the cheapest candidates that reach the target.
    fn first_certified(
        &self,
        mut candidates: &[Candidate<'_>],
        target: &SignTarget,
        known: &mut Known,
        tried: &mut Tried,
    ) -> Result<Option<Design<SignComposite>>> {
        while let Some(first) = candidates.first() {
            let equal = |c: &&Candidate<'_>| c.cost.total_cmp(&first.cost).is_eq();
            let count = candidates.iter().take_while(equal).count();
            let (group, rest) = candidates.split_at(count);
            candidates = rest;
            let mut best: Option<Design<SignComposite>> = None;
            for candidate in group {
                let degrees = candidate.degrees();
                if !known.contains_key(&degrees) {
                    let made = self.make_sign(&degrees, target, tried)?;
                    known.insert(degrees.clone(), made);
                }
                let Some(Some((made, log2_error))) = known.get(&degrees) else {
                    continue;
                };
                let least = best.as_ref().map_or(-target.error_bits, |b| b.log2_error);
                if *log2_error <= least {
                    best = Some(Design {
                        composition: Composition::of(&candidate.stages),
                        cost: candidate.cost,
                        log2_error: *log2_error,
                        made: made.clone(),
                    });
                }
            }
            if best.is_some() {
                return Ok(best);
            }
        }
        Ok(None)
    }

    fn make_sign(
        &self,
        degrees: &[usize],
        target: &SignTarget,
        tried: &mut Tried,
    ) -> Result<Option<(SignComposite, f64)>> {
        match design_sign(&target.design(degrees), self.budget) {
            Ok((stages, bounds)) => {
                tried.certified += 1;
                self.told(tried.certified);
                let log2_error = bounds.log2_upper();
                Ok(Some((SignComposite { stages, bounds }, log2_error)))
            }
            Err(error @ ApproxError::TimeLimit { .. }) => Err(error),
            Err(error) => {
                tried.skipped.push((degrees.to_vec(), error));
                Ok(None)
            }
        }
    }
}
