//! Inner products of key switching.

use std::arch::x86_64::*;

use super::{
    Vector,
    lanes::{load, store},
    pointwise::IfmaPointwise,
    wide::{Reducer, TERMS, Wide},
};
use crate::ring::inner_product::MAX_DIGITS;

impl IfmaPointwise {
    /// out ← Σ digit_j·(b_j, a_j), with what is in `out` if `ADD`, as far as full groups go; returns how far.
    ///
    /// Pre: at most [`MAX_DIGITS`] digits and no more than the key has; all < q, of the lengths that belong together. Post: < q.
    pub(in crate::ring) fn inner_product<const ADD: bool>(
        &self,
        digits: &[&[u64]],
        key: &[u64],
        key_digits: usize,
        out: &mut [&mut [u64]; 2],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { inner_product::<ADD>(self, digits, key, key_digits, out) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn inner_product<const ADD: bool>(
    constants: &IfmaPointwise,
    digits: &[&[u64]],
    key: &[u64],
    key_digits: usize,
    out: &mut [&mut [u64]; 2],
) -> usize {
    let reducer = Reducer::new(constants.modulus, &constants.wide);
    let mut rows: [&[Vector]; MAX_DIGITS] = [&[]; MAX_DIGITS];
    for (row, digit) in rows.iter_mut().zip(digits) {
        *row = digit.as_chunks().0;
    }
    let rows = &rows[..digits.len()];
    // The vectors of b and a of one digit and group.
    let key: &[[Vector; 2]] = key.as_chunks().0.as_chunks().0;
    let [out0, out1] = out.each_mut().map(|out| out.as_chunks_mut().0);
    for (group, out) in out0.iter_mut().zip(out1).enumerate() {
        let zero = _mm512_setzero_si512();
        let [mut b, mut a] = if ADD {
            [Wide::new(load(out.0)), Wide::new(load(out.1))]
        } else {
            [Wide::new(zero); 2]
        };
        let mut terms = 0;
        for (row, key) in rows.iter().zip(&key[group * key_digits..]) {
            if terms == TERMS {
                (b, a) = (reducer.fold(b), reducer.fold(a));
                terms = 0;
            }
            terms += 1;
            let digit = load(&row[group]);
            b = b.add_product(digit, load(&key[0]));
            a = a.add_product(digit, load(&key[1]));
        }
        store(out.0, reducer.reduce(b));
        store(out.1, reducer.reduce(a));
    }
    out0.as_flattened().len()
}
