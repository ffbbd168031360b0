//! The polynomials that may stand for a ReLU.

use std::sync::Arc;

use equiripple_approx::{
    ApproxError,
    approximate::{Goal, Request, approximate},
    coeffs::{CoefficientTable, Exact, StageTable},
    composite::{SignDesign, design_sign},
    evaltree::{Cost, Dag},
    least_squares,
    poly::Chebyshev,
    remez::Budget,
    rounding::Rounding,
};
use rug::Float;

use crate::{
    circuit::activation,
    cli::{approx, error::Outcome, output, progress::Bar},
};

/// Degrees of fitted designs, the stage that is applied first coming first.
const FITTED: &[&[usize]] = &[
    &[1],
    &[3],
    &[7],
    &[15],
    &[31],
    &[3, 7],
    &[7, 7],
    &[3, 15],
    &[7, 15],
    &[15, 15],
    &[7, 7, 7],
    &[7, 7, 15],
];
/// Share of the points that lies evenly all over the range.
const FLOOR: f64 = 1e-3;
/// Lower ends that inner stages are tried for: 2^(−k/2), for as many k for each of them.
const EPSILONS: std::ops::RangeInclusive<i32> = 2..=9;

/// A polynomial on [−1, 1], and its circuit.
#[derive(Debug, Clone)]
pub(super) struct Design {
    pub(super) table: Arc<CoefficientTable>,
    pub(super) degrees: Vec<usize>,
    /// Whether it was fitted to a layer, and is no minimax design.
    pub(super) fitted: bool,
    pub(super) circuit: Dag<f64>,
    pub(super) levels: usize,
}

impl Design {
    fn new(table: CoefficientTable, fitted: bool) -> Outcome<Self> {
        let circuit = activation::from_table(&table, activation::Activation::Table)?;
        Ok(Self {
            degrees: table.stages.iter().map(StageTable::degree).collect(),
            fitted,
            levels: Cost::of(&circuit).depth,
            circuit,
            table: Arc::new(table),
        })
    }

    /// The minimax ReLU of fewest levels.
    pub(super) fn minimax(alpha: f64) -> Outcome<Self> {
        let mut request = Request::new(approx::target("relu")?, Goal::Alpha(alpha));
        request.rounding = Rounding::F64;
        let bar = Bar::new(0, "approximating");
        let made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
        Self::new(made.table, false)
    }
}

/// Stages before the last, for every lower end that is tried.
pub(super) struct Families(Vec<Family>);

struct Family {
    last: usize,
    inner: Vec<Vec<Chebyshev>>,
}

impl Families {
    pub(super) fn new() -> Outcome<Self> {
        let bar = Bar::new(FITTED.len() as u64, "stages");
        let families = FITTED.iter().map(|degrees| {
            let family = Family::new(degrees)?;
            bar.advance(1);
            Outcome::Ok(family)
        });
        Ok(Self(families.collect::<Outcome<_>>()?))
    }

    /// Of each family the design of least mean square error at these points.
    pub(super) fn fitted(&self, points: &[(f64, f64)]) -> Outcome<Vec<Design>> {
        let designs = self.0.iter().map(|family| family.fitted(points));
        designs.collect()
    }
}

impl Family {
    fn new(degrees: &[usize]) -> Outcome<Self> {
        let (last, before) = (degrees[degrees.len() - 1], &degrees[..degrees.len() - 1]);
        if before.is_empty() {
            return Ok(Self {
                last,
                inner: vec![vec![]],
            });
        }
        let of = |k: i32| {
            let epsilon = 0.5f64.powf(f64::from(k * before.len() as i32) / 2.0);
            inner(before, epsilon)
        };
        Ok(Self {
            last,
            inner: EPSILONS.map(of).collect::<Outcome<_>>()?,
        })
    }

    fn fitted(&self, points: &[(f64, f64)]) -> Outcome<Design> {
        let mut best: Option<(least_squares::ReluFit, &[Chebyshev])> = None;
        for inner in &self.inner {
            let fit = least_squares::relu(inner, self.last, points)?;
            if best.as_ref().is_none_or(|known| fit.rms < known.0.rms) {
                best = Some((fit, inner));
            }
        }
        let (fit, inner) = best.ok_or_else(|| ApproxError::EmptyDomain {
            found: "no lower end".into(),
        })?;
        let stages = inner.iter().chain([&fit.last]);
        let stages = stages.map(|p| StageTable::from_chebyshev(p, "[-1,1]"));
        let mut table = CoefficientTable::new("relu", stages.collect::<Result<_, _>>()?);
        table.product = true;
        table.offset = Exact::new(&Float::with_val(53, fit.offset))?;
        table.provenance = output::provenance();
        Design::new(table, true)
    }
}

/// Minimax stages for sign on [ε, 1], each divided by its largest value, so that it takes [−1, 1] into itself.
fn inner(degrees: &[usize], epsilon: f64) -> Outcome<Vec<Chebyshev>> {
    let design = SignDesign {
        rounding: Rounding::F64,
        ..SignDesign::new(degrees, Float::with_val(53, epsilon))
    };
    let (stages, _) = design_sign(&design, Budget::unlimited())?;
    let folded = stages.into_iter().map(|stage| {
        let most = stage.range.outer.1.to_f64().max(1.0) * (1.0 + 1e-12);
        stage
            .poly
            .map_coeffs(|c| Float::with_val(53, c.to_f64() / most))
    });
    Ok(folded.collect())
}
