//! Everything about one composition.

use serde::{Deserialize, Serialize};

use super::{
    circuit::circuit,
    composition::{Composition, out_of_range},
    conditioning::Conditioning,
    distribution::Distribution,
    noise::NoiseModel,
    noise_report::NoiseReport,
    outside::Outside,
    report::ErrorReport,
    sensitivity::rounded_circuit,
    shape::Shape,
    statistics::ErrorStatistics,
    terms::Subject,
};
use crate::{
    ApproxError, Result,
    certify::Bounds,
    evaltree::{Cost, PlanOptions},
    poly::Chebyshev,
};

/// What to assume, and how densely to sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnalyzeOptions {
    /// Parameters of the scheme.
    pub noise: NoiseModel,
    /// Where inputs lie.
    pub distribution: Distribution,
    /// What each stage may spend on levels.
    pub plan: PlanOptions,
    /// Points of the error statistics.
    pub points: usize,
    /// Points at which slopes and errors are sampled for suprema; noise is at a sixteenth of them.
    pub samples: usize,
    /// Standard deviations that the total counts. Over the slots of one secret, rounding noise follows Laplace's law
    /// (a Gaussian times the exponential |s|²), so a slot exceeds k of them with probability exp(−√2·k): at 10, one of
    /// 2^15 slots does with probability 2 %.
    pub sigmas: f64,
    /// What multiple of the supremum inside the domain still counts as bounded outside.
    pub growth: f64,
    /// Bits for rigorous figures; from the coefficients when absent.
    pub precision: Option<u32>,
}

impl Default for AnalyzeOptions {
    fn default() -> Self {
        Self {
            noise: NoiseModel::default(),
            distribution: Distribution::default(),
            plan: PlanOptions::default(),
            points: 1 << 17,
            samples: 1 << 16,
            sigmas: 10.0,
            growth: 2.0,
            precision: None,
        }
    }
}

/// The figures of one composition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// Name of the shape.
    pub shape: &'static str,
    /// Degrees of the stages.
    pub degrees: Vec<usize>,
    /// The interval of inputs.
    pub domain: (f64, f64),
    /// Levels, products, relinearisations, additions of the circuit.
    pub cost: Cost,
    /// Coefficients and slopes.
    pub conditioning: Conditioning,
    /// Noise of the result.
    pub noise: NoiseReport,
    /// The approximation error over the distribution.
    pub statistics: ErrorStatistics,
    /// Inputs beyond the domain.
    pub outside: Outside,
    /// All errors, and which one binds.
    pub report: ErrorReport,
}

/// Analyses `shape` over `stages`, the one that is applied first coming first; `certified` are bounds of
/// `sup|target − r|` where it counts.
///
/// ```
/// use equiripple_approx::{analysis::{AnalyzeOptions, Shape, analyze}, composite::{ReluDesign, design_relu}, remez::Budget};
/// let relu = design_relu(&ReluDesign::new(&[3, 7], true), Budget::unlimited())?;
/// let stages: Vec<_> = relu.polys().cloned().collect();
/// let shape = Shape::Relu { offset: &relu.offset };
/// let analysis = analyze(&stages, shape, Some(&relu.sup.bounds), &AnalyzeOptions::default())?;
/// assert_eq!(analysis.cost.depth, 5);
/// // At Δ = 2^40 the approximation is what limits so short a composition.
/// assert_eq!(analysis.report.binding_term().map(|t| t.name), Some("approximation"));
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// [`ApproxError::OutOfRange`] for options, shapes and distributions that make no sense; [`ApproxError::Parity`] for
/// stages that do not fit the shape; [`ApproxError::NonFinite`] for a target that is not finite in the domain; and those
/// of the circuit and the certificates.
pub fn analyze(
    stages: &[Chebyshev],
    shape: Shape<'_>,
    certified: Option<&Bounds>,
    options: &AnalyzeOptions,
) -> Result<Analysis> {
    check(options)?;
    let composition = Composition::new(stages, shape)?;
    let precision = options.precision.unwrap_or_else(|| {
        let widest = stages.iter().map(Chebyshev::prec).max();
        widest.unwrap_or(0).max(160)
    });
    let dag = circuit(&composition, options.plan)?;
    let conditioning = Conditioning::of(&composition, options.samples, precision)?;
    let (lo, hi) = composition.domain_f64();
    let sparse = options.samples / 16;
    let noise = NoiseReport::of(
        &composition,
        &rounded_circuit(&dag, options.noise.scale_log2),
        &options.noise,
        &composition.samples(sparse),
        &options.distribution.quadrature(lo, hi, sparse)?,
    )?;
    let weighted = options.distribution.quadrature(lo, hi, options.points)?;
    let statistics = ErrorStatistics::of(&composition, &weighted)?;
    let approximation = match certified {
        Some(bounds) => bounds.upper.to_f64_round(rug::float::Round::Up),
        None => sampled_sup(&composition, options.samples)?.max(statistics.max),
    };
    let outside = Outside::of(&composition, options.growth, approximation, precision)?;
    let subject = Subject {
        composition: &composition,
        noise: &noise,
        options,
    };
    let terms = subject.terms(approximation, certified.is_some());
    Ok(Analysis {
        shape: shape.name(),
        degrees: stages.iter().map(Chebyshev::degree).collect(),
        domain: (lo, hi),
        cost: Cost::of(&dag),
        conditioning,
        noise,
        statistics,
        outside,
        report: ErrorReport::new(terms, options.sigmas),
    })
}

fn check(options: &AnalyzeOptions) -> Result<()> {
    options.noise.check()?;
    for (name, value) in [("points", options.points), ("samples", options.samples)] {
        if !(64..=1 << 26).contains(&value) {
            return Err(out_of_range(name, &value.to_string(), "from 64 to 2^26"));
        }
    }
    if !(options.growth > 1.0 && options.growth.is_finite()) {
        return Err(out_of_range(
            "growth",
            &options.growth.to_string(),
            "above 1",
        ));
    }
    if !(options.sigmas >= 0.0 && options.sigmas.is_finite()) {
        return Err(out_of_range(
            "sigmas",
            &options.sigmas.to_string(),
            "at least 0",
        ));
    }
    Ok(())
}

/// Largest |target − r| over samples where it counts.
fn sampled_sup(composition: &Composition<'_>, samples: usize) -> Result<f64> {
    let mut sup = 0.0f64;
    for x in composition.samples(samples) {
        if composition.shape().counts(x) {
            let error = composition.error(x);
            if !error.is_finite() {
                return Err(ApproxError::NonFinite {
                    what: "the approximation error".into(),
                    at: x.to_string(),
                });
            }
            sup = sup.max(error.abs());
        }
    }
    Ok(sup)
}
