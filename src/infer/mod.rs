//! Encrypted inference: a network lowered once, planned on a modulus chain, and run on every interpreter.

mod error;
mod prices;

pub use error::InferError;
pub use prices::{Prices, least_slots};
