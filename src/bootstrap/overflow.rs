//! How probable it is that a multiple of q0 exceeds what the modular reduction expects.
//!
//! Under the larger modulus c_0 + c_1·s = m + q0·I over the integers, for a secret s of h coefficients ±1. A coefficient of
//! c_1·s/q0 is U, a sum of h numbers that are uniform in [−½, ½], and c_0 is between −q0/2 and q0/2 and such that the rest
//! is m; so I is the integer next to U − m/q0. It is K or more in magnitude with probability F(t + μ) + F(t − μ), where
//! t = h/2 − K + ½, μ = m/q0 and
//! ```text
//! F(t) = P(sum of h uniforms in [0, 1] ≤ t) = 1/h! · Σ_(i ≤ t) (−1)^i · binom(h, i) · (t − i)^h.
//! ```
//! F is convex up to h/2: the probability grows with |μ|, and |μ| = (1 + 2^-4)/R bounds it for every message in range. The
//! sixteenth is more than what U loses by being a multiple of 1/q0, up to h/(2q0). The form that is
//! often quoted (Bossuat, Troncoso-Pastoriza and Hubaux, ACNS 2022) takes c_0 for one more independent uniform and compares
//! with K instead of K − ½, which is too small.
//!
//! |U| ≤ h/2, so |I| ≤ ⌊(h+1)/2⌋ always.

use super::{
    BootstrapError,
    eval_mod::{HEADROOM, check_log_ratio},
};
use rug::{Float, Integer, Rational, float::Round, ops::Pow};
use serde::{Deserialize, Serialize};

/// Largest weight: the exact sum takes seconds there.
const MAX_WEIGHT: u32 = 4096;
/// μ is rounded up to so many bits behind the point.
const MESSAGE_BITS: f64 = 32.0;

/// Plain data of a question; [`Overflow::new`] answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverflowLiteral {
    /// h: non-zero coefficients, each ±1, of the secret under which the modulus is raised; from 1 to 4096.
    pub hamming_weight: u32,
    /// C: coefficients that are reduced, two for each complex slot.
    pub coefficients: u64,
    /// K': the largest integer that the modular reduction expects.
    pub integers: u32,
    /// log2 of R, as in [`EvalModLiteral`](super::EvalModLiteral).
    pub log_message_ratio: f64,
}

/// Whether a multiple of q0 can be larger than expected in one bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Overflow {
    /// It cannot.
    Impossible,
    /// It can.
    Possible {
        /// log2 of an upper bound of the probability, at most 0.
        log2_probability: f64,
    },
}

impl Overflow {
    /// Bounds the probability that one of C coefficients has |I| ≥ K' + 1, by the sum over all of them.
    ///
    /// ```
    /// use equiripple::bootstrap::{Overflow, OverflowLiteral};
    /// let mut literal = OverflowLiteral {
    ///     hamming_weight: 32,
    ///     coefficients: 1 << 16,
    ///     integers: 15,
    ///     log_message_ratio: 10.0,
    /// };
    /// let Overflow::Possible { log2_probability } = Overflow::new(&literal)? else { unreachable!() };
    /// assert!((log2_probability + 132.65).abs() < 0.05);
    /// literal.integers = 16;
    /// assert_eq!(Overflow::new(&literal)?, Overflow::Impossible);
    /// # Ok::<(), equiripple::bootstrap::BootstrapError>(())
    /// ```
    ///
    /// # Errors
    /// [`BootstrapError::OutOfRange`] for a weight or a message ratio out of range, or no coefficient.
    pub fn new(literal: &OverflowLiteral) -> Result<Self, BootstrapError> {
        check_weight(literal.hamming_weight)?;
        check_log_ratio(literal.log_message_ratio)?;
        if literal.coefficients == 0 {
            return Err(BootstrapError::OutOfRange {
                name: "the number of coefficients",
                found: "0".into(),
                bound: "at least 1".into(),
                remedy: "give two for each complex slot",
            });
        }
        if literal.integers >= largest_integer(literal.hamming_weight) {
            return Ok(Self::Impossible);
        }
        // Two more for the roundings of this line.
        let units =
            ((1.0 + HEADROOM) * (MESSAGE_BITS - literal.log_message_ratio).exp2()) as u64 + 2;
        let message = Rational::from((units, MESSAGE_BITS.exp2() as u64));
        let one = coefficient_overflow(literal.hamming_weight, literal.integers + 1, &message)?;
        let all = one * literal.coefficients;
        let all = Float::with_val_round(64, &all, Round::Up).0;
        Ok(Self::Possible {
            log2_probability: all.log2().to_f64_round(Round::Up).min(0.0),
        })
    }

    /// log2 of a bound of the probability that any of so many bootstraps fails; none if that is impossible.
    #[must_use]
    pub fn log2_of_job(&self, bootstraps: u64) -> Option<f64> {
        match self {
            Self::Impossible => None,
            Self::Possible { log2_probability } => {
                Some((log2_probability + (bootstraps as f64).log2()).min(0.0))
            }
        }
    }
}

/// ⌊(h+1)/2⌋: no I is larger for a secret of weight h and |m/q0| < ½.
#[must_use]
pub const fn largest_integer(hamming_weight: u32) -> u32 {
    hamming_weight.div_ceil(2)
}

/// P(|I| ≥ `integer`) of one coefficient with m/q0 = ±`message`, exactly, for continuous uniforms.
///
/// # Errors
/// [`BootstrapError::OutOfRange`] for a weight that is not from 1 to 4096, an `integer` of 0, or a message that is not in
/// [0, ½).
pub fn coefficient_overflow(
    hamming_weight: u32,
    integer: u32,
    message: &Rational,
) -> Result<Rational, BootstrapError> {
    check_weight(hamming_weight)?;
    if integer == 0 {
        return Err(BootstrapError::OutOfRange {
            name: "the integer",
            found: "0".into(),
            bound: "at least 1".into(),
            remedy: "every integer is at least 0 in magnitude",
        });
    }
    if *message < 0 || *message >= Rational::from((1, 2)) {
        return Err(BootstrapError::OutOfRange {
            name: "the message",
            found: message.to_f64().to_string(),
            bound: "at least 0 and below 1/2, in units of q0".into(),
            remedy: "give its magnitude divided by q0",
        });
    }
    let t = Rational::from((i64::from(hamming_weight) - 2 * i64::from(integer) + 1, 2));
    let (above, below) = (Rational::from(&t + message), t - message);
    Ok(irwin_hall(hamming_weight, &above) + irwin_hall(hamming_weight, &below))
}

/// F(t): the probability that h uniforms in [0, 1] sum to at most t (Irwin 1927, Hall 1927).
fn irwin_hall(h: u32, t: &Rational) -> Rational {
    // With t = n/d, (t − i)^h = (n − i·d)^h / d^h: integers until the end.
    let (numerator, denominator) = (t.numer(), t.denom());
    let mut sum = Integer::new();
    let mut binomial = Integer::from(1);
    let mut base = numerator.clone();
    for i in 0..=h {
        if base <= 0 {
            break;
        }
        let term = Integer::from((&base).pow(h)) * &binomial;
        if i % 2 == 0 {
            sum += term;
        } else {
            sum -= term;
        }
        binomial = binomial * (h - i) / (i + 1);
        base -= denominator;
    }
    let scale = Integer::from(denominator.pow(h)) * Integer::from(Integer::factorial(h));
    Rational::from((sum, scale))
}

pub(super) fn check_weight(found: u32) -> Result<(), BootstrapError> {
    if (1..=MAX_WEIGHT).contains(&found) {
        return Ok(());
    }
    Err(BootstrapError::OutOfRange {
        name: "the Hamming weight",
        found: found.to_string(),
        bound: format!("from 1 to {MAX_WEIGHT}"),
        remedy: "raise the modulus under a sparse secret",
    })
}
