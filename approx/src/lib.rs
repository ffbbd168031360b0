//! Minimax polynomials and compositions of them in arbitrary precision, with certified errors.

pub mod error;

pub use error::{ApproxError, Result};
pub mod poly;
pub mod remez;
