//! The polynomials that may stand for a ReLU.

use std::sync::Arc;

use equiripple_approx::{
    ApproxError,
    approximate::Goal,
    coeffs::{CoefficientTable, Exact, StageTable},
    composite::{SignDesign, design_sign},
    evaltree::{Cost, Dag},
    least_squares::{self, Fit, WeightedPoint},
    poly::{Chebyshev, Parity},
    remez::Budget,
    rounding::Rounding,
};
use rug::Float;

use crate::{
    circuit::activation,
    cli::{error::Outcome, net::activation::designed, output, progress::Bar},
};

/// Degrees of single polynomials x/2 + E(x), E even: the most that 2 to 6 levels hold.
const SINGLE: &[usize] = &[2, 6, 14, 30, 62];
/// Degrees of compositions, the stage that is applied first coming first.
const COMPOSED: &[&[usize]] = &[
    &[3, 7],
    &[7, 7],
    &[3, 15],
    &[7, 15],
    &[15, 15],
    &[7, 7, 7],
    &[7, 7, 15],
];
/// Where all of them hold.
const UNIT: &str = "[-1,1]";
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

    /// The minimax ReLU of fewest levels, its stages of that degree at most.
    pub(super) fn minimax(alpha: f64, degree: usize) -> Outcome<Self> {
        Self::new(designed(Goal::Alpha(alpha), Some(degree))?, false)
    }
}

/// x/2 and the even polynomial of least mean square error to |x|/2 at points x > 0.
fn single(degree: usize, points: &[(f64, f64)]) -> Outcome<Design> {
    let half = |&(x, weight): &(f64, f64)| WeightedPoint {
        x,
        value: x / 2.0,
        weight,
    };
    let fit = Fit::weighted(points.iter().map(half).collect(), -1.0, 1.0)?;
    let even = fit.with_parity(Parity::Even)?.degree(degree)?.poly;
    let mut coeffs = even.dense_coeffs();
    coeffs.resize(degree + 1, Float::new(53));
    coeffs[1] = Float::with_val(53, 0.5);
    let stage = StageTable::from_chebyshev(&Chebyshev::on_unit(Parity::Full, coeffs), UNIT)?;
    let mut table = CoefficientTable::new("relu", vec![stage]);
    table.provenance = output::provenance();
    Design::new(table, true)
}

/// Stages before the last, for every lower end that is tried.
pub(super) struct Families(Vec<Family>);

struct Family {
    last: usize,
    inner: Vec<Vec<Chebyshev>>,
}

impl Families {
    pub(super) fn new() -> Outcome<Self> {
        let bar = Bar::new(COMPOSED.len() as u64, "stages");
        let families = COMPOSED.iter().map(|degrees| {
            let family = Family::new(degrees)?;
            bar.advance(1);
            Outcome::Ok(family)
        });
        Ok(Self(families.collect::<Outcome<_>>()?))
    }

    /// The single polynomials, and of each family the design of least mean square error at these points.
    pub(super) fn fitted(&self, points: &[(f64, f64)]) -> Outcome<Vec<Design>> {
        let single = SINGLE.iter().map(|degree| single(*degree, points));
        let composed = self.0.iter().map(|family| family.fitted(points));
        single.chain(composed).collect()
    }
}

impl Family {
    fn new(degrees: &[usize]) -> Outcome<Self> {
        let (last, before) = (degrees[degrees.len() - 1], &degrees[..degrees.len() - 1]);
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
        let stages = stages.map(|p| StageTable::from_chebyshev(p, UNIT));
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
