//! Points, weights and values of a fit.

use rug::Float;

use super::points::{self, MeanError, WeightedPoint};
use crate::{
    ApproxError, Result,
    analysis::Distribution,
    domain::Domain,
    poly::{Chebyshev, Parity},
    target::{Samples, Target},
};

/// More points than this are refused.
const MAX_POINTS: usize = 1 << 22;

/// Points, weights and values, ready for any degree.
#[derive(Debug, Clone)]
pub struct Fit {
    pub(super) points: Vec<WeightedPoint>,
    pub(super) parity: Parity,
    pub(super) lo: f64,
    pub(super) hi: f64,
    outside: f64,
}

impl Fit {
    /// The target under a distribution on `[lo, hi]`, at about `points` points. A polynomial of degree d needs well
    /// above d² equally spaced points for the sum to stand for the integral.
    ///
    /// # Errors
    /// An inverted interval, a target that is not finite on it, more than 2^22 points, a distribution with nothing on
    /// the interval, and a table of samples, which brings its own points: see [`Fit::samples`].
    pub fn new(
        target: &Target,
        distribution: &Distribution,
        lo: f64,
        hi: f64,
        points: usize,
    ) -> Result<Self> {
        if let Target::Samples(_) = target {
            return Err(ApproxError::OutOfRange {
                name: "target",
                value: target.to_string(),
                bound: "a function; fit a table with Fit::samples".into(),
            });
        }
        if points > MAX_POINTS {
            return Err(ApproxError::OutOfRange {
                name: "points",
                value: points.to_string(),
                bound: format!("at most {MAX_POINTS}"),
            });
        }
        check_interval(lo, hi)?;
        target.check_finite(&Domain::interval(float(lo), float(hi))?)?;
        let quadrature = distribution.quadrature(lo, hi, points)?;
        let mut fit = Self::weighted(points::of_target(target, &quadrature)?, lo, hi)?;
        fit.outside = quadrature.outside;
        Ok(fit)
    }

    /// The points of a table that lie in `[lo, hi]`, all of the same weight or with one weight for each point of the
    /// table, in its order.
    ///
    /// # Errors
    /// As [`Fit::weighted`]; a number of weights that is not the number of points.
    pub fn samples(samples: &Samples, weights: Option<&[f64]>, lo: f64, hi: f64) -> Result<Self> {
        check_interval(lo, hi)?;
        Self::weighted(points::of_samples(samples, weights, lo, hi)?, lo, hi)
    }

    /// Any points in `[lo, hi]`; abscissae may repeat. The weights count relative to each other.
    ///
    /// # Errors
    /// An inverted interval, no point, a point outside, a value that is not finite, a weight that is not positive.
    pub fn weighted(points: Vec<WeightedPoint>, lo: f64, hi: f64) -> Result<Self> {
        check_interval(lo, hi)?;
        Ok(Self {
            points: points::normalised(points, lo, hi)?,
            parity: Parity::Full,
            lo,
            hi,
            outside: 0.0,
        })
    }

    /// The same points for odd or even polynomials. The best polynomial has the parity of the target only if the
    /// distribution is symmetric too, so it is never assumed.
    ///
    /// # Errors
    /// [`ApproxError::Parity`] if the interval is not symmetric about 0.
    pub fn with_parity(mut self, parity: Parity) -> Result<Self> {
        if parity != Parity::Full && (self.lo + self.hi).abs() > 0.0 {
            return Err(ApproxError::Parity {
                parity: parity.name(),
                why: format!(
                    "the interval [{}, {}] is not symmetric about 0",
                    self.lo, self.hi
                ),
            });
        }
        self.parity = parity;
        Ok(self)
    }

    /// The points, their weights summing to 1.
    #[must_use]
    pub fn points(&self) -> &[WeightedPoint] {
        &self.points
    }

    /// Probability outside the interval, which was cut off.
    #[must_use]
    pub fn outside(&self) -> f64 {
        self.outside
    }

    /// The error of any polynomial at these points: to compare a minimax polynomial, say.
    #[must_use]
    pub fn measure(&self, poly: &Chebyshev) -> MeanError {
        points::measure(&self.points, poly)
    }
}

fn check_interval(lo: f64, hi: f64) -> Result<()> {
    if lo < hi && (hi - lo).is_finite() {
        return Ok(());
    }
    Err(ApproxError::InvertedInterval {
        lo: lo.to_string(),
        hi: hi.to_string(),
    })
}

fn float(x: f64) -> Float {
    Float::with_val(53, x)
}
