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
        "these parameters have no `bootstrapping`; take some that have: `equiripple params --bootstrap` lists sets"
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
    /// A sum whose term must be multiplied where no level is left.
    #[error(
        "a term of `{node}` must be multiplied by {factor} to share a range, and stands at level {level} like the other one; give the activations around it one range"
    )]
    Scaling {
        /// The sum.
        node: String,
        /// The factor.
        factor: f64,
        /// Where both terms stand.
        level: usize,
    },
    /// Images of another size.
    #[error("the network takes {need} numbers an image, and {found} were given")]
    Image {
        /// Numbers given.
        found: usize,
        /// Numbers needed.
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
