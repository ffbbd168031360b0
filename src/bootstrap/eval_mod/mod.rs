//! The homomorphic modular reduction: t ↦ t − q0·I for t = q0·I + m, |m| at most q0/R.
//!
//! The circuit sees x = t/(q0·W) in [−1, 1], with t/q0 = I + z/R, |I| ≤ K' and a real message |z| ≤ 1. A polynomial p of a
//! cosine with period 2^r, the best on the 2K'+1 intervals about the integers, r double angles u ← 2u² − 1, and where
//! asked for an arcsine give y with z ≈ gain·y. Everything is made by the exchange of `equiripple-approx` when it is asked
//! for, and the error in z is certified for the doubles that the circuit holds.
//!
//! After Han and Ki (CT-RSA 2020: cosine and double angles) and Lee, Lee, Lee, Kim and No (EUROCRYPT 2021: minimax on the
//! union of the intervals, arcsine).

mod bound;
mod circuit;
mod cosine;
mod domain;
mod literal;
mod sine;

pub use bound::EvalModBound;
pub use literal::EvalModLiteral;

pub(in crate::bootstrap) use literal::check_log_ratio;

use super::BootstrapError;
use circuit::Parts;
use cosine::Cosine;
use domain::Intervals;
use equiripple_approx::evaltree::{Cost, Dag};
use rug::Float;
use sine::Inverse;

/// How far beyond the largest message the polynomial is made for: |z| ≤ 1 + 2^-4, room for the noise of a message.
pub const HEADROOM: f64 = 0.0625;
/// log2 of the largest error that is accepted.
const LOG2_LIMIT: f64 = -4.0;
/// log2 of the largest amplitude and of the inverse of the smallest.
const AMPLITUDE_LOG2: f64 = 64.0;

/// A modular reduction, made once and never changed.
#[derive(Debug, Clone)]
pub struct EvalMod {
    literal: EvalModLiteral,
    half_width: f64,
    gain: f64,
    cosine: Vec<f64>,
    arcsine: Vec<Float>,
    error: EvalModBound,
    headroom: EvalModBound,
    cost: Cost,
}

impl EvalMod {
    /// Makes the polynomials and certifies them.
    ///
    /// ```
    /// use equiripple::bootstrap::{EvalMod, EvalModLiteral};
    /// let eval_mod = EvalMod::new(&EvalModLiteral {
    ///     log_message_ratio: 10.0,
    ///     integers: 15,
    ///     degree: 30,
    ///     double_angles: 3,
    ///     arcsine: 0,
    /// })?;
    /// assert_eq!(eval_mod.depth(), 8);
    /// assert!(eval_mod.error().log2() < -19.2);
    /// # Ok::<(), equiripple::bootstrap::BootstrapError>(())
    /// ```
    ///
    /// # Errors
    /// [`BootstrapError::OutOfRange`] for a literal without sense, [`BootstrapError::Inaccurate`] where more than 2^-4 of
    /// error is left, and what the exchange and the certificate refuse.
    pub fn new(literal: &EvalModLiteral) -> Result<Self, BootstrapError> {
        literal.check()?;
        let (integers, ratio) = (literal.integers, literal.ratio());
        let messages = Intervals::new(integers, ratio, 1.0);
        let wide = Intervals::new(integers, ratio, 1.0 + HEADROOM);
        let double_angles = literal.double_angles;
        let cosine = Cosine::new(&wide, literal.degree, double_angles)?;
        let inverse = Inverse::new(&messages, ratio, literal.arcsine.max(1))?;
        let error = bound::certify(&cosine, &inverse, &messages, double_angles)?;
        accept(literal, &error)?;
        let mut made = Self {
            half_width: wide.half_width(),
            gain: inverse.coefficients()[0],
            cosine: cosine.coefficients(),
            arcsine: inverse.chebyshev()?,
            headroom: bound::certify(&cosine, &inverse, &wide, double_angles)?,
            error,
            cost: Cost::default(),
            literal: literal.clone(),
        };
        made.cost = Cost::of(&made.circuit(1.0)?);
        Ok(made)
    }

    /// What it was made from.
    #[must_use]
    pub const fn literal(&self) -> &EvalModLiteral {
        &self.literal
    }

    /// W: the input of the circuit is x = t/(q0·W). A little more than K' + 1/R, where the last interval ends.
    #[must_use]
    pub const fn half_width(&self) -> f64 {
        self.half_width
    }

    /// The factor from y to the message: z ≈ gain·y. Near R/2π, and not that: it is the one with the least error.
    #[must_use]
    pub const fn gain(&self) -> f64 {
        self.gain
    }

    /// Levels that the circuit takes.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.cost.depth as u32
    }

    /// Products, sums and relinearisations of the circuit.
    #[must_use]
    pub const fn cost(&self) -> &Cost {
        &self.cost
    }

    /// The largest |z| that the polynomial is made for: 1 + [`HEADROOM`].
    #[must_use]
    pub const fn message_bound(&self) -> f64 {
        1.0 + HEADROOM
    }

    /// Bounds of |z − gain·y| for messages |z| ≤ 1 at all integers |I| ≤ K', of a circuit in exact arithmetic.
    #[must_use]
    pub const fn error(&self) -> &EvalModBound {
        &self.error
    }

    /// As [`EvalMod::error`], for |z| up to [`EvalMod::message_bound`].
    #[must_use]
    pub const fn headroom_error(&self) -> &EvalModBound {
        &self.headroom
    }

    /// c_0, c_1, …: the polynomial is Σ c_k·T_k(x).
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.cosine
    }

    /// The circuit with input x and output amplitude·y; its depth is the same for every amplitude.
    ///
    /// # Errors
    /// [`BootstrapError::OutOfRange`] for an amplitude that is not from 2^-64 to 2^64.
    pub fn circuit(&self, amplitude: f64) -> Result<Dag<f64>, BootstrapError> {
        // Not a number fails this too.
        if !(amplitude > 0.0 && amplitude.log2().abs() <= AMPLITUDE_LOG2) {
            return Err(BootstrapError::OutOfRange {
                name: "the amplitude",
                found: amplitude.to_string(),
                bound: format!("from 2^-{AMPLITUDE_LOG2} to 2^{AMPLITUDE_LOG2}"),
                remedy: "put the rest of the factor, and its sign, into the transform that follows",
            });
        }
        let parts = Parts {
            cosine: &self.cosine,
            double_angles: self.literal.double_angles,
            arcsine: &self.arcsine,
        };
        Ok(parts.circuit(amplitude)?)
    }
}

/// Refuses what leaves less than 4 bits.
fn accept(literal: &EvalModLiteral, error: &EvalModBound) -> Result<(), BootstrapError> {
    // An infinite bound, or none, is no bound.
    if error.log2() <= LOG2_LIMIT {
        return Ok(());
    }
    Err(BootstrapError::Inaccurate {
        degree: literal.degree,
        intervals: 2 * literal.integers + 1,
        log2_error: error.log2(),
        log2_limit: LOG2_LIMIT,
        remedy: if error.sine > error.polynomial {
            "take an arcsine, or a larger message ratio"
        } else {
            "take a larger degree, more double angles, or fewer integers"
        },
    })
}
