//! Plain inference: many images through a network, in `f32` or `f64`, on all cores.
//!
//! Weights are converted and packed once. Images go through all nodes a few at a time, so that what lies between nodes stays
//! in the cache; each such micro-batch is one core's, and its buffers are used again as soon as nothing needs them. A
//! convolution is a product of its weights with the columns of the image, whose sums are kept in registers and always run
//! in the same order, so results are the same bits however images are divided and on any number of threads.
//!
//! Polynomials in place of activations are evaluated as their circuit is, operation by operation, and numbers outside
//! their range are reported with the result.

#![allow(
    clippy::inline_always,
    reason = "code on vectors must be compiled with the processor's features, in the function that asks for them"
)]

mod arena;
mod clamp;
mod columns;
mod convolution;
mod elementwise;
mod error;
mod linear;
mod network;
mod observer;
mod operation;
mod pool;
#[allow(
    clippy::needless_range_loop,
    reason = "registers are numbered, and what is indexed by constants alone stays in them"
)]
mod product;
mod program;
mod real;
mod runs;
mod standin;
mod step;
mod tournament;

pub use error::InferenceError;
pub use network::{Excess, Network, Outcome};
pub use observer::{Images, Observer};
pub use real::Real;
pub use tournament::pool_range;
