//! The polynomial before the double angles.
//!
//! exp(iθ) with θ = 2πt/n, n = 2^r, becomes exp(2πi·t) by r squarings. Its real part is even and its imaginary part odd,
//! and each is approximated for itself, by A and B. All values are on the unit circle, so squarings make of the error
//! e = a + ib one of n·exp(iφ)·e with φ = (n−1)·θ, to first order, of which the imaginary part n·(a·sin φ + b·cos φ)
//! alone counts: the message is in the angle. With |sin φ| and |cos φ| as weights, A need be exact only where B need not,
//! and the error left in the end is smaller by several bits than that of the plain minimax. Weights must not vanish, and
//! what they let grow is squared: so they are √(sin²φ + f²) and √(cos²φ + f²), which are smooth too.

use super::domain::Intervals;
use equiripple_approx::{
    ApproxError,
    certify::{self, Weight, function_error},
    poly::Chebyshev,
    remez::{Approximant, Budget, Problem},
    rounding::Rounding,
    target::{Expr, Target},
};
use rug::float::Round;

/// Above this degree the error can be so small that the bits that the exchange begins with do not show it, and it would
/// search in vain for a minute.
const LARGE_DEGREE: u32 = 63;
/// 1/f.
const INVERSE_FLOOR: u32 = 128;
/// Bits that show it up to the largest degree.
const LARGE_PRECISION: u32 = 1024;

/// The polynomials A and B with coefficients of doubles.
pub(super) struct Exponential {
    cosine: Part,
    sine: Part,
}

/// One of them.
struct Part {
    target: Target,
    weight: Option<Expr>,
    poly: Chebyshev,
}

impl Exponential {
    /// The best polynomials up to that degree on the intervals, their coefficients rounded to doubles.
    pub(super) fn new(
        intervals: &Intervals,
        degree: u32,
        double_angles: u32,
    ) -> Result<Self, ApproxError> {
        let n = 1_u32 << double_angles;
        let odd = degree - (degree + 1) % 2;
        Ok(Self {
            cosine: Part::new("cos", "sin", n, intervals, degree - degree % 2)?,
            sine: Part::new("sin", "cos", n, intervals, odd)?,
        })
    }

    /// c_0, c_1, … of A + iB = Σ c_k·iᵏ·T_k(t/W), W the end of the last interval.
    pub(super) fn coefficients(&self) -> Vec<f64> {
        let (even, odd) = (self.cosine.coefficients(), self.sine.coefficients());
        let pairs = (0..even.len().max(odd.len())).flat_map(|k| {
            // i^2k, and i^(2k+1) over i.
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            [&even, &odd].map(|part| sign * part.get(k).copied().unwrap_or_default())
        });
        pairs.collect()
    }

    /// Certified bounds of |a·sin φ + b·cos φ| and of |e|.
    pub(super) fn errors(&self, intervals: &Intervals) -> Result<(f64, f64), ApproxError> {
        let (a, b) = (self.cosine.error(intervals)?, self.sine.error(intervals)?);
        Ok((a + b, f64::from(INVERSE_FLOOR) * a.hypot(b)))
    }
}

impl Part {
    /// A function of θ, weighted by one of φ.
    fn new(
        function: &str,
        weight: &str,
        n: u32,
        intervals: &Intervals,
        degree: u32,
    ) -> Result<Self, ApproxError> {
        let target = format!("{function}(2*pi*x/{n})");
        let turn = format!("2*pi*x*{}/{n}", n - 1);
        let weight = format!("sqrt({weight}({turn})^2+1/{INVERSE_FLOOR}^2)").parse::<Target>()?;
        // The parity of the target on a symmetric domain is that of the polynomial.
        let mut problem = Problem::new(target.parse()?, intervals.domain()?, degree as usize);
        problem.weight = weight.expr().map(std::borrow::Cow::into_owned);
        if degree > LARGE_DEGREE {
            problem.precision = Some(LARGE_PRECISION);
        }
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

    /// Of T_0, T_2, … or of T_1, T_3, ….
    fn coefficients(&self) -> Vec<f64> {
        self.poly.coeffs().iter().map(|c| c.to_f64()).collect()
    }

    /// The certified sup of the weighted error.
    fn error(&self, intervals: &Intervals) -> Result<f64, ApproxError> {
        let sup = function_error(
            &self.target,
            self.weight.as_ref().map_or(Weight::One, Weight::Function),
            certify::Approximant::Series(&self.poly),
            &intervals.right_half()?,
            Budget::unlimited(),
        )?;
        Ok(sup.bounds.upper.to_f64_round(Round::Up))
    }
}
