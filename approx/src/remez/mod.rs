//! Minimax approximation by exchange of references.
//!
//! [`sign`] needs no scan of the error curve: it is the engine of compositions.

mod linear;
mod outcome;
pub mod sign;
pub(crate) mod stiefel;

pub use outcome::{Budget, Outcome};
