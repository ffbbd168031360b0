//! The canonical embedding: between the slots of a message and the coefficients of its polynomial.
//!
//! Slot j of a real polynomial m of degree below N is m(ζ^(5^j)), ζ = exp(iπ/N). For n slots, in the polynomials of
//! Y = X^(N/2n), the values w_i = m_i + √−1·m_(i+n) hold both halves of the 2n coefficients, and the slots are a Fourier
//! transform of them of length n ([`forward`]): log2 n stages of butterflies after a permutation by bit reversal.

mod roots;
mod transform;

pub use roots::{Circle, Roots};
pub use transform::{bit_reverse, forward, inverse};
