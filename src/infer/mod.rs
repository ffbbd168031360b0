//! Encrypted inference: a network lowered once, planned on a modulus chain, and run on every interpreter.

mod bootstraps;
mod error;
mod forecast;
mod keys;
mod prices;
mod program;
mod runner;

pub use bootstraps::{Bootstraps, Plans};
pub use error::InferError;
pub use forecast::{Forecast, ahead};
pub use keys::LayerKeys;
pub use prices::{Prices, bootstrap_seconds, how, least_slots};
pub use program::{Place, Program};
pub use runner::{Layer, Results, Runner, State};
