//! The degrees of a ReLU or maximum.

use std::collections::HashMap;

use rug::Float;

use super::{
    Search,
    choices::choices,
    front::{Composition, Design, Front, Tried},
    limits::check_bits,
    model::{DOUBT, Model},
    objective::Objective,
    program::{Candidate, Problem},
    sweep::Reach,
};
use crate::{
    Result,
    composite::{ReluComposite, ReluDesign, design_relu},
    evaltree::Kind,
    rounding::Rounding,
};

/// How close in ln s two paths are to be called equal: the model sees no finer differences.
const SLACK: f64 = 0.1;
const KEEP: usize = 4;

/// Levels above the least that are searched for fewer products, when levels are what counts.
const LEVELS_BEYOND: usize = 3;

/// What a ReLU is to reach: sup of `|ReLU − r|` over [−1, 1] at most 2^-alpha. The same holds for a maximum, of
/// `(a+b)/2 + (a−b)·P(a−b) + c₀` with |a−b| ≤ 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ReluTarget {
    /// −log2 of the error.
    pub alpha: f64,
    /// Whether a constant may be added.
    pub offset: bool,
    /// Noise margin of the inner stages.
    pub margin: Float,
    /// What the coefficients are rounded to.
    pub rounding: Rounding,
}

impl ReluTarget {
    /// Precision α, without margin or rounding.
    pub fn alpha(alpha: f64, offset: bool) -> Self {
        Self {
            alpha,
            offset,
            margin: Float::new(64),
            rounding: Rounding::Exact,
        }
    }

    fn design(&self, degrees: &[usize]) -> ReluDesign {
        ReluDesign {
            margin: self.margin.clone(),
            rounding: self.rounding,
            ..ReluDesign::new(degrees, self.offset)
        }
    }
}

/// A candidate with the error that the model expects, log2.
type Expected<'a> = (Candidate<'a>, f64);

/// What is known of compositions by degrees; `None` for those that fail.
type Known = HashMap<Vec<usize>, Option<ReluComposite>>;

impl Search<'_> {
    /// Designs in rising depth, each with fewer products (or less cost) than the ones before; with [`Objective::Depth`]
    /// at the least number of levels and up to three more.
    ///
    /// Every design is certified. That no other one is better rests on the model of the error, which chooses and orders
    /// what is tried; at each depth and cost, the first that is certified is taken.
    ///
    /// # Errors
    /// [`OutOfRange`](crate::ApproxError::OutOfRange) for a target out of reach,
    /// [`NoDesign`](crate::ApproxError::NoDesign), the time limit.
    pub fn relu(&self, target: &ReluTarget, objective: &Objective) -> Result<Front<ReluComposite>> {
        self.relu_until(target, objective, usize::MAX)
    }

    /// The ReLU with the least number of levels, and of those the one with the fewest products: a front of one.
    ///
    /// # Errors
    /// As [`Self::relu`].
    pub fn least_level_relu(&self, target: &ReluTarget) -> Result<Front<ReluComposite>> {
        self.relu_until(target, &Objective::Depth, 1)
    }

    fn relu_until(
        &self,
        target: &ReluTarget,
        objective: &Objective,
        enough: usize,
    ) -> Result<Front<ReluComposite>> {
        check_bits("alpha", target.alpha, 2.0)?;
        let priced = matches!(objective, Objective::Table(_));
        let inner = choices(Kind::Odd, &self.limits, priced)?;
        let last = choices(Kind::Folded, &self.limits, priced)?;
        let single = choices(Kind::Even, &self.limits, priced)?;
        self.tabulate(&[&inner, &last])?;
        let model = Model::new(target.offset);
        let goal = model.target(-target.alpha, self.limits.max_degree);
        // A single stage's place beside the target is known in bits; in ln s a bit is ln 2.
        let bits_over = |choice| model.of_single(choice) + target.alpha - DOUBT;
        let problem = Problem {
            start: model.start(-target.alpha),
            target: goal,
            margin: target.margin.to_f64(),
            inner: &inner,
            last: &last,
            single: single
                .iter()
                .map(|c| (c, goal + bits_over(c.degree) * std::f64::consts::LN_2))
                .collect(),
            slack: SLACK,
            keep: KEEP,
        };
        let levels_beyond = match objective {
            Objective::Depth => LEVELS_BEYOND,
            Objective::Mults | Objective::Table(_) => usize::MAX,
        };
        let reach = Reach {
            objective,
            enough,
            levels_beyond,
        };
        let (mut known, mut tried) = (Known::new(), Tried::default());
        let designs = self.sweep(&problem, &reach, |found| {
            let found = self.promising(found, target, model)?;
            self.first_relu(&found, target, &mut known, &mut tried)
        })?;
        Front::new(designs, objective, tried)
            .ok_or_else(|| self.none(format!("2^-{} for ReLU on [-1, 1]", target.alpha)))
    }

    /// Those that the model expects to come near the target, the cheapest first, and of equal ones the best.
    fn promising<'c>(
        &self,
        candidates: Vec<Candidate<'c>>,
        target: &ReluTarget,
        model: Model,
    ) -> Result<Vec<Expected<'c>>> {
        let mut found = vec![];
        for candidate in candidates {
            let degrees = candidate.degrees();
            let expected = match *degrees.as_slice() {
                [single] => model.of_single(single),
                [.., last] => {
                    let mut curves = vec![];
                    for &degree in &degrees {
                        curves.push(self.tables.curve(degree, self.budget)?);
                    }
                    model.of_stages(&curves, last, target.margin.to_f64())
                }
                [] => continue,
            };
            if expected <= DOUBT - target.alpha {
                found.push((candidate, expected));
            }
        }
        found.sort_by(|a, b| a.0.cost.total_cmp(&b.0.cost).then(a.1.total_cmp(&b.1)));
        Ok(found)
    }

    fn first_relu(
        &self,
        candidates: &[Expected<'_>],
        target: &ReluTarget,
        known: &mut Known,
        tried: &mut Tried,
    ) -> Result<Option<Design<ReluComposite>>> {
        for (candidate, _) in candidates {
            self.budget.check("the search of degrees for ReLU")?;
            let degrees = candidate.degrees();
            if !known.contains_key(&degrees) {
                let made = self.make_relu(&degrees, target, tried)?;
                known.insert(degrees.clone(), made);
            }
            if let Some(Some(made)) = known.get(&degrees) {
                return Ok(Some(Design {
                    composition: Composition::of(&candidate.stages),
                    cost: candidate.cost,
                    log2_error: made.sup.bounds.log2_upper(),
                    made: made.clone(),
                }));
            }
        }
        Ok(None)
    }

    /// The certified ReLU if it reaches the target.
    pub(super) fn make_relu(
        &self,
        degrees: &[usize],
        target: &ReluTarget,
        tried: &mut Tried,
    ) -> Result<Option<ReluComposite>> {
        let budget = self.budget;
        match design_relu(&target.design(degrees), budget) {
            Ok(made) => {
                tried.certified += 1;
                self.told(tried.certified);
                let reached = made.sup.bounds.log2_upper() <= -target.alpha;
                Ok(reached.then_some(made))
            }
            Err(error) => {
                tried.skipped.push((degrees.to_vec(), error));
                Ok(None)
            }
        }
    }
}
