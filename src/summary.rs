//! The machine-readable outcome of an approximation: `summary.json`.

use equiripple_approx::approximate::{Approximation, StageSummary};
use serde::Serialize;

/// One stage of [`Summary`].
#[derive(Debug, Clone, Serialize)]
pub struct Stage {
    /// Degree of the stage.
    pub degree: usize,
    /// Intervals that it was designed for.
    pub domain: Vec<(f64, f64)>,
    /// log2 of the levelled error of its own problem, a lower bound of the optimum.
    pub log2_error_lower: f64,
    /// log2 of the certified error on that domain, as the stage is used.
    pub log2_error_upper: f64,
    /// Exchange steps.
    pub iterations: usize,
    /// Bits at which the exchange converged.
    pub precision_bits: u32,
}

/// What a certified approximation is and costs.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Name or expression.
    pub function: String,
    /// Degrees of the stages in order of application.
    pub degrees: Vec<usize>,
    /// Levels of the stages alone.
    pub depth: usize,
    /// Levels of the whole circuit.
    pub levels: usize,
    /// Products of two ciphertexts in the whole circuit.
    pub mults: usize,
    /// Relinearisations, done as late as possible.
    pub relinearizations: usize,
    /// Products of a ciphertext and a scalar.
    pub scalar_mults: usize,
    /// Intervals where the error is bounded.
    pub domain: Vec<(f64, f64)>,
    /// Lower end of the domain that the stages of a composition were made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<f64>,
    /// The constant c₀.
    pub offset: f64,
    /// log2 of the certified lower bound of the error.
    pub log2_error_lower: f64,
    /// log2 of the certified upper bound of the error.
    pub log2_error_upper: f64,
    /// The same under the noise margin, for sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log2_error_upper_with_noise: Option<f64>,
    /// A point where the lower bound is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<f64>,
    /// Exchange steps of all stages.
    pub iterations: usize,
    /// Largest working precision.
    pub precision_bits: u32,
    /// What the coefficients were rounded to.
    pub rounding: String,
    /// Seconds from the request to the certificate.
    pub seconds: f64,
    /// The stages.
    pub stages: Vec<Stage>,
}

impl Summary {
    /// Of an approximation that took `seconds`, with coefficients rounded to `rounding`.
    pub fn new(made: &Approximation, rounding: String, seconds: f64) -> Self {
        Self {
            function: made.function.clone(),
            degrees: made.degrees(),
            depth: made.depth,
            levels: made.cost.depth,
            mults: made.cost.nonscalar_mults,
            relinearizations: made.cost.relinearizations,
            scalar_mults: made.cost.scalar_mults,
            domain: made.domain.clone(),
            epsilon: made.epsilon,
            offset: made.offset.to_f64(),
            log2_error_lower: made.bounds.log2_lower(),
            log2_error_upper: made.bounds.log2_upper(),
            log2_error_upper_with_noise: made.noisy.as_ref().map(|b| b.log2_upper()),
            witness: made.at,
            iterations: made.iterations(),
            precision_bits: made.precision(),
            rounding,
            seconds,
            stages: made.stages.iter().map(stage).collect(),
        }
    }
}

fn stage(s: &StageSummary) -> Stage {
    Stage {
        degree: s.degree,
        domain: s.domain.clone(),
        log2_error_lower: s.levelled.log2(),
        log2_error_upper: s.largest.log2(),
        iterations: s.iterations,
        precision_bits: s.precision,
    }
}
