//! The digits of a polynomial, and their inner product with a key.

use super::tables::SwitchTables;
use crate::{
    ckks::{Context, error::CkksError, keys::SwitchingKey},
    quantity::Level,
    ring::{AlignedWords, RingError, RnsPoly, poly::Evaluation},
};
use rayon::prelude::*;
use std::sync::Arc;

/// Words between polynomials in a buffer: a power of two would put equal positions of all of them into one set of the
/// first-level cache.
const PADDING: usize = 72;

/// The digits of a polynomial modulo all primes of the basis, as values at the roots.
pub(in crate::ckks) struct Digits<'a> {
    tables: Arc<SwitchTables>,
    /// Gives the residues of each digit modulo its own primes.
    own: &'a RnsPoly<Evaluation>,
    /// The other residues: limb after limb, the digits of each together.
    words: AlignedWords,
}

/// Two polynomials over Q and P: P times an encryption.
pub(in crate::ckks) type Pair = [RnsPoly<Evaluation>; 2];

impl<'a> Digits<'a> {
    /// Makes the digits of `own`, a polynomial over the primes of `level`.
    pub(in crate::ckks) fn new(
        context: &Context,
        level: Level,
        special: usize,
        own: &'a RnsPoly<Evaluation>,
    ) -> Result<Self, CkksError> {
        let mut digits = Self::in_coefficients(context, level, special, own)?;
        let (tables, degree) = (&digits.tables, digits.degree());
        let stride = degree + PADDING;
        let count = tables.digits.len();
        let polys = digits.words.par_chunks_exact_mut(stride).enumerate();
        polys.try_for_each(|(i, poly)| {
            let (limb, digit) = (i / count, i % count);
            if tables.digits[digit].range.contains(&limb) {
                return Ok(());
            }
            tables.basis.tables()[limb].forward(&mut poly[..degree])
        })?;
        Ok(digits)
    }

    /// The digits as coefficients.
    fn in_coefficients(
        context: &Context,
        level: Level,
        special: usize,
        own: &'a RnsPoly<Evaluation>,
    ) -> Result<Self, CkksError> {
        let tables = context.switch(level, special)?;
        tables.basis.prefix(tables.limbs)?.check(own.basis())?;
        let degree = own.basis().degree();
        let stride = degree + PADDING;
        let count = tables.digits.len();
        let mut coefficients = AlignedWords::unspecified(tables.limbs * degree);
        let limbs = coefficients.par_chunks_exact_mut(degree).enumerate();
        limbs.try_for_each(|(i, limb)| {
            limb.copy_from_slice(own.limb(i));
            tables.basis.tables()[i].inverse(limb)
        })?;
        let mut words = AlignedWords::unspecified(tables.basis.limbs() * count * stride);
        for (j, digit) in tables.digits.iter().enumerate() {
            let range = digit.range.start * degree..digit.range.end * degree;
            let sources: Vec<_> = coefficients[range].chunks_exact(degree).collect();
            let targets = words.chunks_exact_mut(stride).enumerate();
            let mut targets: Vec<_> = targets
                .filter(|(i, _)| i % count == j && !digit.range.contains(&(i / count)))
                .map(|(_, poly)| &mut poly[..degree])
                .collect();
            digit.extension.convert(&sources, &mut targets)?;
        }
        Ok(Self { tables, own, words })
    }

    fn degree(&self) -> usize {
        self.own.basis().degree()
    }

    /// Σ_j digit_j · key_j.
    pub(in crate::ckks) fn inner_product(&self, key: &SwitchingKey) -> Result<Pair, CkksError> {
        key.check(&self.tables)?;
        let mut sums = self.unspecified();
        let [first, second] = &mut sums;
        let outputs = first.par_limbs_mut().zip(second.par_limbs_mut());
        outputs
            .enumerate()
            .try_for_each(|(i, ((_, out0), (_, out1)))| self.limb_product(key, i, out0, out1))?;
        Ok(sums)
    }

    /// To be overwritten.
    fn unspecified(&self) -> Pair {
        let poly = || RnsPoly::unspecified(&self.tables.basis);
        [poly(), poly()]
    }

    /// The inner product modulo one prime.
    pub(in crate::ckks) fn inner_product_limb(
        &self,
        key: &SwitchingKey,
        i: usize,
    ) -> Result<[Vec<u64>; 2], CkksError> {
        key.check(&self.tables)?;
        let zero = || vec![0; self.degree()];
        let mut sums = [zero(), zero()];
        let [out0, out1] = &mut sums;
        self.limb_product(key, i, out0, out1)?;
        Ok(sums)
    }

    fn limb_product(
        &self,
        key: &SwitchingKey,
        i: usize,
        out0: &mut [u64],
        out1: &mut [u64],
    ) -> Result<(), RingError> {
        let (degree, count) = (self.degree(), self.tables.digits.len());
        let stride = degree + PADDING;
        let polys = self.words[i * count * stride..].chunks_exact(stride);
        let digits: Vec<&[u64]> = polys
            .zip(&self.tables.digits)
            .map(|(poly, digit)| match digit.range.contains(&i) {
                true => self.own.limb(i),
                false => &poly[..degree],
            })
            .collect();
        let (stream, width) = key.limb(i, self.tables.limbs);
        let table = &self.tables.basis.tables()[i];
        let pointwise = table.pointwise();
        pointwise.inner_product(&digits, stream, width, [out0, out1])
    }

    /// Digits and inner product at once: every residue is used while it is in the cache.
    pub(in crate::ckks) fn switch(
        context: &Context,
        key: &SwitchingKey,
        level: Level,
        own: &'a RnsPoly<Evaluation>,
    ) -> Result<Pair, CkksError> {
        let mut digits = Self::in_coefficients(context, level, key.special(), own)?;
        key.check(&digits.tables)?;
        let mut sums = digits.unspecified();
        let (degree, count) = (digits.degree(), digits.tables.digits.len());
        let stride = degree + PADDING;
        let Digits { tables, own, words } = &mut digits;
        let [first, second] = &mut sums;
        let outputs = first.par_limbs_mut().zip(second.par_limbs_mut());
        let polys = words.par_chunks_exact_mut(count * stride);
        let limbs = outputs.zip(polys).enumerate();
        limbs.try_for_each(|(i, (((table, out0), (_, out1)), polys))| {
            let mut slices: Vec<&[u64]> = Vec::with_capacity(count);
            for (poly, digit) in polys.chunks_exact_mut(stride).zip(&tables.digits) {
                if digit.range.contains(&i) {
                    slices.push(own.limb(i));
                } else {
                    table.forward(&mut poly[..degree])?;
                    slices.push(&poly[..degree]);
                }
            }
            let (stream, width) = key.limb(i, tables.limbs);
            let pointwise = table.pointwise();
            pointwise.inner_product(&slices, stream, width, [out0, out1])
        })?;
        Ok(sums)
    }
}
