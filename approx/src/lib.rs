//! Minimax polynomials and compositions of them in arbitrary precision, with certified errors.

pub mod analysis;
pub mod approximate;
pub mod audit;
pub mod baseline;
pub mod certify;
pub mod coeffs;
pub mod composite;
pub mod domain;
pub mod error;
pub mod evaltree;
pub mod interval;
pub mod least_squares;
pub mod poly;
pub mod remez;
pub mod rounding;
pub mod search;
pub mod target;

pub use error::{ApproxError, Result};
