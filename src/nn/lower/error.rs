//! Why a network cannot be lowered.

use crate::{circuit::CircuitError, nn::design::DesignError};
use thiserror::Error;

/// Why a network cannot be lowered to steps over ciphertexts.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LowerError {
    /// An operation that ciphertexts do not have.
    #[error("`{node}` is {op}, which ciphertexts cannot compute: {remedy}")]
    Operation {
        /// Its name.
        node: String,
        /// What it computes.
        op: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// An activation whose argument is wanted in another range too.
    #[error(
        "`{node}` holds on [-{need}, {need}], but `{input}` before it is made for [-{found}, {found}]; give all activations that take it one range"
    )]
    Range {
        /// The activation.
        node: String,
        /// What it takes.
        input: String,
        /// The range that this is made for.
        found: f64,
        /// The range of the activation.
        need: f64,
    },
    /// Images that would share ciphertexts.
    #[error(
        "a batch of {batch} images; give a power of two that is at most {slots}, the slots of a ciphertext"
    )]
    Batch {
        /// How many.
        batch: usize,
        /// Slots of a ciphertext.
        slots: usize,
    },
    /// A description of where images go or logits are that no network has.
    #[error(
        "`{field}` is {found}, which no network has; the description is damaged: copy it again"
    )]
    Ends {
        /// Which entry.
        field: &'static str,
        /// As found.
        found: String,
    },
    /// Where numbers would lie.
    #[error(transparent)]
    Packing(#[from] DesignError),
    /// A matrix or a polynomial circuit.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}
