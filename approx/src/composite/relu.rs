//! ReLU directly: `r(x) = x/2 + x·p_k(g(x)) + c₀` with the last stage optimal for ReLU's own error on all of `[−1, 1]`.
//!
//! For a fixed inner composition `g` the error `x/2 − x·p_k(g(x)) − c₀` is linear in the coefficients of `p_k` and in
//! `c₀`, so their best values are a linear minimax problem over `[0, 1]`. It is no Haar system (g takes each value many
//! times), hence the exchange of [`crate::remez`]'s `stiefel`. What remains is one number, the ε that the inner stages
//! are made for: a golden section search.

use rug::Float;

use super::{
    last_stage::{Problem, Samples, Solved},
    sign::{SignDesign, Stage, certifying_bits, design_stages},
};
use crate::{
    ApproxError, Result,
    certify::{
        Chain,
        gap::{self, Sup},
    },
    poly::{Chebyshev, Parity},
    remez::Budget,
    rounding::{Rounding, to_grid},
};

/// Whose error the last stage is optimal for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// ReLU's, over all of `[−1, 1]`.
    #[default]
    Relu,
    /// That of sign on `[ε, 1]`, as for every other stage; the gap then decides what ε is best.
    Sign,
}

/// What a ReLU (or max) composite is designed for.
#[derive(Debug, Clone)]
pub struct ReluDesign {
    /// Odd degrees, the stage that is applied first coming first.
    pub degrees: Vec<usize>,
    /// Whose error the last stage is optimal for.
    pub objective: Objective,
    /// Whether the constant c₀ may be used.
    pub offset: bool,
    /// Lower end of the inner stages' domain; tuned when absent.
    pub epsilon: Option<Float>,
    /// Noise margin of the inner stages.
    pub margin: Float,
    /// What all coefficients are rounded to.
    pub rounding: Rounding,
    /// Working precision of the inner stages.
    pub precision: Option<u32>,
}

impl ReluDesign {
    /// A design with tuned ε, without margin or rounding.
    pub fn new(degrees: &[usize], offset: bool) -> Self {
        Self {
            degrees: degrees.to_vec(),
            objective: Objective::Relu,
            offset,
            epsilon: None,
            margin: Float::new(64),
            rounding: Rounding::Exact,
            precision: None,
        }
    }
}

/// A certified ReLU: `r(x) = x/2 + x·P(x) + offset` with `P = last ∘ inner`.
#[derive(Debug, Clone)]
pub struct ReluComposite {
    /// The stages before the last.
    pub inner: Vec<Stage>,
    /// The last stage, the factor ½ folded in.
    pub last: Chebyshev,
    /// The constant c₀; zero without offset.
    pub offset: Float,
    /// What the inner stages were made for; meaningless when there are none.
    pub epsilon: Float,
    /// Levelled error of the last stage: no other last stage with these inner ones does better.
    pub levelled: f64,
    /// Exchange rounds of the last stage, for the chosen ε.
    pub iterations: usize,
    /// Points where the error of the last stage is levelled, on `[0, 1]`.
    pub reference: Vec<f64>,
    /// The certificate: sup over `[−1, 1]` of `|ReLU − r|`.
    pub sup: Sup,
}

impl ReluComposite {
    /// All stages in order of application.
    pub fn polys(&self) -> impl Iterator<Item = &Chebyshev> {
        self.inner
            .iter()
            .map(|s| &s.poly)
            .chain(std::iter::once(&self.last))
    }
}

/// Designs and certifies ReLU by a composition of the given degrees.
///
/// ```
/// use equiripple_approx::{composite::{ReluDesign, design_relu}, remez::Budget};
/// // One stage of degree 1: x/2 + c·x² + c₀ with |x| ≈ 2c·x² + 2c₀ = x² + 1/8.
/// let relu = design_relu(&ReluDesign::new(&[1], true), Budget::unlimited())?;
/// assert!((relu.sup.bounds.upper.to_f64() - 1.0 / 16.0).abs() < 1e-7);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// Those of the stages, of the exchange, and of the certificate.
pub fn design_relu(design: &ReluDesign, budget: Budget) -> Result<ReluComposite> {
    let epsilon = match &design.epsilon {
        Some(epsilon) => epsilon.clone(),
        None => tune_epsilon(design, budget)?,
    };
    let (inner, solved) = last_stage(design, &epsilon, Samples::Fine, budget)?;
    // The last stage is of f64: more bits than this add nothing, whatever the stages before were made with.
    let bits = certifying_bits(&inner).min(320);
    let zero = Float::new(64);
    let one = Float::with_val(64, 1);
    let coeffs: Vec<Float> = solved
        .coeffs
        .iter()
        .map(|c| Float::with_val(53, *c))
        .collect();
    let last = design
        .rounding
        .apply(&Chebyshev::on_unit(Parity::Odd, coeffs), &zero, &one)?;
    let offset = Float::with_val(53, solved.offset);
    let offset = match design.rounding {
        Rounding::Grid(b) | Rounding::Lattice(b) => to_grid(&offset, b),
        Rounding::Exact | Rounding::F64 => offset,
    };
    let chain = Chain::new(
        inner.iter().map(|s| &s.poly).chain([&last]),
        &zero,
        &one,
        &zero,
        bits,
    )?;
    let sup = gap::relu_error(&chain, 1.0, &offset, budget)?;
    let Solved {
        error: levelled,
        iterations,
        reference,
        ..
    } = solved;
    Ok(ReluComposite {
        inner,
        last,
        offset,
        epsilon,
        levelled,
        iterations,
        reference,
        sup,
    })
}

fn last_stage(
    design: &ReluDesign,
    epsilon: &Float,
    samples: Samples,
    budget: Budget,
) -> Result<(Vec<Stage>, Solved)> {
    let Some((&last, before)) = design.degrees.split_last() else {
        return Err(ApproxError::Degree {
            degree: 0,
            min: 1,
            max: 4095,
            why: "a composition needs a stage".into(),
        });
    };
    if let Some(&degree) = design.degrees.iter().find(|d| *d % 2 == 0 || **d > 1023) {
        let why = "sign is odd, so its polynomials are".into();
        return Err(ApproxError::Degree {
            degree,
            min: 1,
            max: 1023,
            why,
        });
    }
    let greedy = design.objective == Objective::Sign;
    let inner_design = SignDesign {
        degrees: if greedy {
            design.degrees.clone()
        } else {
            before.to_vec()
        },
        epsilon: epsilon.clone(),
        margin: design.margin.clone(),
        rounding: design.rounding,
        precision: design.precision,
    };
    let mut inner = design_stages(&inner_design, greedy, budget)?;
    let last_sign = if greedy { inner.pop() } else { None };
    let problem = Problem::new(&inner, last, design.offset, samples.count(&design.degrees));
    let solved = match last_sign {
        Some(stage) => problem.judge(
            stage
                .poly
                .coeffs()
                .iter()
                .map(|c| 0.5 * c.to_f64())
                .collect(),
        ),
        None => problem.solve(samples, budget)?,
    };
    Ok((inner, solved))
}

/// log2 of the ε that the search begins at. A stage of degree d takes `(1−a)/(1+a)` of its interval `[a, 1]` to about
/// its power (d+1)/2: from a larger ε the stages before the last would come closer to sign than 2^-64, at high cost, and
/// a smaller ε is better.
fn largest_epsilon(degrees: &[usize]) -> f64 {
    let inner = &degrees[..degrees.len().saturating_sub(1)];
    let power: f64 = inner.iter().map(|d| d.div_ceil(2) as f64).product();
    let epsilon = 64.0 * std::f64::consts::LN_2 / (2.0 * power);
    epsilon.log2().floor().min(-2.0)
}

/// The ε that makes the levelled error least: steps of one bit down from a large one, then a golden section.
fn tune_epsilon(design: &ReluDesign, budget: Budget) -> Result<Float> {
    let at = |bits: f64| Float::with_val(64, bits.exp2());
    if design.degrees.len() < 2 && design.objective == Objective::Relu {
        return Ok(at(-1.0));
    }
    let error =
        |bits: f64| last_stage(design, &at(bits), Samples::Coarse, budget).map(|s| s.1.error);
    let mut middle = largest_epsilon(&design.degrees);
    let mut best = error(middle)?;
    loop {
        let next = error(middle - 1.0)?;
        if next >= best {
            break;
        }
        (middle, best) = (middle - 1.0, next);
        if middle < -60.0 {
            break;
        }
    }
    let (mut a, mut b) = (middle - 1.0, middle + 1.0);
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut c, mut d) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut at_c, mut at_d) = (error(c)?, error(d)?);
    while b - a > 0.004 {
        if at_c < at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - GOLDEN * (b - a);
            at_c = error(c)?;
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + GOLDEN * (b - a);
            at_d = error(d)?;
        }
    }
    Ok(at(if at_c < at_d { c } else { d }))
}
