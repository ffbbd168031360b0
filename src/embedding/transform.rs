//! Evaluation at ζ^(5^j) as a Fourier transform of the slots alone.
//!
//! With n values w the polynomial is m(Y) = Σ Re(wᵢ)·Yⁱ + Im(wᵢ)·Y^(i+n), and Y^n = i at every ζ^(5^j) of order 4n, so
//! slot j is Σ wᵢ·ζ^(i·5^j). Even and odd powers of Y split it into two such sums of half the length, since 5^j modulo 2n
//! repeats after n/2; the second half of the slots changes only the sign of the root.

use super::Roots;
use num_complex::Complex64;

/// Values to slots, in place. The length is a power of two that the roots cover.
pub fn forward(values: &mut [Complex64], roots: &Roots) {
    bit_reverse(values);
    let mut half = 1;
    while half < values.len() {
        let stage = roots.stage(half);
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), root) in low.iter_mut().zip(high).zip(stage) {
                let (even, odd) = (*a, *b * root);
                *a = even + odd;
                *b = even - odd;
            }
        }
        half *= 2;
    }
}

/// Slots to values, in place: the inverse of [`forward`].
pub fn inverse(values: &mut [Complex64], roots: &Roots) {
    let mut half = values.len() / 2;
    while half >= 1 {
        let stage = roots.stage(half);
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), root) in low.iter_mut().zip(high).zip(stage) {
                let (sum, difference) = (*a + *b, *a - *b);
                *a = sum;
                *b = difference * root.conj();
            }
        }
        half /= 2;
    }
    bit_reverse(values);
    let share = 1.0 / values.len() as f64;
    for value in values {
        *value *= share;
    }
}

/// Swaps places whose numbers are each other's bits in reverse order.
pub fn bit_reverse(values: &mut [Complex64]) {
    let bits = values.len().trailing_zeros();
    if bits == 0 {
        return;
    }
    for i in 0..values.len() {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            values.swap(i, j);
        }
    }
}
