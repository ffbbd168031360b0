//! Compositions of odd minimax polynomials for sign, and designs for ReLU and max built on them.

mod last_stage;
mod relu;
mod sign;
#[cfg(test)]
mod tests;

pub use relu::{Objective, ReluComposite, ReluDesign, design_relu};
pub use sign::{SignDesign, Stage, design_sign};
