//! Errors that are known, errors on dense grids, and those that another program certifies.

mod brute;
mod known;
mod refused;
mod sollya;

use rug::Float;
use rug::float::Constant;

use super::{Approximant, FunctionSup, TOLERANCE, Weight, function_error};
use crate::Result;
use crate::domain::Domain;
use crate::poly::{Chebyshev, Parity};
use crate::remez::Budget;
use crate::target::{Expr, Target};

fn float(x: f64) -> Float {
    Float::with_val(64, x)
}

fn domain(text: &str) -> Domain {
    Domain::parse(text, 128).expect(text)
}

fn expr(text: &str) -> Expr {
    text.parse().expect(text)
}

fn target(text: &str) -> Target {
    Target::Expression(expr(text))
}

/// A polynomial by its coefficients of `1, x, x², …`, which doubles hold.
fn polynomial(coefficients: &[f64]) -> Chebyshev {
    let coefficients: Vec<_> = coefficients.iter().map(|c| float(*c)).collect();
    Chebyshev::from_monomial(Parity::Full, float(-1.0), float(1.0), &coefficients, 128)
        .expect("a polynomial")
}

fn certify(f: &str, p: &Chebyshev, on: &str, weight: Weight<'_>) -> Result<FunctionSup> {
    let budget = Budget::seconds(60.0).expect("a budget");
    let sup = function_error(
        &target(f),
        weight,
        Approximant::Series(p),
        &domain(on),
        budget,
    )?;
    assert!(sup.bounds.lower <= sup.bounds.upper);
    assert!(sup.bounds.upper <= Float::with_val(64, &sup.bounds.lower * (1.0 + TOLERANCE)));
    assert!(sup.bounds.lower.is_zero() || domain(on).contains(&sup.at));
    Ok(sup)
}

fn absolute(f: &str, p: &Chebyshev, on: &str) -> FunctionSup {
    certify(f, p, on, Weight::One).expect(f)
}

/// Whether the bounds hold the number, which may itself be off by a relative 1e-12.
fn holds(sup: &FunctionSup, value: &Float) -> bool {
    let slack = Float::with_val(64, value * 1e-12);
    sup.bounds.lower <= Float::with_val(200, value + &slack)
        && sup.bounds.upper >= Float::with_val(200, value - &slack)
}

/// The interpolant at the `n` Chebyshev nodes of an interval, which is nearly the best polynomial there.
fn interpolant(f: &Target, lo: f64, hi: f64, n: u32, prec: u32) -> Chebyshev {
    let pi = Float::with_val(prec, Constant::Pi);
    let cosines: Vec<Float> = (0..4 * n)
        .map(|j| (Float::with_val(prec, &pi * j) / (2 * n)).cos())
        .collect();
    let values: Vec<Float> = (0..n as usize)
        .map(|j| {
            let x = (Float::with_val(prec, &cosines[2 * j + 1] * (hi - lo)) + (hi + lo)) / 2u32;
            f.eval(&x).expect("finite at the nodes")
        })
        .collect();
    let coefficients = (0..n as usize)
        .map(|k| {
            let mut sum = Float::new(prec);
            for (j, y) in values.iter().enumerate() {
                sum += &cosines[(2 * j + 1) * k % (4 * n as usize)] * y;
            }
            sum * (if k == 0 { 1u32 } else { 2 }) / n
        })
        .collect();
    Chebyshev::new(Parity::Full, float(lo), float(hi), coefficients).expect("a series")
}
