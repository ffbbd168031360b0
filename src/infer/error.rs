//! Why an encrypted network cannot be planned or run.

use crate::{
    analyze::CostError,
    bootstrap::BootstrapError,
    circuit::CircuitError,
    ckks::CkksError,
    nn::{design::DesignError, lower::LowerError},
    quantity::QuantityError,
};
use thiserror::Error;

/// Why an encrypted network cannot be planned or run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InferError {
    /// Parameters without bootstrapping.
    #[error(
        "these parameters have no `bootstrapping`; take some that have: `equiripple params --bootstrap` lists sets, and `equiripple params --set general -o params.json` writes one"
    )]
    NoBootstrapping,
    /// The levels of a node do not fit.
    #[error(
        "`{node}` has no place between two bootstraps: the parameters leave {levels} levels, and it takes {need} with the layers around it; take parameters with more levels, or polynomials of fewer"
    )]
    Levels {
        /// Its name.
        node: String,
        /// Levels between two bootstraps.
        levels: usize,
        /// Levels of the node alone.
        need: usize,
    },
    /// A refused operation.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// A refused bootstrap.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// Refused keys or ciphertexts.
    #[error(transparent)]
    Ckks(#[from] CkksError),
    /// A damaged table of costs.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// A network without a plan.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// A network that cannot be lowered.
    #[error(transparent)]
    Lower(#[from] LowerError),
    /// A quantity out of range.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}
