//! The digits of a polynomial, and their inner product with a key.

use super::tables::SwitchTables;
use crate::{
    ckks::{Context, error::CkksError, keys::SwitchingKey},
    quantity::Level,
    ring::{AlignedWords, RingError, RnsPoly, convert::Split, poly::Evaluation},
};
use rayon::prelude::*;
use std::{ops::Range, sync::Arc};

/// Words between polynomials in a buffer: a power of two would put equal positions of all of them into one set of the
/// first-level cache.
const PADDING: usize = 72;

/// Primes that digits are extended to at once: enough that the split digits are seldom read, few enough that what is
/// made stays in the cache until it is used.
const GROUP: usize = 6;

/// Two polynomials over Q and P: P times an encryption.
pub(in crate::ckks) type Pair = [RnsPoly<Evaluation>; 2];

/// A polynomial cut into digits that are not extended yet.
struct Cut<'a> {
    tables: Arc<SwitchTables>,
    /// Gives the residues of each digit modulo its own primes.
    own: &'a RnsPoly<Evaluation>,
    digits: Vec<Split>,
}

impl<'a> Cut<'a> {
    /// Pre: `own` is over the primes of `level`.
    fn new(
        context: &Context,
        level: Level,
        special: usize,
        own: &'a RnsPoly<Evaluation>,
    ) -> Result<Self, CkksError> {
        let tables = context.switch(level, special)?;
        tables.basis.prefix(tables.limbs)?.check(own.basis())?;
        let degree = own.basis().degree();
        let mut coefficients = AlignedWords::unspecified(special * degree);
        let mut digits = Vec::with_capacity(tables.digits.len());
        for digit in &tables.digits {
            let range = digit.range.clone();
            let limbs = coefficients.par_chunks_exact_mut(degree).zip(range.clone());
            limbs.try_for_each(|(limb, i)| {
                limb.copy_from_slice(own.limb(i));
                tables.basis.tables()[i].inverse(limb)
            })?;
            let sources = coefficients.chunks_exact(degree).take(range.len());
            digits.push(digit.extension.split(&sources.collect::<Vec<_>>())?);
        }
        Ok(Self {
            tables,
            own,
            digits,
        })
    }

    fn stride(&self) -> usize {
        self.own.basis().degree() + PADDING
    }

    /// Words that the digits modulo one prime take.
    fn limb_words(&self) -> usize {
        self.digits.len() * self.stride()
    }

    /// Extends the digits to some primes of the basis, as values at the roots: limb after limb, the digits of each
    /// together. Places of a digit modulo its own primes stay as they are.
    fn extend(&self, limbs: Range<usize>, words: &mut [u64]) -> Result<(), CkksError> {
        let (degree, count) = (self.own.basis().degree(), self.digits.len());
        let mut polys: Vec<Vec<(usize, &mut [u64])>> = (0..count).map(|_| vec![]).collect();
        for (i, poly) in words.chunks_exact_mut(self.stride()).enumerate() {
            let (limb, digit) = (limbs.start + i / count, i % count);
            let own = &self.tables.digits[digit].range;
            if !own.contains(&limb) {
                // The extension leaves the digit's own primes out.
                let skipped = if limb < own.start { 0 } else { own.len() };
                polys[digit].push((limb - skipped, &mut poly[..degree]));
            }
        }
        let digits = self.tables.digits.iter().zip(&self.digits);
        for ((digit, split), polys) in digits.zip(&mut polys) {
            digit.extension.combine(split, polys)?;
        }
        // The digits of one prime after another share its table in the cache.
        for (i, polys) in words.chunks_exact_mut(self.limb_words()).enumerate() {
            let limb = limbs.start + i;
            let table = &self.tables.basis.tables()[limb];
            let polys = polys.chunks_exact_mut(self.stride());
            for (poly, digit) in polys.zip(&self.tables.digits) {
                if !digit.range.contains(&limb) {
                    table.forward(&mut poly[..degree])?;
                }
            }
        }
        Ok(())
    }

    /// Σ_j digit_j · key_j modulo prime `i`, from the extended digits of that prime.
    fn inner_product(
        &self,
        key: &SwitchingKey,
        i: usize,
        words: &[u64],
        out: [&mut [u64]; 2],
    ) -> Result<(), RingError> {
        let degree = self.own.basis().degree();
        let polys = words.chunks_exact(self.stride()).zip(&self.tables.digits);
        let digits: Vec<&[u64]> = polys
            .map(|(poly, digit)| match digit.range.contains(&i) {
                true => self.own.limb(i),
                false => &poly[..degree],
            })
            .collect();
        let (stream, width) = key.limb(i, self.tables.limbs);
        let pointwise = self.tables.basis.tables()[i].pointwise();
        pointwise.inner_product(&digits, stream, width, out)
    }

    /// To be overwritten.
    fn unspecified(&self) -> Pair {
        let poly = || RnsPoly::unspecified(&self.tables.basis);
        [poly(), poly()]
    }
}

/// The digits of a polynomial modulo all primes of the basis, as values at the roots.
pub(in crate::ckks) struct Digits<'a> {
    cut: Cut<'a>,
    words: AlignedWords,
}

impl<'a> Digits<'a> {
    /// Makes the digits of `own`, a polynomial over the primes of `level`.
    pub(in crate::ckks) fn new(
        context: &Context,
        level: Level,
        special: usize,
        own: &'a RnsPoly<Evaluation>,
    ) -> Result<Self, CkksError> {
        let cut = Cut::new(context, level, special, own)?;
        let limbs = cut.tables.basis.limbs();
        let mut words = AlignedWords::unspecified(limbs * cut.limb_words());
        let groups = words.par_chunks_mut(GROUP * cut.limb_words()).enumerate();
        groups.try_for_each(|(group, words)| {
            let start = group * GROUP;
            cut.extend(start..(start + GROUP).min(limbs), words)
        })?;
        Ok(Self { cut, words })
    }

    /// Σ_j digit_j · key_j.
    pub(in crate::ckks) fn inner_product(&self, key: &SwitchingKey) -> Result<Pair, CkksError> {
        key.check(&self.cut.tables)?;
        let mut sums = self.cut.unspecified();
        let [first, second] = &mut sums;
        let outputs = first.par_limbs_mut().zip(second.par_limbs_mut());
        let words = self.words.par_chunks_exact(self.cut.limb_words());
        let limbs = outputs.zip(words).enumerate();
        limbs.try_for_each(|(i, (((_, out0), (_, out1)), words))| {
            self.cut.inner_product(key, i, words, [out0, out1])
        })?;
        Ok(sums)
    }

    /// The inner product modulo prime `i`.
    pub(in crate::ckks) fn inner_product_limb(
        &self,
        key: &SwitchingKey,
        i: usize,
        out: [&mut [u64]; 2],
    ) -> Result<(), CkksError> {
        key.check(&self.cut.tables)?;
        let length = self.cut.limb_words();
        let words = &self.words[i * length..(i + 1) * length];
        Ok(self.cut.inner_product(key, i, words, out)?)
    }

    /// Digits and inner product at once: every residue is used while it is in the cache. What is in `plus` is added
    /// times P.
    pub(in crate::ckks) fn switch(
        context: &Context,
        key: &SwitchingKey,
        level: Level,
        own: &'a RnsPoly<Evaluation>,
        plus: Option<[&RnsPoly<Evaluation>; 2]>,
    ) -> Result<Pair, CkksError> {
        let cut = Cut::new(context, level, key.special(), own)?;
        key.check(&cut.tables)?;
        let mut sums = cut.unspecified();
        let [first, second] = &mut sums;
        let mut outputs: Vec<[&mut [u64]; 2]> = first
            .limbs_mut()
            .zip(second.limbs_mut())
            .map(|(out0, out1)| [out0, out1])
            .collect();
        let groups = outputs.par_chunks_mut(GROUP).enumerate().with_max_len(1);
        groups.try_for_each(|(group, outputs)| {
            let start = group * GROUP;
            let mut words = AlignedWords::unspecified(outputs.len() * cut.limb_words());
            cut.extend(start..start + outputs.len(), &mut words)?;
            let limbs = words.chunks_exact(cut.limb_words()).zip(outputs);
            for (i, (words, [out0, out1])) in limbs.enumerate() {
                let i = start + i;
                cut.inner_product(key, i, words, [&mut *out0, &mut *out1])?;
                if let (Some(plus), Some(special)) = (plus, cut.tables.special.get(i)) {
                    let pointwise = cut.tables.basis.tables()[i].pointwise();
                    for (out, plus) in [out0, out1].into_iter().zip(plus) {
                        pointwise.mul_scalar_add_assign(out, plus.limb(i), *special)?;
                    }
                }
            }
            Ok::<(), CkksError>(())
        })?;
        Ok(sums)
    }
}
