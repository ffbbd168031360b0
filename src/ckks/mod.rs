//! RNS-CKKS: parameters that passed the security gate.

pub mod error;
pub mod params;
pub mod security;

#[cfg(test)]
mod tests;

pub use error::{EncodeError, ParametersError, SecurityError};
pub use params::{Parameters, ParametersLiteral};
