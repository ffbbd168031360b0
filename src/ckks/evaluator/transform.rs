//! Linear transforms with double hoisting (Bossuat, Mouchet, Troncoso-Pastoriza, Hubaux 2021, ePrint 2020/1203).
//!
//! The digits of the input serve all baby steps; baby steps stay multiplied by P, and so do the products with the
//! diagonals and their sums; each giant step divides one polynomial by P, for its key switch, and its result is
//! multiplied by P again; one division of two polynomials ends it all.

use super::{
    CkksEvaluator, Storage,
    arithmetic::two,
    diagonal::{Diagonal, Limb},
    rotate::rotation,
};
use crate::{
    circuit::{CircuitError, Evaluator, LinearTransform, Shape, linear::Steps},
    ckks::{
        Ciphertext,
        error::CkksError,
        keys::SwitchingKey,
        keyswitch::{Digits, Finish, Pair, SwitchTables, mod_down, mod_down_one},
        params::ParametersId,
    },
    quantity::{Level, Scale},
    ring::{AlignedWords, NttTable, RnsPoly, poly::Evaluation, sum_products::Term},
};
use num_complex::Complex64;
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

type Poly = RnsPoly<Evaluation>;

/// Positions that all baby steps of a limb are multiplied at together: so many of each stay in the second-level cache
/// from one giant step to the next.
const TILE: usize = 1 << 12;

/// The diagonals of a transform over Q and P, for one level.
#[derive(Debug, Clone)]
pub struct EncodedTransform {
    parameters: ParametersId,
    level: Level,
    special: usize,
    scale: Scale,
    slots: usize,
    /// By giant step: baby steps with the diagonals rotated back by the giant step.
    groups: BTreeMap<usize, Vec<(usize, Diagonal)>>,
    /// All baby steps, in order.
    babies: Vec<usize>,
}

impl EncodedTransform {
    /// Bytes of the encoded diagonals.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let diagonals = self.groups.values().flatten();
        diagonals.map(|(_, diagonal)| diagonal.bytes()).sum()
    }
}

impl CkksEvaluator {
    pub(super) fn encoded_transform(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
        storage: Storage,
    ) -> Result<EncodedTransform, CkksError> {
        self.scheme().encodes(transform.slots(), level, scale)?;
        let steps = transform.steps();
        let special = self.special_of(&steps, level)?;
        let basis = self.context.extended_basis(level, special)?;
        let slots = transform.slots();
        let encoded = |giant: usize, baby: usize| {
            let diagonal = &transform.diagonals()[&(giant + baby)];
            let period = diagonal.len();
            let back: Vec<Complex64> = (0..period)
                .map(|i| diagonal[(i + slots - giant) % period])
                .collect();
            let coefficients = self.context.encoder().encode_in_subring(&back, scale)?;
            let diagonal = Diagonal::new(&self.context, &basis, &coefficients, storage)?;
            Ok((baby, diagonal))
        };
        let group = |(giant, babies): (&usize, &Vec<usize>)| {
            let diagonals = babies.par_iter().map(|baby| encoded(*giant, *baby));
            Ok((*giant, diagonals.collect::<Result<_, CkksError>>()?))
        };
        let groups = steps.groups.iter().map(group);
        Ok(EncodedTransform {
            parameters: self.context.parameters().id(),
            level,
            special,
            scale: scale.clone(),
            slots,
            groups: groups.collect::<Result<_, CkksError>>()?,
            babies: steps.babies().into_iter().collect(),
        })
    }

    /// The number of special primes of the keys that the steps take: one that keys of all of them have.
    fn special_of(&self, steps: &Steps, level: Level) -> Result<usize, CkksError> {
        let rotations = steps.rotations();
        let Some(first) = rotations.first() else {
            return Ok(self.context.parameters().moduli().p().len());
        };
        let candidates = self
            .keys
            .special_at(self.context.rotation_exponent(*first), level);
        let missing = |special: usize| {
            let mut all = rotations.iter().copied();
            all.find(|k| self.rotation_key(*k, level, special).is_err())
        };
        let mut lacking = *first;
        for special in candidates {
            match missing(special) {
                None => return Ok(special),
                Some(k) => lacking = k,
            }
        }
        Err(CkksError::MissingKey {
            key: rotation(lacking),
            level,
        })
    }

    fn rotation_key(
        &self,
        k: usize,
        level: Level,
        special: usize,
    ) -> Result<&Arc<SwitchingKey>, CkksError> {
        let exponent = self.context.rotation_exponent(k);
        let key = self.keys.galois_by(exponent, level, special);
        key.ok_or_else(|| CkksError::MissingKey {
            key: rotation(k),
            level,
        })
    }

    pub(super) fn transformed(
        &self,
        a: &Ciphertext,
        transform: &EncodedTransform,
    ) -> Result<Ciphertext, CkksError> {
        let own = self.own(a)?;
        self.context.check(transform.parameters)?;
        own.linear()?;
        own.check_slots(transform.slots)?;
        if own.level != transform.level {
            return Err(CircuitError::TransformLevel {
                prepared: transform.level,
                found: own.level,
            }
            .into());
        }
        let shape = own.scaled(&transform.scale)?;
        self.context
            .parameters()
            .scheme()
            .fits(shape.level, &shape.scale)?;
        let tables = self.context.switch(own.level, transform.special)?;
        let mut sums = self.group_sums(a, transform, &tables)?;
        // The giant step 0 needs no rotation.
        let zero = || RnsPoly::zero(tables.basis());
        let [mut s0, mut s1] = sums.remove(&0).unwrap_or_else(|| [zero(), zero()]);
        for (giant, [t0, t1]) in sums {
            let [u0, u1] = self.giant_step(&own, &tables, (giant, transform.special), [t0, t1])?;
            let exponent = self.context.rotation_exponent(giant);
            let automorphism = self.context.automorphism(exponent)?;
            s0.automorphism_add_assign(&u0, &automorphism)?;
            s1.automorphism_add_assign(&u1, &automorphism)?;
        }
        let components = mod_down(&tables, &[s0, s1], Finish::default())?;
        Ok(a.with(shape, components.into()))
    }

    /// For each giant step the sum of its diagonals times the baby steps, times P.
    fn group_sums(
        &self,
        a: &Ciphertext,
        transform: &EncodedTransform,
        tables: &SwitchTables,
    ) -> Result<BTreeMap<usize, Pair>, CkksError> {
        let [c0, c1] = two(a)?;
        let hoisted = transform.babies.iter().any(|b| *b != 0);
        let digits = hoisted
            .then(|| Digits::new(&self.context, a.level, transform.special, c1))
            .transpose()?;
        let baby = |b: &usize| {
            let exponent = self.context.rotation_exponent(*b);
            Ok((
                self.rotation_key(*b, a.level, transform.special)?,
                self.context.automorphism(exponent)?,
            ))
        };
        let rotated: Vec<usize> = transform
            .babies
            .iter()
            .copied()
            .filter(|b| *b != 0)
            .collect();
        let keys = rotated
            .iter()
            .map(baby)
            .collect::<Result<Vec<_>, CkksError>>()?;
        let zero = || RnsPoly::zero(tables.basis());
        let mut sums: BTreeMap<usize, Pair> = transform
            .groups
            .keys()
            .map(|giant| (*giant, [zero(), zero()]))
            .collect();
        // Limb by limb, so that the baby steps of a limb stay in the cache.
        let mut outputs: Vec<Vec<[&mut [u64]; 2]>> =
            (0..tables.basis().limbs()).map(|_| vec![]).collect();
        for [s0, s1] in sums.values_mut() {
            for (i, pair) in s0.limbs_mut().zip(s1.limbs_mut()).enumerate() {
                outputs[i].push([pair.0, pair.1]);
            }
        }
        outputs
            .into_par_iter()
            .enumerate()
            .try_for_each(|(i, sums)| {
                let table = &tables.basis().tables()[i];
                let limb = || AlignedWords::unspecified(table.degree());
                let mut babies: BTreeMap<usize, [AlignedWords; 2]> = BTreeMap::new();
                if transform.babies.contains(&0) {
                    babies.insert(0, self.unrotated(tables, table, i, c0, c1)?);
                }
                for (b, (key, automorphism)) in rotated.iter().zip(&keys) {
                    let Some(digits) = &digits else { break };
                    let [mut u0, mut u1] = [limb(), limb()];
                    digits.inner_product_limb(key, i, [&mut u0, &mut u1])?;
                    if let Some(special) = tables.special().get(i) {
                        table
                            .pointwise()
                            .mul_scalar_add_assign(&mut u0, c0.limb(i), *special)?;
                    }
                    let image = |u: &[u64]| {
                        let mut image = limb();
                        automorphism.map_values(u, &mut image)?;
                        Ok::<_, CkksError>(image)
                    };
                    babies.insert(*b, [image(&u0)?, image(&u1)?]);
                }
                let mut sums = sums;
                let limbs = transform.groups.values().map(|group| {
                    let limbs = group.iter().map(|(_, d)| d.limb(&self.context, i, table));
                    limbs.collect::<Result<Vec<Limb<'_>>, CkksError>>()
                });
                let limbs = limbs.collect::<Result<Vec<_>, CkksError>>()?;
                for start in (0..table.degree()).step_by(TILE) {
                    let range = start..(start + TILE).min(table.degree());
                    let groups = transform.groups.values().zip(&limbs).zip(&mut sums);
                    for ((group, limbs), [s0, s1]) in groups {
                        let mut terms = Vec::with_capacity(group.len());
                        for ((b, _), limb) in group.iter().zip(limbs) {
                            let (factor, log_repeats) = limb.from(start);
                            terms.push(Term {
                                pair: babies[b].each_ref().map(|u| &u[range.clone()]),
                                factor: &factor[..range.len().div_ceil(1 << log_repeats)],
                                log_repeats,
                            });
                        }
                        let out = [&mut s0[range.clone()], &mut s1[range.clone()]];
                        table.pointwise().add_products(&terms, out)?;
                    }
                }
                Ok::<(), CkksError>(())
            })?;
        Ok(sums)
    }

    /// P·(c0, c1) modulo one prime.
    fn unrotated(
        &self,
        tables: &SwitchTables,
        table: &NttTable,
        i: usize,
        c0: &Poly,
        c1: &Poly,
    ) -> Result<[AlignedWords; 2], CkksError> {
        let zero = || AlignedWords::zeros(table.degree());
        let mut pair = [zero(), zero()];
        if let Some(special) = tables.special().get(i) {
            for (x, c) in pair.iter_mut().zip([c0, c1]) {
                table
                    .pointwise()
                    .mul_scalar_add_assign(x, c.limb(i), *special)?;
            }
        }
        Ok(pair)
    }

    /// The pair times P, switched to the key of the rotation back by `giant`, times P again.
    fn giant_step(
        &self,
        shape: &Shape,
        tables: &SwitchTables,
        (giant, special): (usize, usize),
        [t0, t1]: Pair,
    ) -> Result<Pair, CkksError> {
        let key = self.rotation_key(giant, shape.level, special)?;
        let t1 = mod_down_one(tables, &t1)?;
        let [mut u0, u1] = Digits::switch(&self.context, key, shape.level, &t1, None)?;
        u0.add_assign(&t0)?;
        Ok([u0, u1])
    }
}
