//! From the sine back to the message: z ≈ Σ g_j·s^(2j+1) with s = sin(2πz/R).
//!
//! With g_0 alone the best factor is not R/2π, which leaves (2π/R)²/6: a slightly larger slope makes the cubic error a
//! Chebyshev polynomial of degree 3, a quarter of that. With more terms this is the odd minimax polynomial of the arcsine.

use super::domain::{END_BITS, Intervals};
use equiripple_approx::{
    ApproxError,
    certify::{self, Weight, function_error},
    poly::{Chebyshev, Parity},
    remez::{Approximant, Basis, Budget, Problem},
    target::{Expr, Operator, Target},
};
use rug::{Float, Rational, float::Round};

/// The exchange keeps away from z = 0, where everything vanishes. Errors of up to four terms are below their maxima
/// there: the first of those is at sin(π/18) > 1/8.
const FROM: f64 = 1.0 / 16.0;

/// The coefficients g_j as doubles.
pub(super) struct Inverse {
    target: Target,
    terms: Vec<(Float, Expr)>,
}

impl Inverse {
    /// The best coefficients for s, s³, …, s^`degree` on the positive messages of the intervals.
    pub(super) fn new(intervals: &Intervals, ratio: f64, degree: u32) -> Result<Self, ApproxError> {
        let powers = (1..=degree).step_by(2);
        let sines = powers.map(|k| format!("sin(2*pi*x)^{k}").parse::<Target>());
        let sines: Result<Vec<Expr>, ApproxError> = sines
            .map(|sine| Ok(sine?.expr().map_or(Expr::X, |e| e.into_owned())))
            .collect();
        let factor = Rational::from_f64(ratio).unwrap_or_default();
        let target = Expr::Binary(
            Operator::Mul,
            Box::new(Expr::Number(factor)),
            Box::new(Expr::X),
        );
        let mut problem = Problem::new(
            Target::Expression(target),
            intervals.positive(FROM)?,
            degree as usize,
        );
        problem.basis = Basis::Functions(sines?);
        let solution = problem.solve(Budget::unlimited())?;
        let Approximant::Combination(exact) = solution.approximant else {
            return Err(ApproxError::NoDesign {
                target: "a sum of powers of the sine".into(),
                limits: "a basis of such powers".into(),
            });
        };
        let rounded = exact
            .into_iter()
            .map(|(c, f)| (Float::with_val(53, c.to_f64()), f));
        Ok(Self {
            target: problem.target,
            terms: rounded.collect(),
        })
    }

    /// g_0, g_1, ….
    pub(super) fn coefficients(&self) -> Vec<f64> {
        self.terms.iter().map(|(g, _)| g.to_f64()).collect()
    }

    /// The coefficients of T_1, T_3, … of s + (g_1/g_0)·s³ + ….
    pub(super) fn chebyshev(&self) -> Result<Vec<Float>, ApproxError> {
        let mut monomial = vec![];
        for (g, _) in &self.terms {
            monomial.push(Float::new(END_BITS));
            monomial.push(Float::with_val(END_BITS, g / &self.terms[0].0));
        }
        let [lo, hi] = [-1, 1].map(|end| Float::with_val(END_BITS, end));
        let series = Chebyshev::from_monomial(Parity::Odd, lo, hi, &monomial, END_BITS)?;
        Ok(series.coeffs().to_vec())
    }

    /// The certified sup of the error in z.
    pub(super) fn error(&self, intervals: &Intervals) -> Result<f64, ApproxError> {
        let sup = function_error(
            &self.target,
            Weight::One,
            certify::Approximant::Sum(&self.terms),
            &intervals.positive(0.0)?,
            Budget::unlimited(),
        )?;
        Ok(sup.bounds.upper.to_f64_round(Round::Up))
    }

    /// A bound of |z₁ − z₂| for sines of size at most `size` that differ by `distance`.
    pub(super) fn spread(&self, size: f64, distance: f64) -> f64 {
        let slopes = self
            .terms
            .iter()
            .zip(0..)
            .map(|((g, _), j)| f64::from(2 * j + 1) * g.to_f64().abs() * size.powi(2 * j));
        slopes.sum::<f64>() * distance
    }
}
