//! Where the numbers of a network lie in ciphertexts, and its linear layers as diagonals of matrices between such places.

mod layout;
mod rows;
mod tiling;
mod views;

pub use layout::Layout;
pub use rows::{Entry, Rows};
pub use tiling::{Block, Place, Tiling};
pub(in crate::nn) use views::is_linear;
pub use views::views;
