//! What bootstrapping is refused for.

use crate::{
    circuit::CircuitError,
    quantity::{Level, QuantityError},
};
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
    /// A chain that is too short.
    #[error(
        "a bootstrap takes {need} levels, one for circuits included, and the chain has {found}; add levels, or take fewer factors of the transforms or a lower degree"
    )]
    Levels {
        /// Of the chain.
        found: u32,
        /// That the transforms, the modular reduction and one product take.
        need: u32,
    },
    /// A modular reduction across levels of several sizes.
    #[error(
        "the modular reduction runs from level {highest} to {lowest}, and the primes change their size at level {level}; give all of these levels one size"
    )]
    Sizes {
        /// Where the size changes.
        level: Level,
        /// The last level whose prime it spends.
        lowest: Level,
        /// Its first level.
        highest: Level,
    },
    /// No approximation or no circuit.
    #[error(transparent)]
    Approximation(#[from] ApproxError),
    /// A transform or a quantity is refused.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// A scale or a level leaves its range.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}
