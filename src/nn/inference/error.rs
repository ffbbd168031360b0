//! Why a network cannot be made ready or run.

use crate::{circuit::CircuitError, nn::Shape};
use thiserror::Error;

/// Why inference is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// A polynomial whose table makes no circuit.
    #[error("node `{node}`: {reason}")]
    Circuit {
        /// Name of the node.
        node: String,
        /// What is wrong with the table.
        reason: CircuitError,
    },
    /// An array that is too large for the machine, or has no element.
    #[error(
        "node `{node}` makes an array of {shape}: each axis must be at least 1, and all of it fit in memory"
    )]
    Shape {
        /// Name of the node.
        node: String,
        /// Shape of its result.
        shape: Shape,
    },
    /// Numbers that are no whole images.
    #[error("{found} numbers are not a whole count of images, which have {image}: give a multiple")]
    Images {
        /// Numbers that were given.
        found: usize,
        /// Numbers of an image.
        image: usize,
    },
}
