//! RNS-CKKS: parameters that passed the security gate, and the encoding of slots into polynomials.
//!
//! A message is a vector of n complex numbers, n a power of two up to N/2. [`encode`] makes it an integer polynomial
//! modulo X^N + 1; [`params`] says at which bit sizes such polynomials are computed with; [`security`] refuses sizes
//! that do not hide them.

pub mod encode;
pub mod error;
pub mod params;
pub mod security;

#[cfg(test)]
mod tests;

pub use encode::Encoder;
pub use error::{EncodeError, ParametersError, SecurityError};
pub use params::{Parameters, ParametersLiteral};
