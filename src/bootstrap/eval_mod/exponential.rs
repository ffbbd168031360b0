//! The polynomial before the double angles.
//!
//! e(t) = exp(2πi·t/2^r) becomes exp(2πi·t) by r squarings. Its real part is even and its imaginary part odd, and each is
//! approximated for itself. All values are on the unit circle, so squaring doubles errors wherever t is: 2^r·|A − cos|
//! and 2^r·|B − sin| are what is left of them in the end, to first order.

use super::domain::Intervals;
use equiripple_approx::{
    ApproxError,
    certify::{self, Weight, function_error},
    poly::Chebyshev,
    remez::{Approximant, Budget, Problem},
    rounding::Rounding,
    target::Target,
};
use rug::float::Round;

/// Above this degree the error can be so small that the bits that the exchange begins with do not show it, and it would
/// search in vain for a minute.
const LARGE_DEGREE: u32 = 63;
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
            cosine: Part::new(&format!("cos(2*pi*x/{n})"), intervals, degree - degree % 2)?,
            sine: Part::new(&format!("sin(2*pi*x/{n})"), intervals, odd)?,
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

    /// Certified bounds of |A − cos| and |B − sin|.
    pub(super) fn errors(&self, intervals: &Intervals) -> Result<[f64; 2], ApproxError> {
        Ok([self.cosine.error(intervals)?, self.sine.error(intervals)?])
    }
}

impl Part {
    fn new(target: &str, intervals: &Intervals, degree: u32) -> Result<Self, ApproxError> {
        // The parity of the target on a symmetric domain is that of the polynomial.
        let mut problem = Problem::new(target.parse()?, intervals.domain()?, degree as usize);
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
        })
    }

    /// Of T_0, T_2, … or of T_1, T_3, ….
    fn coefficients(&self) -> Vec<f64> {
        self.poly.coeffs().iter().map(|c| c.to_f64()).collect()
    }

    fn error(&self, intervals: &Intervals) -> Result<f64, ApproxError> {
        let sup = function_error(
            &self.target,
            Weight::One,
            certify::Approximant::Series(&self.poly),
            &intervals.domain()?,
            Budget::unlimited(),
        )?;
        Ok(sup.bounds.upper.to_f64_round(Round::Up))
    }
}
