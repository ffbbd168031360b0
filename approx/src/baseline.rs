//! Designs of other authors, as exact series, to compare with: what a design of this crate has to beat.
//!
//! * [`cleaning`]: the polynomials f_n that multiply correct digits of a sign by n + 1.
//! * [`accelerator`]: their companions g_n, which bring small inputs near 1 fast; [`comparison()`] composes both.
//! * [`square`] and [`quadratic()`]: the activations of networks that avoid approximation.
//! * [`interpolate()`]: interpolation at Chebyshev points, the usual substitute for a minimax polynomial.
//!
//! f_n and g_n are those of J. H. Cheon, D. Kim and D. Kim, *Efficient Homomorphic Comparison Methods with Optimal
//! Complexity*, ASIACRYPT 2020.

mod comparison;
mod interpolate;
mod quadratic;

#[cfg(test)]
mod tests;

pub use comparison::{accelerator, cleaning, comparison};
pub use interpolate::interpolate;
pub use quadratic::{quadratic, square};

use rug::{Float, Integer, ops::Pow};

/// `numerator/2^shift` without rounding.
fn dyadic(numerator: &Integer, shift: u32) -> Float {
    let bits = numerator.significant_bits().max(53);
    Float::with_val(bits, numerator) >> shift
}

/// `2^e`.
fn power_of_two(e: u32) -> Integer {
    Integer::from(2).pow(e)
}
