//! Rigorous bounds of the sup-norm: of one polynomial, and of a composition as a whole.
//!
//! The range of a polynomial over an interval is decided by its values at the ends and at the critical points inside.
//! [`extrema`] encloses all critical points; since the range of a composition is the range of the last stage over the
//! range of the ones before, [`Chain`] gets exact ranges through any number of stages, and [`gap`] bounds errors such as
//! ReLU's, in which x stands beside the composition, by subdivision in x alone.

mod bounds;
mod chain;
mod critical;
pub mod extrema;
pub mod function;
pub mod gap;
pub(crate) mod sides;

pub use bounds::{Bounds, log2_round};
pub use chain::Chain;
pub use extrema::{Extrema, Range};
pub use function::{Approximant, FunctionSup, Weight, function_error};
