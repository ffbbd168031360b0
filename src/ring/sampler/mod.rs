//! Randomness from a seed: uniform masks, ternary secrets, Gaussian noise.
//!
//! Everything is ChaCha20. A [`MasterSeed`] gives one [`Seed`] for each [`Purpose`], a seed gives numbered [`Stream`]s, and
//! every step applies a pseudorandom function, so nothing that is published (a mask seed) tells anything about the others.
//! The purposes are types: a function that draws secrets does not accept a stream of masks.
//!
//! Invariants: the same seed gives the same numbers on every machine; buffers of secrets are zeroized when dropped.
//! Uniform and ternary sampling reject, so their running time depends on the rejected words, never on the accepted ones.

mod error;
mod gaussian;
mod seed;
mod stream;
mod ternary;
mod uniform;
mod wide;

pub use error::SamplerError;
pub use gaussian::{Gaussian, SIGMA};
pub use seed::{Confidential, Mask, MasterSeed, Noise, Purpose, SEED_BYTES, Secret, Seed};
pub use stream::Stream;
pub use ternary::{sparse_ternary, ternary};
pub use uniform::fill_uniform;
pub use wide::WideGaussian;
