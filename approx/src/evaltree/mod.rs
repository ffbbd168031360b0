//! Circuits that evaluate polynomials on ciphertexts: which products to make, at which level, and what they cost.
//!
//! In CKKS a product of two ciphertexts costs a level and a relinearisation, and a product with a plaintext scalar costs
//! a level too; additions are free of levels. So a polynomial of degree d takes at least ⌈log2(d+1)⌉ levels, and the art
//! is to reach that with few products. Baby-step giant-step (Paterson and Stockmeyer, SIAM J. Comput. 2(1), 1973) does:
//! p = q·T_g + r, again and again, down to sums over a few small powers. All of it is in the Chebyshev basis
//! (T_(a+b) = 2·T_a·T_b − T_|a−b|), since the monomial coefficients of minimax polynomials are many orders of magnitude
//! larger than their values.
//!
//! [`Plan`] builds a [`Dag`] for one polynomial, [`relu`], [`max`] and [`sign`] chain them to whole activations;
//! [`Cost`] counts the nodes, [`Dag::evaluate`] runs them under any [`Arithmetic`], and [`mult_count`] gives depth and
//! products of a degree without coefficients. Powers and splits depend on the degree alone.
//!
//! Exact zeros: zero coefficients at the top lower the degree, those below are left out, and with them products that
//! nothing needs; never is a ciphertext multiplied by zero. Then a circuit can cost less than [`mult_count`] says, and
//! [`Cost::of`] it is right.

mod arithmetic;
mod chebyshev;
mod compose;
mod cost;
mod count;
mod dag;
mod emit;
mod even;
mod family;
mod folded;
mod odd;
mod paterson_stockmeyer;
mod powers;
mod relinearize;
mod scalar;
mod search;
#[cfg(test)]
mod tests;

pub use arithmetic::{Arithmetic, Plain};
pub use compose::{Stage, max, relu, sign};
pub use cost::{Cost, depths};
pub use count::{Count, Kind, MAX_DEGREE, MAX_EXTRA_LEVELS, PlanOptions, mult_count};
pub use dag::{Dag, InputLevel, Node, NodeId};
pub use relinearize::relinearized;
pub use scalar::Scalar;

/// Builds the circuit of one polynomial from its Chebyshev coefficients on [−1, 1]; a constructor for each shape.
///
/// The constructors return [`ApproxError::OutOfRange`](crate::ApproxError::OutOfRange) for a coefficient that is not
/// finite or for too many extra levels, and [`ApproxError::Degree`](crate::ApproxError::Degree) for a constant and
/// above [`MAX_DEGREE`].
#[derive(Debug)]
pub enum Plan {}
