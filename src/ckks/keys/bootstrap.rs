//! The keys of a bootstrap.

use super::{EvaluationKey, EvaluationKeys, KeyGenerator, KeyRequest};
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

impl BootstrapKey {
    /// k of the automorphism X → X^k that it serves; none for relinearisation.
    #[must_use]
    pub fn exponent(self, context: &Context) -> Option<usize> {
        match self {
            Self::Relinearization => None,
            Self::Conjugation => Some(context.conjugation_exponent()),
            Self::Rotation(k) => Some(context.rotation_exponent(k)),
        }
    }
}

/// The evaluation keys that plans take together, each once, besides those of the ephemeral secret.
///
/// Keys of slots to coefficients at the lowest levels are of their own, with as few special primes as two digits need: they
/// are a fraction of the others.
///
/// # Errors
/// When these parameters have no such keys.
pub fn bootstrap_keys(
    context: &Context,
    plans: &[&Plan],
) -> Result<Vec<(BootstrapKey, KeyRequest)>, CkksError> {
    let full = KeyRequest::full(context);
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
        } = plan.keys(context.parameters().scheme());
        add(false, BootstrapKey::Relinearization, relinearization);
        add(false, BootstrapKey::Conjugation, conjugation);
        for (low, rotations) in [(true, rotations.low), (false, rotations.high)] {
            for (k, level) in rotations {
                add(low, BootstrapKey::Rotation(k), level);
            }
        }
    }
    let special = low_special(context, &keys);
    let request = |((low, key), level): ((bool, BootstrapKey), Level)| {
        let special = if low { special } else { full.special };
        let request = KeyRequest { level, special };
        request.check(context)?;
        Ok((key, request))
    };
    keys.into_iter().map(request).collect()
}

/// The special primes of all keys at the lowest levels, as a transform takes those of one kind alone: half of the primes of
/// the highest of these levels, so that there are two digits. Where digits with q0 are larger than that, all of them.
fn low_special(context: &Context, keys: &BTreeMap<(bool, BootstrapKey), Level>) -> usize {
    let full = KeyRequest::full(context).special;
    let low = || keys.iter().filter(|key| key.0.0).map(|key| *key.1);
    let highest = low().max().unwrap_or_default();
    let half = usize::from(highest.get()).div_ceil(2).clamp(1, full);
    let fit = |level| {
        let request = KeyRequest {
            level,
            special: half,
        };
        request.check(context).is_ok()
    };
    if low().all(fit) { half } else { full }
}

impl KeyGenerator {
    /// The key of that use.
    ///
    /// # Errors
    /// As [`KeyRequest::check`].
    pub fn evaluation_key(
        &self,
        key: BootstrapKey,
        request: KeyRequest,
    ) -> Result<EvaluationKey, CkksError> {
        Ok(match key.exponent(&self.context) {
            None => EvaluationKey::Relinearization(self.relinearization_key(request)?),
            Some(k) => EvaluationKey::Galois(k, self.galois_key(k, request)?),
        })
    }

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
            self.evaluation_key(*key, *request)?.add_to(&mut keys)?;
            progress(i + 1, wanted.len());
        }
        Ok(keys)
    }
}
