//! The definitions, in O(N²): oracle of the fast transforms.

use super::{bit_reversed, check_degree};
use crate::ring::{Modulus, RingError, root::primitive_root};

/// â\[i\] = Σ_j a\[j\]·ψ^((2·rev(i)+1)·j). Pre: a < q.
pub fn forward(a: &[u64], modulus: &Modulus) -> Result<Vec<u64>, RingError> {
    let psi = primitive_root(modulus, a.len())?;
    let bits = a.len().ilog2();
    let value_at = |x: u64| {
        let horner = |sum, c: &u64| modulus.mul_add(sum, x, *c);
        a.iter().rev().fold(0, horner)
    };
    Ok((0..a.len())
        .map(|i| value_at(modulus.pow(psi, 2 * bit_reversed(i, bits) as u64 + 1)))
        .collect())
}

/// a\[j\] = N⁻¹·Σ_i â\[i\]·ψ^(−(2·rev(i)+1)·j). Pre: â < q.
pub fn inverse(transform: &[u64], modulus: &Modulus) -> Result<Vec<u64>, RingError> {
    let n = transform.len();
    let psi = modulus.inv(primitive_root(modulus, n)?)?;
    let scale = modulus.inv(modulus.reduce(n as u64))?;
    let bits = n.ilog2();
    let mut a = vec![0; n];
    for (i, value) in transform.iter().enumerate() {
        let x = modulus.pow(psi, 2 * bit_reversed(i, bits) as u64 + 1);
        let mut term = modulus.mul(*value, scale);
        for sum in &mut a {
            *sum = modulus.add(*sum, term);
            term = modulus.mul(term, x);
        }
    }
    Ok(a)
}

/// a·b modulo X^N + 1, by the schoolbook. Pre: a, b < q, of one length.
pub fn multiply(a: &[u64], b: &[u64], modulus: &Modulus) -> Result<Vec<u64>, RingError> {
    check_degree(a.len())?;
    super::check_length(b, a.len())?;
    let n = a.len();
    let mut product = vec![0; n];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let term = modulus.mul(*x, *y);
            let sum = &mut product[(i + j) % n];
            *sum = if i + j < n {
                modulus.add(*sum, term)
            } else {
                modulus.sub(*sum, term)
            };
        }
    }
    Ok(product)
}
