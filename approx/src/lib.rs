//! Minimax polynomials and compositions of them in arbitrary precision, with certified errors.

pub mod error;
pub mod evaltree;

pub use error::{ApproxError, Result};
