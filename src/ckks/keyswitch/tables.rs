//! Constants of key switching for one level and number of special primes.

use crate::{
    ckks::{Context, error::CkksError},
    quantity::Level,
    ring::{Modulus, RnsBasis, convert::BasisConversion},
};
use std::ops::Range;

/// What a key switch at level l with α special primes needs.
#[derive(Debug)]
pub(in crate::ckks) struct SwitchTables {
    /// q0, …, ql, p1, …, pα.
    pub(super) basis: RnsBasis,
    /// l + 1.
    pub(super) limbs: usize,
    pub(super) digits: Vec<Digit>,
    /// Division by P.
    pub(super) down: Division,
    /// Division by P·ql, where a level is left.
    pub(super) down_rescale: Option<Division>,
    /// P modulo each q.
    pub(super) special: Vec<u64>,
}

/// One digit and its extension to all other primes of the basis.
#[derive(Debug)]
pub(super) struct Digit {
    pub(super) range: Range<usize>,
    pub(super) extension: BasisConversion,
}

/// Division of a polynomial by the product of its last primes.
#[derive(Debug)]
pub(super) struct Division {
    /// From the last primes to those that stay.
    pub(super) conversion: BasisConversion,
    /// The inverse of the divisor modulo those that stay.
    pub(super) inverse: Vec<u64>,
}

impl Division {
    fn new(kept: &[Modulus], divisor: &[Modulus]) -> Result<Self, CkksError> {
        let inverse = |q: &Modulus| Ok(q.inv(product_modulo(divisor, q))?);
        Ok(Self {
            conversion: BasisConversion::new(divisor, kept)?,
            inverse: kept.iter().map(inverse).collect::<Result<_, CkksError>>()?,
        })
    }
}

fn product_modulo(factors: &[Modulus], q: &Modulus) -> u64 {
    let residues = factors.iter().map(|p| q.reduce(p.value()));
    residues.fold(1, |product, p| q.mul(product, p))
}

impl SwitchTables {
    pub(in crate::ckks) fn new(
        context: &Context,
        level: Level,
        special: usize,
    ) -> Result<Self, CkksError> {
        let basis = context.extended_basis(level, special)?;
        let moduli: Vec<Modulus> = basis.moduli().copied().collect();
        let limbs = moduli.len() - special;
        let (q, p) = moduli.split_at(limbs);
        let digit = |start: usize| {
            let range = start..(start + special).min(limbs);
            let others = [&moduli[..start], &moduli[range.end..]].concat();
            Ok(Digit {
                extension: BasisConversion::new(&q[range.clone()], &others)?,
                range,
            })
        };
        let digits = (0..limbs).step_by(special).map(digit);
        let kept = &q[..limbs - 1];
        let down_rescale = (!kept.is_empty())
            .then(|| Division::new(kept, &moduli[limbs - 1..]))
            .transpose()?;
        Ok(Self {
            digits: digits.collect::<Result<_, CkksError>>()?,
            down: Division::new(q, p)?,
            down_rescale,
            special: q.iter().map(|q| product_modulo(p, q)).collect(),
            limbs,
            basis,
        })
    }

    /// q0, …, ql, p1, …, pα.
    pub(in crate::ckks) fn basis(&self) -> &RnsBasis {
        &self.basis
    }

    /// l + 1.
    pub(in crate::ckks) fn limbs(&self) -> usize {
        self.limbs
    }

    /// Digit that limb `limb` of Q belongs to; none for a special prime.
    pub(in crate::ckks) fn digit_of(&self, limb: usize) -> Option<usize> {
        self.digits.iter().position(|d| d.range.contains(&limb))
    }

    /// d.
    pub(in crate::ckks) fn digit_count(&self) -> usize {
        self.digits.len()
    }

    /// P modulo each q.
    pub(in crate::ckks) fn special(&self) -> &[u64] {
        &self.special
    }
}
