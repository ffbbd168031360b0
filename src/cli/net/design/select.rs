//! The fastest design of a front whose measured loss is within the bound.

use super::{
    layers::{Layer, chosen},
    trial::Trial,
};
use crate::{
    cli::{
        error::Outcome,
        net::compare::{Measured, compared},
    },
    nn::{Graph, data::Dataset, design::Plan},
};

/// A design, and how it does on the images that designs are chosen by.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    pub(super) plan: Plan,
    /// With its biases moved.
    pub(super) network: Graph,
    pub(super) measured: Measured,
}

impl Tried {
    /// Loss of accuracy, and its upper limit.
    pub(super) fn loss(&self) -> (f64, f64) {
        self.measured.comparison.loss()
    }
}

/// Designs are tried by bisection, as if slower ones never lost more; all that were tried come back, the fastest first, and
/// among them the fastest within the bound, if any is.
pub(super) fn bisected(
    trial: &Trial<'_>,
    layers: &[Layer],
    front: &[Plan],
    data: &Dataset,
    bound: f64,
) -> Outcome<(Vec<Tried>, Option<Tried>)> {
    let mut tried: Vec<Tried> = vec![];
    let mut best: Option<Tried> = None;
    // All before `low` miss the bound, `high` and those behind are not needed.
    let (mut low, mut high) = (0, front.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let plan = &front[middle];
        let found = measure(trial, layers, plan, data)?;
        if found.loss().1 <= bound {
            high = middle;
            best = Some(found.clone());
        } else {
            low = middle + 1;
        }
        tried.push(found);
    }
    tried.sort_by(|a, b| a.plan.seconds.total_cmp(&b.plan.seconds));
    Ok((tried, best))
}

/// A design on all these images.
pub(super) fn measure(
    trial: &Trial<'_>,
    layers: &[Layer],
    plan: &Plan,
    data: &Dataset,
) -> Outcome<Tried> {
    let network = trial.network(layers, &chosen(plan, layers))?;
    let mut measured = compared(
        trial.plain,
        std::slice::from_ref(&network),
        data,
        "choosing",
    )?;
    Ok(Tried {
        network,
        plan: plan.clone(),
        measured: measured.remove(0),
    })
}
