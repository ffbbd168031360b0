//! RNS-CKKS: parameters that passed the security gate, and the encoding of slots into polynomials.
//!
//! A message is a vector of n complex numbers, n a power of two up to N/2. [`encode`] makes it an integer polynomial
//! modulo X^N + 1; [`params`] says at which bit sizes such polynomials are computed with; [`security`] refuses sizes
//! that do not hide them; [`serial`] keeps keys and ciphertexts in files; [`flooding`] makes decryptions fit to publish.

mod ciphertext;
mod context;
pub mod encode;
mod encrypt;
pub mod error;
mod evaluator;
pub mod flooding;
pub mod keys;
mod keyswitch;
pub mod params;
pub mod security;
pub mod serial;

#[cfg(test)]
mod tests;

pub use ciphertext::{Ciphertext, Plaintext};
pub use context::Context;
pub use encode::Encoder;
pub use encrypt::{Decryptor, Encryptor};
pub use error::{CkksError, EncodeError, ParametersError, SecurityError};
pub use evaluator::{CkksEvaluator, EncodedTransform};
pub use flooding::{Flooding, FloodingError};
pub use params::{Parameters, ParametersLiteral};
pub use serial::SerialError;
