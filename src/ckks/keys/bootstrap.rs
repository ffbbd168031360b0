//! The keys of a bootstrap.

use super::{EvaluationKeys, KeyGenerator, KeyRequest};
use crate::{
    bootstrap::{Plan, PlanKeys},
    ckks::{Context, error::CkksError},
    quantity::Level,
};
use std::collections::BTreeMap;

/// What a key of a bootstrap does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BootstrapKey {
    /// Relinearisation.
    Relinearization,
    /// Complex conjugation.
    Conjugation,
    /// A rotation to the left among N/2 slots.
    Rotation(usize),
}

/// The evaluation keys that plans take together, each once, besides those of the ephemeral secret.
///
/// Keys of slots to coefficients at the lowest levels are of their own, with as few special primes as one digit more than
/// there are levels needs: they are a fraction of the others.
///
/// # Errors
/// When these parameters have no such keys.
pub fn bootstrap_keys(
    context: &Context,
    plans: &[&Plan],
) -> Result<Vec<(BootstrapKey, KeyRequest)>, CkksError> {
    let full = KeyRequest::full(context);
    let max_slots = context.parameters().log_n().max_slots();
    let mut keys = BTreeMap::<(bool, BootstrapKey), Level>::new();
    let mut add = |low: bool, key: BootstrapKey, level: Level| {
        let highest = keys.entry((low, key)).or_insert(level);
        *highest = level.max(*highest);
    };
    for plan in plans {
        let PlanKeys {
            relinearization,
            conjugation,
            rotations,
        } = plan.keys(max_slots);
        add(false, BootstrapKey::Relinearization, relinearization);
        add(false, BootstrapKey::Conjugation, conjugation);
        for (low, rotations) in [(true, rotations.low), (false, rotations.high)] {
            for (k, level) in rotations {
                add(low, BootstrapKey::Rotation(k), level);
            }
        }
    }
    let request = |((low, key), level): ((bool, BootstrapKey), Level)| {
        // Half of the primes in a digit, so that there are two.
        let half = usize::from(level.get()).div_ceil(2).max(1);
        let special = if low {
            half.min(full.special)
        } else {
            full.special
        };
        let mut request = KeyRequest { level, special };
        // Digits with q0, which may be larger, need a special prime more.
        if low && request.check(context).is_err() {
            request.special = full.special;
        }
        request.check(context)?;
        Ok((key, request))
    };
    keys.into_iter().map(request).collect()
}

impl KeyGenerator {
    /// All keys that plans take, those of the ephemeral secret included. `progress` is called after each.
    ///
    /// # Errors
    /// As [`bootstrap_keys`].
    pub fn bootstrap_evaluation_keys(
        &self,
        context: &Context,
        plans: &[&Plan],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<EvaluationKeys, CkksError> {
        let mut keys = self.no_evaluation_keys();
        let wanted = bootstrap_keys(context, plans)?;
        keys.set_encapsulation(self.encapsulation_keys()?)?;
        for (i, (key, request)) in wanted.iter().enumerate() {
            match key {
                BootstrapKey::Relinearization => {
                    keys.add_relinearization(self.relinearization_key(*request)?)?;
                }
                BootstrapKey::Conjugation => {
                    let exponent = context.conjugation_exponent();
                    keys.add_galois(exponent, self.conjugation_key(*request)?)?;
                }
                BootstrapKey::Rotation(k) => {
                    let exponent = context.rotation_exponent(*k);
                    keys.add_galois(exponent, self.rotation_key(*k, *request)?)?;
                }
            }
            progress(i + 1, wanted.len());
        }
        Ok(keys)
    }
}
