//! Oracles: evaluation and products by definition, O(N²).

use crate::embedding::Circle;
use num_complex::Complex64;

/// Slot j is the polynomial at ζ^(5^j), for j < N/2, divided by `scale`.
pub(super) fn slots(coefficients: &[i128], scale: f64) -> Vec<Complex64> {
    let order = 2 * coefficients.len();
    let circle = Circle::new(order);
    let mut power = 1;
    let mut slots = vec![];
    for _ in 0..coefficients.len() / 2 {
        let terms = coefficients.iter().enumerate();
        let sum: Complex64 = terms
            .map(|(i, c)| circle.root(i * power % order) * *c as f64)
            .sum();
        slots.push(sum / scale);
        power = power * 5 % order;
    }
    slots
}

/// Product modulo X^N + 1.
pub(super) fn product(a: &[i128], b: &[i128]) -> Vec<i128> {
    let n = a.len();
    let mut product = vec![0; n];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let sign = if i + j < n { 1 } else { -1 };
            product[(i + j) % n] += sign * x * y;
        }
    }
    product
}

/// The image under X → X^exponent, for an odd exponent modulo 2N.
pub(super) fn automorphism(coefficients: &[i128], exponent: usize) -> Vec<i128> {
    let n = coefficients.len();
    let mut image = vec![0; n];
    for (i, c) in coefficients.iter().enumerate() {
        let to = i * exponent % (2 * n);
        image[to % n] = if to < n { *c } else { -c };
    }
    image
}
