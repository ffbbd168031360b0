//! Minimax approximation by exchange of references.
//!
//! [`sign`] needs no scan of the error curve: it is the engine of compositions. [`Problem`] is the general solver:
//! unions of intervals, weights, any basis, fixed coefficients, sampled tables.

mod basis;
mod exchange;
mod linear;
mod outcome;
mod problem;
mod run;
pub mod sign;
pub(crate) mod stiefel;

pub use basis::{Approximant, Basis};
pub use outcome::{Budget, Outcome};
pub use problem::{Minimax, Problem};
