//! Which keys a bootstrap takes.

use super::{Factor, Plan, SlotKind};
use crate::{circuit::Scheme, quantity::Level};
use std::collections::BTreeMap;

/// Keys by use, each with the highest level of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanKeys {
    /// Relinearisation.
    pub relinearization: Level,
    /// Conjugation.
    pub conjugation: Level,
    /// Rotations to the left among N/2 slots, before and after the modulus is raised.
    pub rotations: Rotations,
}

/// Rotations by the part of the chain that they are taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotations {
    /// After the modulus was raised.
    pub high: BTreeMap<usize, Level>,
    /// Of slots to coefficients before, at the lowest levels.
    pub low: BTreeMap<usize, Level>,
}

impl Plan {
    /// The keys that this bootstrap takes on the chain that it was laid out on, besides those of the ephemeral secret.
    #[must_use]
    pub fn keys(&self, scheme: &Scheme) -> PlanKeys {
        let mut rotations = Rotations::default();
        let mut add = |low: bool, k: usize, level: Level| {
            let part = if low {
                &mut rotations.low
            } else {
                &mut rotations.high
            };
            let highest = part.entry(k).or_insert(level);
            *highest = level.max(*highest);
        };
        for k in scheme.trace_rotations(self.slots) {
            add(false, k, self.raised_level);
        }
        let first = self.slots_to_coeffs_first();
        let low = self.slots_to_coeffs.iter().map(|f| (first, f));
        let high = self.coeffs_to_slots.iter().chain(&self.join);
        for (low, factor) in low.chain(high.map(|f| (false, f))) {
            for k in factor.transform.steps().rotations() {
                add(low, k, factor.level);
            }
        }
        PlanKeys {
            relinearization: self.reduction_level,
            // The parts of a result at its end are taken apart lower down.
            conjugation: self.reduction_level,
            rotations,
        }
    }

    /// All linear transforms, each at its place.
    pub fn factors(&self) -> impl Iterator<Item = &Factor> {
        let after = self.coeffs_to_slots.iter().chain(&self.join);
        self.slots_to_coeffs.iter().chain(after)
    }

    /// Ciphertexts whose slots are reduced: of real and of imaginary parts, or one of all of them.
    #[must_use]
    pub fn reductions(&self) -> usize {
        let one = self.in_halves() || self.slots_to_coeffs_first() && self.kind == SlotKind::Real;
        if one { 1 } else { 2 }
    }

    /// Ciphertexts that are bootstrapped at once.
    #[must_use]
    pub const fn inputs(&self) -> usize {
        match self.kind {
            SlotKind::Real | SlotKind::Complex => 1,
            SlotKind::Pair => 2,
        }
    }
}
