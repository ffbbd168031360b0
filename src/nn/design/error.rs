//! Why there is no design.

use crate::{
    circuit::CircuitError,
    nn::{GraphError, inference::InferenceError},
};
use equiripple_approx::ApproxError;
use thiserror::Error;

/// Why there is no design.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DesignError {
    /// No choice of a node has the levels for it.
    #[error(
        "no choice for node {node} fits in the levels that are there, bootstrapped or not: take parameters with more levels between two bootstraps, or allow designs of fewer levels"
    )]
    Levels {
        /// Its position.
        node: usize,
    },
    /// Too many results are needed at once.
    #[error(
        "{found} combinations of levels are possible at node {node}, and {most} are admitted: the network has too many branches at once"
    )]
    States {
        /// Its position.
        node: usize,
        /// How many.
        found: usize,
        /// The bound.
        most: usize,
    },
    /// A node that is nothing on ciphertexts.
    #[error("node `{node}` is a {op}: {what}")]
    Node {
        /// Its name.
        node: String,
        /// Of its operation.
        op: &'static str,
        /// What to do.
        what: &'static str,
    },
    /// A table that describes no circuit.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// A network that cannot be built anew.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A network that cannot be run.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A polynomial that cannot be made.
    #[error(transparent)]
    Approximation(#[from] ApproxError),
}
