//! Noise of a result over its domain: the largest, and the average over a distribution.

use serde::Serialize;

use super::{
    composition::Composition,
    distribution::Quadrature,
    noise::{NoiseModel, Variances},
    sensitivity::{Rounded, Sensitivity},
    shape::Shape,
};
use crate::{Result, evaltree::Dag};

/// Noise of the result, in the real part of a slot, by origin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoiseReport {
    /// Variances that one operation injects.
    pub injected: Variances,
    /// Variances at the output, the largest over the samples, each origin for itself.
    pub largest: Variances,
    /// Largest standard deviation of all origins together, and where.
    pub largest_std: (f64, f64),
    /// Variances at the output, averaged over the distribution of inputs.
    pub mean: Variances,
    /// Largest error from encoding the coefficients at scale Δ, over the samples, and where. No noise: the same for all
    /// slots that hold the same x.
    pub rounding: (f64, f64),
    /// [`NoiseModel::worst_slot`].
    pub worst_slot: f64,
}

impl NoiseReport {
    /// Propagates noise at `xs` for the suprema, and at the points of `weighted` for the averages; points where errors do
    /// not count are left out (in the gap of a sign noise is as large as slopes are).
    ///
    /// # Errors
    /// [`NoiseModel::check`].
    pub fn of(
        composition: &Composition<'_>,
        dag: &Dag<Rounded>,
        model: &NoiseModel,
        xs: &[f64],
        weighted: &Quadrature,
    ) -> Result<Self> {
        model.check()?;
        let at = |x: f64| match composition.shape() {
            Shape::Max { .. } => Sensitivity::at(dag, &[0.5 * x, -0.5 * x]),
            _ => Sensitivity::at(dag, &[x]),
        };
        let injected = model.variances();
        let mut report = Self {
            injected,
            largest: Variances::default(),
            largest_std: (0.0, 0.0),
            mean: Variances::default(),
            rounding: (0.0, 0.0),
            worst_slot: model.worst_slot(),
        };
        let shape = composition.shape();
        for &x in xs.iter().filter(|x| shape.counts(**x)) {
            let s = at(x)?;
            let here = model.propagate(&s);
            report.largest = report.largest.max(here);
            if here.total().sqrt() > report.largest_std.0 {
                report.largest_std = (here.total().sqrt(), x);
            }
            if s.rounding.abs() > report.rounding.0 {
                report.rounding = (s.rounding.abs(), x);
            }
        }
        let counted = || weighted.points.iter().filter(|p| shape.counts(p.0));
        let mass: f64 = counted().map(|p| p.1).sum();
        for &(x, weight) in counted() {
            let weight = weight / mass;
            let here = model.propagate(&at(x)?);
            report.mean.input += weight * here.input;
            report.mean.rescale += weight * here.rescale;
            report.mean.relinearization += weight * here.relinearization;
        }
        Ok(report)
    }
}
