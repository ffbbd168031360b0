//! The homomorphic modular reduction: t ↦ t − q0·I for t = q0·I + m, |m| at most q0/R.
//!
//! With x = t/(q0·W) in [−1, 1] and t/q0 = I + z/R, |I| ≤ K' and a real message |z| ≤ 1, it makes a polynomial of
//! exp(2πi·t/(2^r·q0)), the best on the 2K'+1 intervals about the integers, and r squarings; of their imaginary part,
//! sin(2πt/q0), by one conjugation, and where asked for an arcsine, y with z ≈ gain·y. Everything is made by the exchange
//! of `equiripple-approx` when it is asked for, and the error in z is certified for the doubles that the circuit holds.
//!
//! After Han and Ki (CT-RSA 2020: double angles) and Lee, Lee, Lee, Kim and No (EUROCRYPT 2021: minimax on the union of
//! the intervals, arcsine). They take the cosine alone, by u ← 2u² − 1, which takes no conjugation; but errors of its
//! argument, roundings of the first products above all, grow with the slope of T_(2^r), up to 4^r-fold, where the squarings
//! on the unit circle take them 2^r-fold. The polynomial is Σ c_k·iᵏ·T_k(x) with real c_k, cosine and sine together at the
//! price of one, see [`Plan::lucas`](equiripple_approx::evaltree::Plan::lucas): so the circuit takes 2i·x.

mod bound;
mod circuit;
mod domain;
mod exponential;
mod literal;
mod magnitudes;
mod sine;

pub use bound::EvalModBound;
pub use circuit::EvalModCircuit;
pub use literal::EvalModLiteral;

pub(in crate::bootstrap) use literal::check_log_ratio;

use super::BootstrapError;
use bound::Sine;
use circuit::Parts;
use domain::Intervals;
use equiripple_approx::evaltree::Cost;
use exponential::Exponential;
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
    exponential: Vec<f64>,
    arcsine: Vec<Float>,
    error: EvalModBound,
    headroom: EvalModBound,
    cost: Cost,
}

impl EvalMod {
    /// Makes the polynomials and certifies them: a tenth of a second for degree 31, a second for 63 on a hundred intervals,
    /// many seconds for the largest degrees.
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
        let exponential = Exponential::new(&wide, literal.degree, double_angles)?;
        let inverse = Inverse::new(&messages, ratio, literal.arcsine.max(1))?;
        let sine = Sine::new(&exponential, &inverse, &messages, double_angles)?;
        let mut error = sine.bound()?;
        accept(literal, &error)?;
        let (coefficients, of_sine) = (exponential.coefficients(), inverse.chebyshev()?);
        let parts = Parts {
            exponential: &coefficients,
            double_angles,
            arcsine: &of_sine,
        };
        error.rounding = sine.rounding(&parts)?;
        let sine = Sine::new(&exponential, &inverse, &wide, double_angles)?;
        let mut headroom = sine.bound()?;
        headroom.rounding = sine.rounding(&parts)?;
        Ok(Self {
            half_width: wide.half_width(),
            gain: inverse.coefficients()[0],
            cost: parts.circuit(1.0)?.cost()?,
            error,
            headroom,
            literal: literal.clone(),
            exponential: coefficients,
            arcsine: of_sine,
        })
    }

    /// What it was made from.
    #[must_use]
    pub const fn literal(&self) -> &EvalModLiteral {
        &self.literal
    }

    /// W: the input of the circuit is 2x = 2t/(q0·W). A little more than K' + 1/R, where the last interval ends.
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

    /// Products, sums and relinearisations of the circuit. There is one conjugation besides them.
    #[must_use]
    pub const fn cost(&self) -> &Cost {
        &self.cost
    }

    /// The largest |z| that the polynomial is made for: 1 + [`HEADROOM`].
    #[must_use]
    pub const fn message_bound(&self) -> f64 {
        1.0 + HEADROOM
    }

    /// Bounds of |z − gain·y| for messages |z| ≤ 1 at all integers |I| ≤ K', for the circuit of any amplitude and without
    /// the noise of ciphertexts.
    #[must_use]
    pub const fn error(&self) -> &EvalModBound {
        &self.error
    }

    /// As [`EvalMod::error`], for |z| up to [`EvalMod::message_bound`].
    #[must_use]
    pub const fn headroom_error(&self) -> &EvalModBound {
        &self.headroom
    }

    /// c_0, c_1, …: the polynomial is Σ c_k·iᵏ·T_k(x).
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.exponential
    }

    /// The circuit from 2x to amplitude·y; its depth is the same for every amplitude.
    ///
    /// # Errors
    /// [`BootstrapError::OutOfRange`] for an amplitude that is not from 2^-64 to 2^64.
    pub fn circuit(&self, amplitude: f64) -> Result<EvalModCircuit, BootstrapError> {
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
            exponential: &self.exponential,
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
