//! Where the numbers of a network lie in ciphertexts, and its linear layers as diagonals of matrices between such places.

mod diagonals;
mod layout;
mod rows;

pub use diagonals::{Block, Blocks};
pub use layout::Layout;
pub use rows::Rows;
