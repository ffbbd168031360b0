//! Sums of products of pairs with factors that may repeat.

use std::arch::x86_64::*;

use super::{
    LANES, Vector,
    lanes::{broadcast, load, store},
    pointwise::IfmaPointwise,
    wide::{Reducer, TERMS, Wide},
};
use crate::ring::sum_products::Term;

impl IfmaPointwise {
    /// out ← out + Σ pair·factor, as far as full vectors go; returns how far. Pre: all < q, of lengths that belong
    /// together. Post: < q.
    pub(in crate::ring) fn add_products(
        &self,
        terms: &[Term<'_>],
        out: &mut [&mut [u64]; 2],
    ) -> usize {
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { add_products(self, terms, out) }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn add_products(constants: &IfmaPointwise, terms: &[Term<'_>], out: &mut [&mut [u64]; 2]) -> usize {
    let reducer = Reducer::new(constants.modulus, &constants.wide);
    let [out0, out1] = out.each_mut().map(|out| out.as_chunks_mut().0);
    for (group, out) in out0.iter_mut().zip(out1).enumerate() {
        let [mut sum0, mut sum1] = [Wide::new(load(out.0)), Wide::new(load(out.1))];
        for terms in terms.chunks(TERMS) {
            for term in terms {
                let [x, y] = term.pair.map(|half| &half.as_chunks::<LANES>().0[group]);
                let factor = factor(term, group);
                sum0 = sum0.add_product(load(x), factor);
                sum1 = sum1.add_product(load(y), factor);
            }
            (sum0, sum1) = (reducer.fold(sum0), reducer.fold(sum1));
        }
        store(out.0, reducer.reduce(sum0));
        store(out.1, reducer.reduce(sum1));
    }
    out0.as_flattened().len()
}

/// The factors of a group of eight positions.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn factor(term: &Term<'_>, group: usize) -> __m512i {
    let (first, shift) = (group * LANES, term.log_repeats);
    match shift {
        0 => load(&term.factor.as_chunks().0[group]),
        1 | 2 => {
            let words: Vector = std::array::from_fn(|i| term.factor[(first + i) >> shift]);
            load(&words)
        }
        _ => broadcast(term.factor[first >> shift]),
    }
}
