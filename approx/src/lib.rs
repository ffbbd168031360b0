//! Minimax polynomials and compositions of them in arbitrary precision, with certified errors.

pub mod certify;
pub mod composite;
pub mod error;
pub mod evaltree;

pub use error::{ApproxError, Result};
pub mod poly;
pub mod remez;
pub mod rounding;
