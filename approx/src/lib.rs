//! Minimax polynomials and compositions of them in arbitrary precision, with certified errors.

pub mod domain;
pub mod error;
pub mod interval;
pub mod target;

pub use error::{ApproxError, Result};
