//! The ReLU of least error within some levels.

use super::{
    Search,
    choices::{Choice, choices},
    front::{Composition, Design, Front, Tried},
    model::{DOUBT, Model},
    objective::Objective,
    relu::ReluTarget,
};
use crate::{ApproxError, Result, composite::ReluComposite, evaltree::Kind};

/// Levels that are searched at most: the number of sequences of stages grows by half with each.
const MOST_LEVELS: usize = 20;

impl Search<'_> {
    /// The ReLU of the smallest certified error with at most `levels` levels, the product with x among them: a front of
    /// one. The error must reach the target's 2^-α.
    ///
    /// A stage of so many levels has the highest degree that they allow, since for given stages beside it that is never
    /// worse. All sequences of such stages are ranked by the model of the error, those within its doubt of the best are
    /// made, and the certificates decide.
    ///
    /// ```
    /// use equiripple_approx::search::{Limits, ReluTarget, Search};
    /// let search = Search::new(Limits::degree(15))?;
    /// let front = search.most_exact_relu(4, &ReluTarget::alpha(6.0, true))?;
    /// assert_eq!(front.best().composition.degrees, [13]);
    /// assert!(front.best().log2_error < -6.64);
    /// # Ok::<(), equiripple_approx::ApproxError>(())
    /// ```
    ///
    /// # Errors
    /// [`OutOfRange`](crate::ApproxError::OutOfRange) for more than 20 levels,
    /// [`NoDesign`](crate::ApproxError::NoDesign) where no design of so many levels reaches the target, the time limit.
    pub fn most_exact_relu(
        &self,
        levels: usize,
        target: &ReluTarget,
    ) -> Result<Front<ReluComposite>> {
        if levels > MOST_LEVELS {
            return Err(ApproxError::OutOfRange {
                name: "levels",
                value: levels.to_string(),
                bound: format!("at most {MOST_LEVELS}"),
            });
        }
        let kind = |kind| choices(kind, &self.limits, false).map(highest);
        let (inner, last, single) = (kind(Kind::Odd)?, kind(Kind::Folded)?, kind(Kind::Even)?);
        self.tabulate(&[&inner, &last])?;
        let model = Model::new(target.offset);
        let mut ranked = vec![];
        for choice in single.iter().filter(|c| c.depth <= levels) {
            ranked.push((vec![choice], model.of_single(choice.degree)));
        }
        for stages in sequences(levels, &inner, &last) {
            let expected = self.expected(&stages, model, target)?;
            ranked.push((stages, expected));
        }
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        let promising = ranked.first().map_or(f64::INFINITY, |best| best.1) + DOUBT;
        let (mut best, mut tried) = (None::<Design<ReluComposite>>, Tried::default());
        for (stages, _) in ranked.iter().take_while(|found| found.1 <= promising) {
            self.budget.check("the search of degrees for ReLU")?;
            let composition = Composition::of(stages);
            let Some(made) = self.make_relu(&composition.degrees, target, &mut tried)? else {
                continue;
            };
            let log2_error = made.sup.bounds.log2_upper();
            if best.as_ref().is_none_or(|b| log2_error < b.log2_error) {
                best = Some(Design {
                    cost: composition.mults as f64,
                    composition,
                    log2_error,
                    made,
                });
            }
        }
        let designs = best.into_iter().collect();
        Front::new(designs, &Objective::Depth, tried).ok_or_else(|| {
            let alpha = target.alpha;
            self.none(format!(
                "2^-{alpha} for ReLU on [-1, 1] with {levels} levels"
            ))
        })
    }

    /// log2 of the error that the model expects of two stages or more.
    fn expected(&self, stages: &[&Choice], model: Model, target: &ReluTarget) -> Result<f64> {
        let mut curves = vec![];
        for stage in stages {
            curves.push(self.tables.curve(stage.degree, self.budget)?);
        }
        let last = stages.last().map_or(1, |stage| stage.degree);
        Ok(model.of_stages(&curves, last, target.margin.to_f64()))
    }
}

/// For each depth the highest degree, with the fewest products.
fn highest(choices: Vec<Choice>) -> Vec<Choice> {
    let mut best: Vec<Choice> = vec![];
    for choice in choices {
        match best.iter_mut().find(|known| known.depth == choice.depth) {
            Some(known) if known.degree < choice.degree => *known = choice,
            Some(_) => {}
            None => best.push(choice),
        }
    }
    best
}

/// All sequences of inner stages and a last one that have at most so many levels together.
fn sequences<'c>(levels: usize, inner: &'c [Choice], last: &'c [Choice]) -> Vec<Vec<&'c Choice>> {
    let mut found = vec![];
    let mut open: Vec<(Vec<&Choice>, usize)> = vec![(vec![], levels)];
    while let Some((before, left)) = open.pop() {
        for stage in inner.iter().filter(|stage| stage.depth < left) {
            let stages = [&before[..], &[stage]].concat();
            let left = left - stage.depth;
            for end in last.iter().filter(|end| end.depth <= left) {
                found.push([&stages[..], &[end]].concat());
            }
            open.push((stages, left));
        }
    }
    found
}
