//! An encoded diagonal, in the ring of its period.
//!
//! A diagonal of period p is a polynomial in X^(N/2p). Transformed values are in bit-reversed order of the roots, and a
//! power of X that large takes the same value at N/2p roots in a row: 2p values stand for all N, and they are the transform
//! of the polynomial in the ring of degree 2p.

use crate::{
    ckks::{Context, error::CkksError},
    ring::{AlignedWords, NttTable, RnsBasis, RnsPoly},
};
use rayon::prelude::*;
use std::{borrow::Cow, sync::Arc};

/// What is kept of plaintexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// Their values modulo every prime, ready for products.
    Values,
    /// Their coefficients, a word for all primes, which are transformed whenever they are used.
    Coefficients,
}

/// A plaintext polynomial over Q and P.
#[derive(Debug, Clone)]
pub(super) struct Diagonal {
    degree: usize,
    /// 2p.
    distinct: usize,
    words: Words,
}

#[derive(Debug, Clone)]
enum Words {
    /// Limb after limb.
    Values(AlignedWords),
    Coefficients(Vec<i64>),
}

impl Diagonal {
    /// Of 2p coefficients of a polynomial in X^(N/2p). Those beyond 64 bits are kept as values whatever is asked for.
    pub(super) fn new(
        context: &Context,
        basis: &RnsBasis,
        coefficients: &[i128],
        storage: Storage,
    ) -> Result<Self, CkksError> {
        let distinct = coefficients.len();
        let short = |c: &i128| i64::try_from(*c).is_ok();
        let words = if storage == Storage::Coefficients && coefficients.iter().all(short) {
            Words::Coefficients(coefficients.iter().map(|c| *c as i64).collect())
        } else {
            Words::Values(values(context, basis, coefficients)?)
        };
        Ok(Self {
            degree: basis.degree(),
            distinct,
            words,
        })
    }

    pub(super) fn bytes(&self) -> usize {
        match &self.words {
            Words::Values(words) => size_of_val(&**words),
            Words::Coefficients(words) => size_of_val(&**words),
        }
    }

    /// The values modulo prime i, whose table is given.
    pub(super) fn limb(
        &self,
        context: &Context,
        i: usize,
        table: &Arc<NttTable>,
    ) -> Result<Limb<'_>, CkksError> {
        let words = match &self.words {
            Words::Values(words) => {
                Cow::Borrowed(&words[i * self.distinct..(i + 1) * self.distinct])
            }
            Words::Coefficients(words) => {
                let modulus = table.modulus();
                let mut limb: Vec<u64> = words.iter().map(|c| modulus.reduce_i64(*c)).collect();
                context.subring(table, self.distinct)?.forward(&mut limb)?;
                Cow::Owned(limb)
            }
        };
        Ok(Limb {
            words,
            log_repeats: (self.degree / self.distinct).trailing_zeros(),
        })
    }
}

/// Values modulo one prime, each for 2^`log_repeats` positions.
pub(super) struct Limb<'d> {
    words: Cow<'d, [u64]>,
    log_repeats: u32,
}

impl Limb<'_> {
    /// From position `start` on.
    pub(super) fn from(&self, start: usize) -> (&[u64], u32) {
        (&self.words[start >> self.log_repeats..], self.log_repeats)
    }
}

fn values(
    context: &Context,
    basis: &RnsBasis,
    coefficients: &[i128],
) -> Result<AlignedWords, CkksError> {
    let distinct = coefficients.len();
    let tables = basis.tables()[..basis.limbs()].par_iter();
    let tables = tables.map(|table| context.subring(table, distinct));
    let small = RnsBasis::from_tables(tables.collect::<Result<_, CkksError>>()?)?;
    let poly = RnsPoly::from_signed(&small, coefficients)?.into_evaluation()?;
    let mut words = AlignedWords::unspecified(small.limbs() * distinct);
    for (stored, limb) in words.chunks_exact_mut(distinct).zip(poly.limbs()) {
        stored.copy_from_slice(limb);
    }
    Ok(words)
}
