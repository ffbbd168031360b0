//! The bootstraps of a program, by numbers of slots.

use super::{InferError, Program, prices::how};
use crate::{
    bootstrap::{Bootstrapper, EvalMod, Plan, SlotKind},
    circuit::{CircuitError, ModRaise},
    ckks::Parameters,
};
use std::collections::{BTreeMap, btree_map::Entry};

/// The bootstraps of a program, encoded by an interpreter.
pub struct Bootstraps<E: ModRaise> {
    by: BTreeMap<(usize, bool), Bootstrapper<E>>,
}

/// Bootstraps by numbers of slots, and by whether two ciphertexts are bootstrapped at once.
pub type Plans = BTreeMap<(usize, bool), Plan>;

impl Program<'_> {
    /// What is bootstrapped: numbers of slots, each singly and where there are several ciphertexts in pairs.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn plans(&self, parameters: &Parameters) -> Result<Plans, InferError> {
        let how = how(parameters)?;
        let eval_mod = EvalMod::new(&how.eval_mod)?;
        let mut plans = Plans::new();
        for (_, slots, count) in self.bootstraps() {
            let kinds = [
                (SlotKind::Real, count % 2 == 1),
                (SlotKind::Pair, count > 1),
            ];
            for (kind, _) in kinds.into_iter().filter(|(_, needed)| *needed) {
                if let Entry::Vacant(new) = plans.entry((slots, kind == SlotKind::Pair)) {
                    let (scheme, slots) = (parameters.scheme(), new.key().0);
                    let eval_mod = eval_mod.clone();
                    new.insert(Plan::with_eval_mod(scheme, how, slots, kind, eval_mod)?);
                }
            }
        }
        Ok(plans)
    }
}

impl<E: ModRaise> Bootstraps<E> {
    /// Encodes the transforms of the plans.
    ///
    /// # Errors
    /// When the interpreter refuses one, for a missing key for instance.
    pub fn new(evaluator: &E, plans: Plans) -> Result<Self, E::Error> {
        let encode = |(key, plan)| Ok((key, Bootstrapper::new(evaluator, plan)?));
        Ok(Self {
            by: plans
                .into_iter()
                .map(encode)
                .collect::<Result<_, E::Error>>()?,
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Bootstrapper<E>> {
        self.by.values()
    }

    pub(super) fn get(&self, slots: usize, pair: bool) -> Result<&Bootstrapper<E>, CircuitError> {
        // Fewer slots than any bootstrap has are repeated.
        let mut found = self
            .by
            .iter()
            .filter(|((n, p), _)| *n >= slots && *p == pair);
        found.next().map(|(_, b)| b).ok_or(CircuitError::SlotCount {
            found: slots,
            max: 0,
        })
    }
}
