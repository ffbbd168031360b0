//! Negacyclic number-theoretic transform: `Z_q[X]/(X^N + 1)` as N residues.
//!
//! With ψ the smallest primitive 2N-th root of unity and rev the reversal of log2 N bits, the transform of a is
//! â\[i\] = a(ψ^(2·rev(i)+1)): values at all roots of X^N + 1, in bit-reversed order. The product of polynomials modulo
//! X^N + 1 is the product of transforms, position by position. [`naive`] states this in O(N²), [`portable`] is the fast
//! algorithm in words, and the vector kernels compute the same numbers.

pub mod naive;
pub mod portable;
mod table;

pub use table::NttTable;

use super::RingError;

/// Largest ring degree N.
pub const MAX_DEGREE: usize = 1 << 17;

/// Refuses a degree that is not a power of two from 2 to [`MAX_DEGREE`].
pub(super) fn check_degree(degree: usize) -> Result<(), RingError> {
    if degree.is_power_of_two() && (2..=MAX_DEGREE).contains(&degree) {
        Ok(())
    } else {
        Err(RingError::Degree { degree })
    }
}

/// Refuses a slice that does not have `need` elements.
pub(super) fn check_length(slice: &[u64], need: usize) -> Result<(), RingError> {
    if slice.len() == need {
        Ok(())
    } else {
        Err(RingError::Length {
            found: slice.len(),
            need,
        })
    }
}

/// The lowest `bits` bits of i in reverse order. Pre: i < 2^bits, bits ≥ 1.
pub(super) fn bit_reversed(i: usize, bits: u32) -> usize {
    i.reverse_bits() >> (usize::BITS - bits)
}
