//! Sign, ReLU and max by compositions.

use rug::Float;

use super::{Approximation, Form, Goal, Request, StageSummary, stage_depth};
use crate::{
    ApproxError, Result,
    analysis::{self, Composition, Shape},
    certify::{Bounds, Chain},
    coeffs::CoefficientTable,
    composite::{
        Objective, ReluComposite, ReluDesign, SignDesign, Stage, design_relu, design_sign,
    },
    evaltree::{Cost, PlanOptions},
    poly::Chebyshev,
    remez::Budget,
    search::{ReluTarget, Search, SignTarget},
};

pub(super) fn sign(
    request: &Request,
    search: &Search<'_>,
    budget: Budget,
) -> Result<Approximation> {
    let given = request.epsilon.clone().or_else(|| request.sign_epsilon());
    let (stages, bounds, epsilon) = match &request.goal {
        Goal::Alpha(alpha) => {
            if given
                .as_ref()
                .is_some_and(|e| *e != Float::with_val(64, (-alpha).exp2()))
            {
                return Err(ApproxError::OutOfRange {
                    name: "epsilon",
                    value: format!("{}", given.map_or(0.0, |e| e.to_f64())),
                    bound: format!(
                        "2^-{alpha} when only --alpha is given; give --degrees with an epsilon of your own"
                    ),
                });
            }
            let target = SignTarget {
                margin: request.margin.clone(),
                rounding: request.rounding,
                ..SignTarget::alpha(*alpha)
            };
            let made = search.least_level_sign(&target)?.into_best().made;
            (
                made.stages,
                made.bounds,
                Float::with_val(64, (-alpha).exp2()),
            )
        }
        Goal::Degrees(degrees) => {
            let epsilon = given.ok_or(ApproxError::OutOfRange {
                name: "epsilon",
                value: "nothing".into(),
                bound: "given for sign: --epsilon 2^-9, --domain '[-1,-2^-9]U[2^-9,1]', or --alpha alone".into(),
            })?;
            let design = SignDesign {
                margin: request.margin.clone(),
                rounding: request.rounding,
                precision: request.precision,
                ..SignDesign::new(degrees, epsilon.clone())
            };
            let (stages, bounds) = design_sign(&design, budget)?;
            (stages, bounds, epsilon)
        }
    };
    let polys: Vec<Chebyshev> = stages.iter().map(|s| s.poly.clone()).collect();
    let noisy = noisy_bounds(&polys, &epsilon, &request.margin)?;
    let eps = epsilon.to_f64();
    let shape = Shape::Sign { epsilon: eps };
    let cost = Cost::of(&analysis::circuit(
        &Composition::new(&polys, shape)?,
        PlanOptions::default(),
    )?);
    Ok(Approximation {
        function: "sign".into(),
        form: Form::Sign,
        depth: stage_depth(&polys),
        cost,
        offset: Float::new(64),
        stages: stages.iter().map(summary).collect(),
        domain: vec![(-1.0, -eps), (eps, 1.0)],
        epsilon: Some(eps),
        table: CoefficientTable::from_sign(&stages)?.with_bounds(&bounds),
        bounds,
        noisy,
        at: None,
        levelled: first_levelled(&stages),
        polys,
    })
}

/// The reference of the last stage, brought back to x through the first branch of every stage before: from the lower
/// end of its domain to its first extremum, where it rises over its whole range.
fn first_levelled(stages: &[Stage]) -> Vec<f64> {
    let Some((last, before)) = stages.split_last() else {
        return vec![];
    };
    let through = |y: &Float, stage: &Stage| {
        let prec = stage.precision;
        let mut lo = Float::with_val(prec, &stage.domain.0);
        let mut hi = stage.reference.get(1).unwrap_or(&stage.domain.1).clone();
        for _ in 0..80 {
            let mid = Float::with_val(prec, &lo + &hi) / 2u32;
            if stage.poly.eval(&mid, prec) < *y {
                lo = mid;
            } else {
                hi = mid;
            }
        }
        lo
    };
    let to_x = |y: &Float| {
        before
            .iter()
            .rev()
            .fold(y.clone(), |y, stage| through(&y, stage))
    };
    last.reference.iter().map(|y| to_x(y).to_f64()).collect()
}

/// Bounds under noise, when there is a margin.
fn noisy_bounds(polys: &[Chebyshev], epsilon: &Float, margin: &Float) -> Result<Option<Bounds>> {
    if margin.is_zero() {
        return Ok(None);
    }
    let bits = polys
        .iter()
        .map(Chebyshev::prec)
        .max()
        .unwrap_or(160)
        .clamp(160, 512);
    let chain = Chain::new(polys, epsilon, &Float::with_val(64, 1), margin, bits)?;
    Ok(chain.sign_error())
}

pub(super) fn relu(
    request: &Request,
    form: Form,
    search: &Search<'_>,
    budget: Budget,
) -> Result<Approximation> {
    let made = match &request.goal {
        Goal::Alpha(alpha) if request.objective == Objective::Relu => {
            let target = ReluTarget {
                margin: request.margin.clone(),
                rounding: request.rounding,
                ..ReluTarget::alpha(*alpha, request.offset)
            };
            search.least_level_relu(&target)?.into_best().made
        }
        Goal::Alpha(_) => {
            return Err(ApproxError::OutOfRange {
                name: "objective",
                value: "sign".into(),
                bound: "relu when only --alpha is given; give --degrees for a ReLU made of a sign"
                    .into(),
            });
        }
        Goal::Degrees(degrees) => {
            let design = ReluDesign {
                objective: request.objective,
                epsilon: request.epsilon.clone(),
                margin: request.margin.clone(),
                rounding: request.rounding,
                precision: request.precision,
                ..ReluDesign::new(degrees, request.offset)
            };
            design_relu(&design, budget)?
        }
    };
    let polys: Vec<Chebyshev> = made.polys().cloned().collect();
    let shape = if form == Form::Relu {
        Shape::Relu {
            offset: &made.offset,
        }
    } else {
        Shape::Max {
            offset: &made.offset,
        }
    };
    let cost = Cost::of(&analysis::circuit(
        &Composition::new(&polys, shape)?,
        PlanOptions::default(),
    )?);
    let mut table = CoefficientTable::from_relu(&made)?;
    let function = if form == Form::Relu { "relu" } else { "max" };
    table.function = function.into();
    let mut stages: Vec<StageSummary> = made.inner.iter().map(summary).collect();
    stages.push(last_summary(&made));
    Ok(Approximation {
        function: function.into(),
        form,
        depth: stage_depth(&polys),
        cost,
        offset: made.offset.clone(),
        stages,
        domain: vec![(-1.0, 1.0)],
        epsilon: (!made.inner.is_empty() || request.objective == Objective::Sign)
            .then(|| made.epsilon.to_f64()),
        bounds: made.sup.bounds.clone(),
        noisy: None,
        at: Some(made.sup.at),
        levelled: made.reference.clone(),
        table,
        polys,
    })
}

fn summary(stage: &Stage) -> StageSummary {
    let (lo, hi) = (stage.domain.0.to_f64(), stage.domain.1.to_f64());
    // After folding, the stage levels about the middle of its range.
    let (low, high) = (&stage.range.outer.0, &stage.range.outer.1);
    let ratio = Float::with_val(64, high - low) / Float::with_val(64, high + low);
    StageSummary {
        degree: stage.poly.degree(),
        domain: vec![(-hi, -lo), (lo, hi)],
        levelled: stage.levelled.to_f64(),
        largest: ratio.to_f64(),
        iterations: stage.iterations,
        precision: stage.precision,
        reference: stage.reference.iter().map(Float::to_f64).collect(),
    }
}

fn last_summary(made: &ReluComposite) -> StageSummary {
    StageSummary {
        degree: made.last.degree(),
        domain: vec![(-1.0, 1.0)],
        levelled: made.levelled,
        largest: made.sup.bounds.upper.to_f64_round(rug::float::Round::Up),
        iterations: made.iterations,
        precision: 53,
        reference: made.reference.clone(),
    }
}
