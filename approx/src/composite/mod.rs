//! Compositions of odd minimax polynomials for sign, and designs for ReLU and max built on them.

mod sign;

pub use sign::{SignDesign, Stage, design_sign};
