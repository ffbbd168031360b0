//! Compositions of odd minimax polynomials for sign, and designs for ReLU and max built on them.

mod relu;
mod sign;

pub use relu::{ReluComposite, ReluDesign, design_relu, relu_error_with_noise};
pub use sign::{SignDesign, Stage, design_sign};
