//! The polynomial before the double angles.
//!
//! c(t) = cos θ with θ = 2π(t − ¼)/2^r becomes cos 2^r θ = sin 2πt by r double angles. An error e of c becomes, to first
//! order, T_n'(c)·e with n = 2^r, and |T_n'(cos θ)| = n·|sin nθ / sin θ| = n·|cos 2πt / sin θ|: near I = 0 mod n/2 several
//! times as much as elsewhere. With that as weight the exchange makes the error that is left in the end the least, by
//! more than a bit of the plain minimax of c.

use super::domain::Intervals;
use equiripple_approx::{
    ApproxError,
    certify::{self, Weight, function_error},
    poly::{Chebyshev, Parity},
    remez::{Approximant, Basis, Budget, Problem},
    rounding::Rounding,
    target::{Expr, Target},
};
use rug::float::Round;

/// The polynomial with coefficients of doubles, and what its error is measured in.
pub(super) struct Cosine {
    target: Target,
    weight: Option<Expr>,
    poly: Chebyshev,
}

impl Cosine {
    /// The best polynomial of that degree on the intervals, its coefficients rounded to doubles.
    pub(super) fn new(
        intervals: &Intervals,
        degree: u32,
        double_angles: u32,
    ) -> Result<Self, ApproxError> {
        let n = 1_u32 << double_angles;
        let angle = format!("2*pi*(x-1/4)/{n}");
        let target: Target = format!("cos({angle})").parse()?;
        let weight = format!("{n}*abs(cos(2*pi*x)/sin({angle}))").parse::<Target>()?;
        // Without double angles numerator and denominator are the same.
        let weight = weight.expr().filter(|_| double_angles > 0);
        let weight = weight.map(std::borrow::Cow::into_owned);
        let mut problem = Problem::new(target, intervals.domain()?, degree as usize);
        problem.basis = Basis::Polynomials(Parity::Full);
        problem.weight = weight;
        let solution = problem.solve(Budget::unlimited())?;
        let Approximant::Polynomial(exact) = solution.approximant else {
            return Err(ApproxError::NoDesign {
                target: "a polynomial".into(),
                limits: "a basis of polynomials".into(),
            });
        };
        let (lo, hi) = exact.interval();
        Ok(Self {
            poly: Rounding::F64.apply(&exact, lo, hi)?,
            target: problem.target,
            weight: problem.weight,
        })
    }

    /// c_0, c_1, … of Σ c_k·T_k(t/W), W the end of the last interval.
    pub(super) fn coefficients(&self) -> Vec<f64> {
        self.poly.coeffs().iter().map(|c| c.to_f64()).collect()
    }

    /// The certified sup of the weighted error: a bound of the error after the double angles, to first order.
    pub(super) fn error(&self, intervals: &Intervals) -> Result<f64, ApproxError> {
        let weight = self.weight.as_ref().map_or(Weight::One, Weight::Function);
        let sup = function_error(
            &self.target,
            weight,
            certify::Approximant::Series(&self.poly),
            &intervals.domain()?,
            Budget::unlimited(),
        )?;
        Ok(sup.bounds.upper.to_f64_round(Round::Up))
    }
}
