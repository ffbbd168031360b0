//! Units of encrypted computing as types: [`LogN`], [`Level`], [`Depth`], [`Scale`], [`ErrorBits`].
//!
//! Every constructor checks its argument, and reading one from a file goes through the same check.

mod bits;
mod counts;
mod scale;

#[cfg(test)]
mod tests;

pub use bits::ErrorBits;
pub use counts::{Depth, Level, LogN};
pub use scale::Scale;

use thiserror::Error;

/// A quantity that is not what its type stands for.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// A whole number outside the range of its type.
    #[error("{what} is {found}, and must lie in {min}..={max}; choose it there")]
    OutOfRange {
        /// Which quantity.
        what: &'static str,
        /// As it was given.
        found: u64,
        /// Smallest value allowed.
        min: u64,
        /// Largest value allowed.
        max: u64,
    },
    /// More depth than there are levels.
    #[error("level {level} cannot give {depth} levels away; start higher, or bootstrap before")]
    LevelsExhausted {
        /// Levels that are left.
        level: Level,
        /// Levels asked for.
        depth: Depth,
    },
    /// A scale that is no positive number between the bounds.
    #[error(
        "the scale {found} is not a number in [1, 2^{max_log2}]; rescale before it grows, or encode at a larger scale"
    )]
    Scale {
        /// As it was given.
        found: String,
        /// log2 of the largest scale.
        max_log2: u32,
    },
    /// Error bits of nothing that is an error.
    #[error("an error of {found} has no finite number of bits; give a positive, finite error")]
    ErrorBits {
        /// As it was given.
        found: f64,
    },
}
