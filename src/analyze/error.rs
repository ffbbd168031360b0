//! What is wrong with a cost table.

use thiserror::Error;

/// Why a cost table is refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CostError {
    /// A time that is none.
    #[error("{unit} takes {found} µs; measure it again, it must be a positive number below 1e9")]
    Time {
        /// Of what.
        unit: &'static str,
        /// As given.
        found: f64,
    },
    /// Text that is no table.
    #[error(
        "the cost table cannot be read: {reason}; `equiripple bench units --output` writes one"
    )]
    Format {
        /// What the reader says.
        reason: String,
    },
}
