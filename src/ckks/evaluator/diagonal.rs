//! An encoded diagonal, stored as often as it differs.
//!
//! A diagonal of period p is a polynomial in X^(N/2p). Transformed values are in bit-reversed order of the roots, and a
//! power of X that large takes the same value at N/2p roots in a row: 2p values stand for all N.

use crate::ring::{AlignedWords, RnsPoly, poly::Evaluation};

/// A plaintext polynomial over Q and P.
#[derive(Debug, Clone)]
pub(super) struct Diagonal {
    degree: usize,
    /// Values of one limb that differ.
    distinct: usize,
    words: AlignedWords,
}

impl Diagonal {
    /// Pre: `poly` is a polynomial in X^(N/2p) for p = `period`.
    pub(super) fn new(poly: &RnsPoly<Evaluation>, period: usize) -> Self {
        let degree = poly.basis().degree();
        let distinct = (2 * period).min(degree);
        let repeats = degree / distinct;
        let mut words = AlignedWords::unspecified(poly.basis().limbs() * distinct);
        for (stored, limb) in words.chunks_exact_mut(distinct).zip(poly.limbs()) {
            for (word, block) in stored.iter_mut().zip(limb.chunks_exact(repeats)) {
                *word = block[0];
            }
        }
        Self {
            degree,
            distinct,
            words,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// Limb i from position `start` on, in steps of 2^log N/2p positions.
    pub(super) fn limb(&self, i: usize, start: usize) -> (&[u64], u32) {
        let stored = &self.words[i * self.distinct..(i + 1) * self.distinct];
        let log_repeats = (self.degree / self.distinct).trailing_zeros();
        (&stored[start >> log_repeats..], log_repeats)
    }
}
