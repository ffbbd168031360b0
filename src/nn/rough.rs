//! A ReLU of few levels for tests.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::Polynomial;
use equiripple_approx::{
    coeffs::{CoefficientTable, Exact, StageTable},
    poly::Parity,
};
use std::sync::Arc;

/// x/2 + x·p(x), p(x) = (3x − x³)/4, on [−range, range].
pub(super) fn polynomial(range: f32) -> Polynomial {
    // T₃ = 4x³ − 3x, so (3x − x³)/4 = 9/16·T₁ − 1/16·T₃.
    let number = |v: f64| Exact::new(&rug::Float::with_val(53, v)).unwrap();
    let stage = StageTable {
        parity: Parity::Odd,
        interval: [Exact::from(-1), Exact::from(1)],
        domain: "[-1,1]".into(),
        coefficients: vec![number(9.0 / 16.0), number(-1.0 / 16.0)],
    };
    let table = Arc::new(CoefficientTable {
        product: true,
        ..CoefficientTable::new("relu", vec![stage])
    });
    Polynomial { table, range }
}
