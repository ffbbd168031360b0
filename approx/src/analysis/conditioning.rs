//! How large coefficients and slopes are: what a basis costs in precision, and how noise grows.

use rug::{Float, float::Round};
use serde::Serialize;

use super::composition::Composition;
use crate::{
    Result,
    certify::{Chain, Extrema, Range, log2_round},
    poly::Chebyshev,
};

/// Figures of one stage, over the inputs that really reach it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageConditioning {
    /// Degree.
    pub degree: usize,
    /// log2 Σ|a_k| over the coefficients of `1, x, x², …`: the bits lost in that basis.
    pub monomial_log2: f64,
    /// Σ|c_k| over the Chebyshev coefficients, rounded up: the factor lost in that basis.
    pub chebyshev_norm: f64,
    /// max|p'| over [`Self::input`], an upper bound (rigorous).
    pub max_slope: f64,
    /// What enters the stage, enclosed (rigorous).
    pub input: (f64, f64),
    /// What leaves it, enclosed (rigorous).
    pub output: (f64, f64),
}

/// Figures of the stages, and how they multiply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conditioning {
    /// One entry for each stage, the one that is applied first coming first.
    pub stages: Vec<StageConditioning>,
    /// ∏ max|p_i'|, an upper bound of sup|P'| (rigorous): seldom reached, since a steep stage feeds flat ones.
    pub slope_product: f64,
    /// sup|P'| over samples (an estimate from below), and where.
    pub composition_slope: (f64, f64),
    /// sup|r'| over samples (an estimate from below), and where: noise of the input is multiplied by it.
    pub output_slope: (f64, f64),
}

impl Conditioning {
    /// Measures the stages at `precision` bits, and the composition at about `samples` points.
    ///
    /// # Errors
    /// Those of [`Chain::new`]: a stage is fed more than 1.5 times the interval of its series.
    pub fn of(composition: &Composition<'_>, samples: usize, precision: u32) -> Result<Self> {
        let (lo, hi) = composition.domain();
        let none = Float::new(64);
        let chain = Chain::new(composition.stages(), lo, hi, &none, precision)?;
        let mut stages = Vec::with_capacity(chain.stages().len());
        let mut input = (lo.clone(), hi.clone());
        for (poly, range) in composition.stages().iter().zip(chain.ranges()) {
            stages.push(stage(poly, &input, range, precision)?);
            input = range.outer.clone();
        }
        let product = stages.iter().fold(Float::with_val(64, 1), |product, s| {
            Float::with_val_round(64, product * s.max_slope, Round::Up).0
        });
        let mut conditioning = Self {
            stages,
            slope_product: product.to_f64_round(Round::Up),
            composition_slope: (0.0, 0.0),
            output_slope: (0.0, 0.0),
        };
        for x in composition.samples(samples) {
            raise(
                &mut conditioning.composition_slope,
                composition.inner(x).1,
                x,
            );
            raise(&mut conditioning.output_slope, composition.slope(x), x);
        }
        Ok(conditioning)
    }
}

/// Keeps the larger modulus and its place.
fn raise(best: &mut (f64, f64), value: f64, x: f64) {
    if value.abs() > best.0 {
        *best = (value.abs(), x);
    }
}

fn stage(
    poly: &Chebyshev,
    input: &(Float, Float),
    range: &Range,
    precision: u32,
) -> Result<StageConditioning> {
    let monomial = poly.to_monomial(precision);
    let sum = monomial.iter().fold(Float::new(precision), |sum, a| {
        sum + Float::with_val(precision, a.abs_ref())
    });
    let slopes = Extrema::new(&poly.derivative(), &input.0, &input.1, precision)?
        .range(&input.0, &input.1)
        .outer;
    let steepest = slopes.0.abs().max(&slopes.1.abs());
    Ok(StageConditioning {
        degree: poly.degree(),
        monomial_log2: log2_round(&sum, Round::Up),
        chebyshev_norm: poly.norm1(),
        // The derivative's coefficients are rounded 64 bits below those of the stage: far less than this factor.
        max_slope: steepest.to_f64_round(Round::Up) * (1.0 + 1e-12),
        input: outward(input),
        output: outward(&range.outer),
    })
}

/// The ends in f64, rounded outward.
pub(super) fn outward(range: &(Float, Float)) -> (f64, f64) {
    (
        range.0.to_f64_round(Round::Down),
        range.1.to_f64_round(Round::Up),
    )
}
