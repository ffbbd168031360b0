//! Layerwise design: which polynomial stands for each activation of a network, and where ciphertexts are bootstrapped, so
//! that the encrypted network takes the least time for a given loss of quality.
//!
//! * [`pieces`] says what every node is on ciphertexts in single-shot multiplexed packing;
//! * [`Arguments`] what the activations are given, to which candidates are fitted;
//! * [`divergence`] what a candidate takes from the quality, measured with it alone in place;
//! * [`Means`] moves biases so that polynomials leave the mean of each channel where it was;
//! * [`Problem`] is the network with its choices priced, and [`Problem::solve`] the exact dynamic program over levels;
//!   [`Problem::front`] gives all trades of time for quality.
//!
//! Times come from whoever has a model of them. After Lee et al. (Optimizing layerwise polynomial approximation for efficient
//! private inference on fully homomorphic encryption, arXiv 2310.10349), who choose degrees for least variance at a given
//! time; here levels and bootstraps are part of the choice.

mod arguments;
mod centre;
mod divergence;
mod error;
mod front;
mod program;
mod work;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]
mod tests;

pub use arguments::Arguments;
pub use centre::Means;
pub use divergence::divergence;
pub use error::DesignError;
pub use program::{Choice, Decision, MAX_STATES, Plan, Problem, Refresh, Step};
pub use work::{Piece, Transform, Work, pieces};
