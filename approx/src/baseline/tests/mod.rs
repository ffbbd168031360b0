//! Against exact answers, certificates, and what the designs are known to do.

mod comparison;
mod interpolation;
mod quadratics;
mod refused;

use rug::{Float, Rational};

use crate::poly::Chebyshev;

fn float(x: f64) -> Float {
    Float::with_val(64, x)
}

/// Coefficients of `1, x, x², …` as exact numbers.
fn powers(p: &Chebyshev) -> Vec<Rational> {
    let exact = p.to_monomial(p.prec() + 8 * p.coeffs().len() as u32 + 64);
    exact
        .iter()
        .map(|c| c.to_rational().expect("finite"))
        .collect()
}
