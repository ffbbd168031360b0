//! Rotations and conjugation.

use super::{CkksEvaluator, arithmetic::two};
use crate::ckks::{
    Ciphertext,
    error::CkksError,
    keys::SwitchingKey,
    keyswitch::{Digits, Finish, Pair, mod_down},
};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

impl CkksEvaluator {
    pub(super) fn rotated(&self, a: &Ciphertext, k: i64) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?;
        shape.linear()?;
        match shape.rotation(k) {
            0 => Ok(a.clone()),
            k => self.automorphism(a, self.context.rotation_exponent(k), || rotation(k)),
        }
    }

    pub(super) fn conjugated(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        let exponent = self.context.conjugation_exponent();
        self.automorphism(a, exponent, || "conjugation".into())
    }

    pub(super) fn automorphism(
        &self,
        a: &Ciphertext,
        exponent: usize,
        name: impl Fn() -> String,
    ) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?;
        let [_, c1] = two(a)?;
        let key = self.keys.galois_at(exponent, shape.level, name)?;
        let sums = Digits::switch(&self.context, key, shape.level, c1, None)?;
        self.finish(a, key, exponent, &sums)
    }

    /// All rotations from one set of digits for each number of special primes among the keys, usually one.
    pub(super) fn rotated_many(
        &self,
        a: &Ciphertext,
        rotations: &[i64],
    ) -> Result<Vec<Ciphertext>, CkksError> {
        let shape = self.own(a)?;
        let [_, c1] = two(a)?;
        let mut digits: BTreeMap<usize, Digits<'_>> = BTreeMap::new();
        let mut rotated = Vec::with_capacity(rotations.len());
        for k in rotations {
            let k = shape.rotation(*k);
            if k == 0 {
                rotated.push(a.clone());
                continue;
            }
            let exponent = self.context.rotation_exponent(k);
            let key = self.keys.galois_at(exponent, shape.level, || rotation(k))?;
            let special = key.special();
            let digits = match digits.entry(special) {
                Entry::Occupied(made) => made.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(Digits::new(&self.context, shape.level, special, c1)?)
                }
            };
            let sums = digits.inner_product(key)?;
            rotated.push(self.finish(a, key, exponent, &sums)?);
        }
        Ok(rotated)
    }

    /// Divides by P, adds c0 and applies the automorphism.
    fn finish(
        &self,
        a: &Ciphertext,
        key: &Arc<SwitchingKey>,
        exponent: usize,
        switched: &Pair,
    ) -> Result<Ciphertext, CkksError> {
        let shape = a.shape();
        let tables = self.context.switch(shape.level, key.special())?;
        let automorphism = self.context.automorphism(exponent)?;
        let finish = Finish {
            plus: [Some(two(a)?[0]), None],
            automorphism: Some(&automorphism),
        };
        let components = mod_down(&tables, switched, finish)?;
        Ok(a.with(shape, components.into()))
    }
}

/// What a missing key is called.
pub(super) fn rotation(k: usize) -> String {
    format!("rotation by {k}")
}
