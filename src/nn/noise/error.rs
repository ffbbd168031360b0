//! Why a network has no noise of encryption.

use crate::{circuit::CircuitError, quantity::Level};
use thiserror::Error;

/// Why a network cannot run under encryption.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NoiseError {
    /// A node that is no polynomial.
    #[error("node `{node}` is a {op}, which no circuit computes; put a polynomial in its place")]
    NoCircuit {
        /// Its name.
        node: String,
        /// What it computes.
        op: &'static str,
    },
    /// Too few levels.
    #[error(
        "node `{node}` and what follows until the next activation take {need} levels, and {found} are there between two bootstraps (level {top} to {floor}); take parameters with more, or polynomials of lower depth"
    )]
    Levels {
        /// Its name.
        node: String,
        /// Levels that it takes.
        need: usize,
        /// Levels that are there.
        found: usize,
        /// Where a bootstrap ends.
        top: Level,
        /// Where one begins.
        floor: Level,
    },
    /// A table without a circuit.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}
