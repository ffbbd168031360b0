//! What is approximated.

mod elementary;
mod expr;
mod function;
mod parse;
mod scalar;
mod series;
mod taylor;

pub use expr::{Expr, Operator};
pub use function::Function;
pub use scalar::Scalar;
pub use taylor::{Jet, enclose, eval, taylor};
