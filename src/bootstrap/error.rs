//! What bootstrapping is refused for.

use equiripple_approx::ApproxError;
use thiserror::Error;

/// Why a part of bootstrapping cannot be made.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum BootstrapError {
    /// A number outside its range.
    #[error("{name} is {found}, and must be {bound}; {remedy}")]
    OutOfRange {
        /// Which number.
        name: &'static str,
        /// As it was given.
        found: String,
        /// The range in words.
        bound: String,
        /// What to change.
        remedy: &'static str,
    },
    /// A modular reduction that leaves too little of the message.
    #[error(
        "degree {degree} on {intervals} intervals leaves an error of 2^{log2_error:.1} in messages up to 1, and at most 2^{log2_limit} is useful; {remedy}"
    )]
    Inaccurate {
        /// Degree of the polynomial.
        degree: u32,
        /// Integers that are expected, 2K'+1.
        intervals: u32,
        /// log2 of the certified error.
        log2_error: f64,
        /// log2 of the largest error that is accepted.
        log2_limit: f64,
        /// Which term binds, and what lowers it.
        remedy: &'static str,
    },
    /// No approximation or no circuit.
    #[error(transparent)]
    Approximation(#[from] ApproxError),
}
