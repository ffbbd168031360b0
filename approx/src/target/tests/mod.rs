//! Expressions, jets, parities and checks against independent ways to the same numbers.

mod checks;
mod jets;
mod text;

use rug::Float;

use super::Expr;

fn expr(text: &str) -> Expr {
    text.parse().expect(text)
}

fn float(prec: u32, x: f64) -> Float {
    Float::with_val(prec, x)
}
