//! Terms of an error: random sources and their factors.

use super::{
    moments::Moments,
    periodic::{Complexes, Periodic},
};
use crate::circuit::shadow::{Disturbance, Event, Label};
use num_complex::Complex64;
use std::collections::BTreeMap;

/// Terms of one label; more are merged.
const MAX_TERMS: usize = 256;

/// A random error: independent in every slot, of mean 0, E|u|² = 1 and E u² = 0, and independent of every other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    pub(super) label: Label,
    event: Event,
    /// By how much it was rotated since. Its slots are independent, so rotations of one source are different errors.
    rotation: usize,
}

impl Source {
    pub(super) fn new(label: Label, event: Event) -> Self {
        Self {
            label,
            event,
            rotation: 0,
        }
    }

    pub(super) fn of(error: &Disturbance) -> Self {
        Self::new(error.label, error.event)
    }

    /// The mean over slots that fall together.
    pub(super) fn folded(self, slots: usize) -> Self {
        let event = self.event.then(slots as u64).then(self.rotation as u64);
        Self::new(self.label, event)
    }

    /// After one more rotation by k of `slots`.
    pub(super) fn rotated(self, k: usize, slots: usize) -> Self {
        Self {
            rotation: (self.rotation + k) % slots,
            ..self
        }
    }
}

/// α·u + β·ū.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) direct: Complexes,
    pub(super) mirrored: Complexes,
}

impl Term {
    pub(super) fn of(factors: &Periodic<(Complex64, Complex64)>) -> Self {
        Self {
            direct: factors.map(|f| f.0),
            mirrored: factors.map(|f| f.1),
        }
    }

    pub(super) fn constant(deviation: f64) -> Self {
        Self {
            direct: Periodic::constant(deviation.into()),
            mirrored: Periodic::constant(0.0.into()),
        }
    }

    pub(super) fn map(&self, f: impl Fn(&Complexes) -> Complexes) -> Self {
        Self {
            direct: f(&self.direct),
            mirrored: f(&self.mirrored),
        }
    }

    pub(super) fn times(&self, v: &Complexes) -> Self {
        self.map(|part| part.zip(v, |x, y| x * y))
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let sum = |x: &Complexes, y: &Complexes| x.zip(y, |x, y| x + y);
        Self {
            direct: sum(&self.direct, &other.direct),
            mirrored: sum(&self.mirrored, &other.mirrored),
        }
    }

    /// Slots after which the factors repeat.
    pub(super) fn period(&self) -> usize {
        self.direct.len().max(self.mirrored.len())
    }

    pub(super) fn moments(&self) -> Periodic<Moments> {
        self.direct.zip(&self.mirrored, Moments::of)
    }

    /// Mean of E|e|² over the slots: what terms are ranked by.
    pub(super) fn weight(&self) -> f64 {
        let mean = |part: &Complexes| {
            let squares = part.period().iter().map(Complex64::norm_sqr);
            squares.sum::<f64>() / part.len() as f64
        };
        mean(&self.direct) + mean(&self.mirrored)
    }
}

/// Merges the smallest terms of every label that has too many.
pub(super) fn bound(terms: &mut BTreeMap<Source, Term>) {
    let mut labels = BTreeMap::<Label, Vec<Source>>::new();
    for source in terms.keys() {
        labels.entry(source.label).or_default().push(*source);
    }
    for (label, mut sources) in labels {
        if sources.len() <= MAX_TERMS {
            continue;
        }
        let mut weights: Vec<(f64, Source)> =
            sources.drain(..).map(|s| (terms[&s].weight(), s)).collect();
        weights.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut event = Event::seeded(0);
        let mut moments = Periodic::constant(Moments::default());
        for (_, small) in &weights[MAX_TERMS - 1..] {
            if let Some(term) = terms.remove(small) {
                moments = moments.zip(&term.moments(), |x, y| x + y);
            }
            event = event.with(&small.event).then(small.rotation as u64);
        }
        let merged = Source::new(label, event);
        terms.insert(merged, Term::of(&moments.map(Moments::factors)));
    }
}
