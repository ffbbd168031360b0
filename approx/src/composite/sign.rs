//! Composite sign: each stage is the minimax polynomial on the certified range of the stages before.
//!
//! `I_0 = [ε, 1]`, `I_{i+1} = f_i·[1−E_i−η, 1+E_i+η]` with the noise margin η and the fold `f_i = 1/(1+E_i+η)` that
//! brings the output of every stage but the last into `[−1, 1]`. The range is taken from the coefficients as they are
//! after rounding, both ends rigorously: taking the smaller of the two one-sided errors would be unsound.

use rug::Float;

use crate::{
    ApproxError, Result,
    certify::{Bounds, Chain, Extrema, Range},
    poly::Chebyshev,
    remez::{self, Budget},
    rounding::Rounding,
};

/// What a composite is designed for.
#[derive(Debug, Clone)]
pub struct SignDesign {
    /// Odd degrees, the stage that is applied first coming first.
    pub degrees: Vec<usize>,
    /// Lower end of the domain `[ε, 1]`.
    pub epsilon: Float,
    /// Noise margin η that every stage's output may be off by.
    pub margin: Float,
    /// What the coefficients are rounded to.
    pub rounding: Rounding,
    /// Working precision; escalated automatically when absent.
    pub precision: Option<u32>,
}

impl SignDesign {
    /// A design without margin or rounding.
    pub fn new(degrees: &[usize], epsilon: Float) -> Self {
        Self {
            degrees: degrees.to_vec(),
            epsilon,
            margin: Float::new(64),
            rounding: Rounding::Exact,
            precision: None,
        }
    }
}

/// One polynomial of a composition.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The polynomial as it is used: folded, and rounded.
    pub poly: Chebyshev,
    /// Where it was made for.
    pub domain: (Float, Float),
    /// Its certified range there.
    pub range: Range,
    /// Minimax error before folding: levelled, and largest.
    pub levelled: Float,
    /// Largest error of the outcome before folding.
    pub largest: Float,
    /// Reference of the last exchange.
    pub reference: Vec<Float>,
    /// Exchange steps.
    pub iterations: usize,
    /// Bits at which the exchange converged.
    pub precision: u32,
}

/// Ratio of the bounds minus one that a certificate must reach.
const TIGHT: f64 = 1.0 / (1u32 << 20) as f64;
/// Bits at which a certificate is given up.
const MOST_BITS: u32 = 32_768;

/// Bits beyond a design's coefficients at which stages are certified.
pub(crate) fn certifying_bits(stages: &[Stage]) -> u32 {
    stages
        .iter()
        .map(|s| s.poly.prec().min(s.precision))
        .max()
        .unwrap_or(128)
        .max(160)
}

/// Designs all stages and certifies `sup |1 − p_k ∘ … ∘ p_1|` over `[ε, 1]`.
///
/// ```
/// use equiripple_approx::{composite::{SignDesign, design_sign}, poly::pow2, remez::Budget};
/// let (stages, bounds) = design_sign(&SignDesign::new(&[7, 7], pow2(-6)), Budget::unlimited())?;
/// assert_eq!(stages.len(), 2);
/// assert!(bounds.gap() < 1e-9);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// Those of [`remez::sign::minimax`], and of the certificate.
pub fn design_sign(design: &SignDesign, budget: Budget) -> Result<(Vec<Stage>, Bounds)> {
    let stages = design_stages(design, true, budget)?;
    let one = Float::with_val(64, 1);
    let mut bits = certifying_bits(&stages);
    loop {
        let polys = stages.iter().map(|s| &s.poly);
        let chain = Chain::new(polys, &design.epsilon, &one, &Float::new(64), bits)?;
        let bounds = chain.sign_error().unwrap_or(Bounds {
            lower: Float::new(64),
            upper: one.clone(),
        });
        if bounds.gap() <= TIGHT {
            return Ok((stages, bounds));
        }
        // Errors near the rounding of an evaluation: more bits tell them apart.
        bits *= 2;
        if bits > MOST_BITS {
            return Err(ApproxError::Uncertified {
                lower: format!("2^{:.3}", bounds.log2_lower()),
                upper: format!("2^{:.3}", bounds.log2_upper()),
                tolerance: format!("{TIGHT:.3e}"),
            });
        }
        budget.check("the certificate")?;
    }
}

/// The stages alone; `last_is_final` leaves the last one unfolded.
pub(crate) fn design_stages(
    design: &SignDesign,
    last_is_final: bool,
    budget: Budget,
) -> Result<Vec<Stage>> {
    let mut stages: Vec<Stage> = vec![];
    let mut domain = (design.epsilon.clone(), Float::with_val(64, 1));
    for (i, &degree) in design.degrees.iter().enumerate() {
        let outcome = remez::sign::minimax(degree, &domain.0, &domain.1, design.precision, budget)?;
        let prec = outcome.precision;
        let reach = Float::with_val(prec, 1u32 + &outcome.largest) + &design.margin;
        let fold = !(last_is_final && i + 1 == design.degrees.len());
        let scaled = if fold {
            outcome
                .poly
                .map_coeffs(|c| Float::with_val(prec, c / &reach))
        } else {
            outcome.poly
        };
        let poly = design.rounding.apply(&scaled, &domain.0, &domain.1)?;
        let range =
            Extrema::new(&poly, &domain.0, &domain.1, prec.max(160))?.range(&domain.0, &domain.1);
        let margin = Float::with_val(
            64,
            if fold {
                Float::with_val(64, &design.margin / &reach)
            } else {
                design.margin.clone()
            },
        );
        let next = (
            Float::with_val(prec, &range.outer.0 - &margin),
            Float::with_val(prec, &range.outer.1 + &margin),
        );
        stages.push(Stage {
            poly,
            range,
            domain: std::mem::replace(&mut domain, next),
            levelled: outcome.levelled,
            largest: outcome.largest,
            reference: outcome.reference,
            iterations: outcome.iterations,
            precision: prec,
        });
    }
    Ok(stages)
}
