//! RNS-CKKS (Cheon, Han, Kim, Kim, Song, ePrint 2018/931) on the native ring.
//!
//! A message is a vector of n complex numbers, n a power of two up to N/2. [`encode`] makes it an integer polynomial
//! modulo X^N + 1; [`params`] says at which primes such polynomials are computed with, and [`security`] refuses sizes
//! that do not hide them. [`keys`] are made from a seed; [`Encryptor`] and [`Decryptor`] belong to the client,
//! [`CkksEvaluator`] to the server: it runs the circuits of [`crate::circuit`], and needs no secret. [`serial`] keeps keys
//! and ciphertexts in files; [`flooding`] makes decryptions fit to publish; [`memory`] says what a bootstrap takes.
//!
//! ```
//! use equiripple::{
//!     circuit::Evaluator,
//!     ckks::{CkksEvaluator, Context, Decryptor, Encryptor, Parameters, ParametersLiteral, keys::{KeyGenerator, KeyRequest}},
//!     ring::sampler::MasterSeed,
//! };
//! use std::sync::Arc;
//!
//! let literal: ParametersLiteral = serde_json::from_str(
//!     r#"{"log_n": 13, "q0_bits": 50, "levels": {"levels": 2, "bits": 40}, "scale_bits": 40,
//!         "special": {"count": 1, "bits": 50}}"#,
//! )?;
//! let context = Context::new(Parameters::new(literal)?)?;
//! let generator = KeyGenerator::new(&context, &MasterSeed::from_os()?)?;
//! let mut keys = generator.no_evaluation_keys();
//! keys.add_relinearization(generator.relinearization_key(KeyRequest::full(&context))?)?;
//!
//! let mut encryptor = Encryptor::new(&context, &MasterSeed::from_os()?);
//! let (top, scale) = (context.parameters().max_level(), context.parameters().default_scale());
//! let plaintext = context.encode_real(&[0.5, -0.25], top, scale)?;
//! let x = encryptor.encrypt(&generator.public_key()?, &plaintext)?;
//!
//! let evaluator = CkksEvaluator::new(&context, Arc::new(keys))?;
//! let square = evaluator.relinearize_rescale(&evaluator.mul(&x, &x)?)?;
//!
//! let slots = Decryptor::new(&context, generator.secret_key())?.decrypt(&square)?;
//! assert!((slots[0].re - 0.25).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ciphertext;
mod context;
pub mod encode;
mod encrypt;
pub mod error;
mod evaluator;
pub mod flooding;
pub mod keys;
mod keyswitch;
pub mod memory;
pub mod params;
pub mod security;
pub mod serial;

#[cfg(test)]
mod tests;

pub use ciphertext::{Ciphertext, Ciphertexts, Plaintext};
pub use context::Context;
pub use encode::Encoder;
pub use encrypt::{Decryptor, Encryptor};
pub use error::{CkksError, EncodeError, ParametersError, SecurityError};
pub use evaluator::{CkksEvaluator, EncodedTransform};
pub use flooding::{Flooding, FloodingError};
pub use memory::BootstrapMemory;
pub use params::{Parameters, ParametersLiteral};
pub use serial::SerialError;
