//! The evaluation circuit of a composition.

use rug::Float;

use super::{composition::Composition, shape::Shape};
use crate::{
    Result,
    evaltree::{self, Dag, InputLevel, Node, Plan, PlanOptions, Stage},
    poly::{Chebyshev, Parity},
};

/// The circuit that evaluates the composition; inputs are x, or a and b for [`Shape::Max`].
///
/// A stage of [`Shape::Plain`] whose interval is not `[−1, 1]` is preceded by the affine map: one level, unless it only
/// shifts.
///
/// # Errors
/// Those of [`Plan`](crate::evaltree::Plan): a constant stage, or a degree too large.
pub fn circuit(composition: &Composition<'_>, options: PlanOptions) -> Result<Dag<Float>> {
    let polys = composition.stages();
    let stages: Vec<Stage<'_, Float>> = polys
        .iter()
        .map(|p| Stage {
            coefficients: p.coeffs(),
            options,
        })
        .collect();
    match composition.shape() {
        Shape::Sign { .. } => evaltree::sign(&stages),
        Shape::Relu { offset } => evaltree::relu(&stages, Some(offset)),
        Shape::Max { offset } => evaltree::max(&stages, Some(offset)),
        Shape::Plain { .. } => {
            let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
            for poly in polys {
                dag = dag.then(&one(poly, options)?)?;
            }
            Ok(dag)
        }
    }
}

/// One stage, its affine map included.
fn one(poly: &Chebyshev, options: PlanOptions) -> Result<Dag<Float>> {
    let (lo, hi) = poly.interval();
    let prec = poly.prec().max(lo.prec()).max(hi.prec());
    let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
    // s = (x − mid)·(2/width).
    let mid = Float::with_val(prec, lo + hi) / 2u32;
    let scale = Float::with_val(prec, 2u32) / Float::with_val(prec, hi - lo);
    if !mid.is_zero() {
        dag.push(Node::AddScalar(0, -mid))?;
    }
    if scale != 1 {
        dag.push(Node::MulScalar(dag.output(), scale))?;
    }
    let plan = match poly.parity() {
        Parity::Odd => Plan::odd(poly.coeffs(), options)?,
        Parity::Even => Plan::even(poly.coeffs(), options)?,
        Parity::Full => Plan::general(poly.coeffs(), options)?,
    };
    dag.then(&plan)
}
