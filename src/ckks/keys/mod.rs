//! Keys: one secret, one public, and those that evaluation needs.
//!
//! Everything of one [`KeyGenerator`] follows from its [`MasterSeed`](crate::ring::sampler::MasterSeed): the same seed
//! gives the same keys. Uniform halves come from seeds of their own, which are published in place of them. All keys and
//! ciphertexts of a secret carry its [`KeyId`], so that a wrong key is refused instead of giving noise.

mod bootstrap;
mod encapsulation;
mod evaluation;
mod generator;
mod id;
mod public;
mod secret;
mod switching;

pub use bootstrap::{BootstrapKey, bootstrap_keys};
pub use encapsulation::EncapsulationKeys;
pub(in crate::ckks) use encapsulation::SinglePair;
pub use evaluation::{EvaluationKey, EvaluationKeys, KeyRequest};
pub use generator::KeyGenerator;
pub(in crate::ckks) use generator::uniform_limb;
pub use id::KeyId;
pub use public::PublicKey;
pub use secret::SecretKey;
pub use switching::SwitchingKey;
