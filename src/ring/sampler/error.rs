//! What cannot be sampled.

use thiserror::Error;

/// Why numbers cannot be drawn.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SamplerError {
    /// The operating system gives no randomness.
    #[error("the operating system gives no random seed: {reason}; pass a seed of your own")]
    Entropy {
        /// What it answered.
        reason: String,
    },
    /// The Hamming weight does not fit.
    #[error(
        "a secret of degree {degree} cannot have {weight} nonzero coefficients; choose a weight in 1..={degree}"
    )]
    Weight {
        /// The refused weight.
        weight: usize,
        /// Number of coefficients.
        degree: usize,
    },
    /// The standard deviation is not usable.
    #[error("standard deviation {sigma} is outside [{low}, {high}]; choose one inside")]
    Deviation {
        /// The refused value.
        sigma: f64,
        /// Smallest one.
        low: f64,
        /// Largest one.
        high: f64,
    },
}
