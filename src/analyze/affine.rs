//! Slots with errors as labelled terms.

use super::{
    moments::Moments,
    periodic::{Complexes, Periodic},
    terms::{Source, Term, bound},
};
use crate::circuit::{
    linear::shortest,
    shadow::{Cause, Disturbance, Label, Prepared, Slots, TransformErrors},
};
use num_complex::Complex64;
use std::collections::BTreeMap;

/// Exact values, and their errors to first order: Σ over random sources u of α·u + β·ū, with factors for every slot.
///
/// Sources keep their identity through sums, products, rotations and conjugations, so errors that come from one source by
/// several ways add up with their signs: 2x² − 1 errs by 4x·e. Exceptions: a linear transform makes one source of all
/// inherited terms of a label, as if they were independent in all slots, and of more than 256 terms of one label the
/// smallest become one. Products of errors are left out.
#[derive(Debug, Clone)]
pub struct Affine {
    values: Complexes,
    terms: BTreeMap<Source, Term>,
}

impl Affine {
    /// Without error. Pre: a power of two of values.
    pub(super) fn exact(values: &[Complex64]) -> Self {
        Self {
            values: Periodic::new(values[..shortest(values)].to_vec()),
            terms: BTreeMap::new(),
        }
    }

    /// Second moments of the errors of each label.
    pub(super) fn moments(&self) -> BTreeMap<Label, Periodic<Moments>> {
        let mut labels = BTreeMap::<Label, Periodic<Moments>>::new();
        for (source, term) in &self.terms {
            let moments = term.moments();
            let sum = match labels.get(&source.label) {
                Some(known) => known.zip(&moments, |x, y| x + y),
                None => moments,
            };
            labels.insert(source.label, sum);
        }
        labels
    }

    fn with(values: Complexes, terms: impl IntoIterator<Item = (Source, Term)>) -> Self {
        let mut all = BTreeMap::<Source, Term>::new();
        for (source, term) in terms {
            let term = all
                .get(&source)
                .map_or_else(|| term.clone(), |known| known.plus(&term));
            all.insert(source, term);
        }
        bound(&mut all);
        Self { values, terms: all }
    }

    /// All terms, multiplied slot by slot.
    fn terms_times<'a>(&'a self, v: &'a Complexes) -> impl Iterator<Item = (Source, Term)> + 'a {
        self.terms
            .iter()
            .map(|(source, term)| (*source, term.times(v)))
    }

    fn with_terms(&self, values: Complexes, f: impl Fn(&Source, &Term) -> (Source, Term)) -> Self {
        Self {
            values,
            terms: self.terms.iter().map(|(s, t)| f(s, t)).collect(),
        }
    }

    fn linear(&self, other: &Self, sign: f64) -> Self {
        let sign = Periodic::constant(Complex64::from(sign));
        let values = self.values.zip(&other.values, |x, y| x + sign.at(0) * y);
        let own = self.terms.iter().map(|(s, t)| (*s, t.clone()));
        Self::with(values, own.chain(other.terms_times(&sign)))
    }
}

fn encoded(v: &[Complex64], encoding: &Disturbance) -> Affine {
    Affine::exact(v).disturbed(encoding)
}

impl Slots for Affine {
    fn values(&self) -> &[Complex64] {
        self.values.period()
    }

    fn sum(&self, other: &Self) -> Self {
        self.linear(other, 1.0)
    }

    fn difference(&self, other: &Self) -> Self {
        self.linear(other, -1.0)
    }

    fn product(&self, other: &Self) -> Self {
        let values = self.values.zip(&other.values, |x, y| x * y);
        let terms = self.terms_times(&other.values);
        Self::with(values, terms.chain(other.terms_times(&self.values)))
    }

    fn shifted(&self, c: f64) -> Self {
        self.with_terms(self.values.map(|x| x + c), |s, t| (*s, t.clone()))
    }

    fn scaled(&self, c: f64) -> Self {
        let by = |v: &Complexes| v.map(|x| x * c);
        self.with_terms(by(&self.values), |s, t| (*s, t.map(by)))
    }

    fn plus(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.sum(&encoded(v, encoding))
    }

    fn times(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.product(&encoded(v, encoding))
    }

    fn plus_exact(&self, v: &[Complex64]) -> Self {
        let v = Periodic::new(v[..shortest(v)].to_vec());
        let values = self.values.zip(&v, |x, y| x + y);
        self.with_terms(values, |s, t| (*s, t.clone()))
    }

    fn times_i(&self) -> Self {
        let turn = |v: &Complexes| v.map(|x| Complex64::new(-x.im, x.re));
        self.with_terms(turn(&self.values), |s, t| (*s, t.map(turn)))
    }

    fn rotated(&self, k: usize, slots: usize) -> Self {
        let turn = |v: &Complexes| v.rotated(k);
        self.with_terms(turn(&self.values), |source, term| {
            (source.rotated(k, slots), term.map(turn))
        })
    }

    fn with_slots(&self, slots: usize) -> Self {
        if self.values.len() <= slots && self.terms.values().all(|t| t.period() <= slots) {
            return self.clone();
        }
        // Errors of slots that fall together are independent.
        let term = |(source, term): (&Source, &Term)| {
            let moments = term.moments().folded(slots, |moments, share| {
                moments.times(Complex64::from(share))
            });
            (
                source.folded(slots),
                Term::of(&moments.map(Moments::factors)),
            )
        };
        Self {
            values: self.values.folded(slots, |x, share| x * share),
            terms: self.terms.iter().map(term).collect(),
        }
    }

    fn conjugated(&self) -> Self {
        let conj = |v: &Complexes| v.map(|x| x.conj());
        self.with_terms(conj(&self.values), |source, term| {
            let swapped = Term {
                direct: conj(&term.mirrored),
                mirrored: conj(&term.direct),
            };
            (*source, swapped)
        })
    }

    fn disturbed(mut self, error: &Disturbance) -> Self {
        self.terms
            .insert(Source::of(error), Term::constant(error.deviation));
        bound(&mut self.terms);
        self
    }

    /// Moments of a sum over diagonals, without the terms of every single step.
    fn transformed(&self, prepared: &Prepared, errors: &TransformErrors) -> Self {
        let diagonals: Vec<(usize, Complexes)> = prepared
            .transform()
            .diagonals()
            .iter()
            .map(|(r, d)| (*r, Periodic::new(d.clone())))
            .collect();
        let moments = self.moments();
        let inherited = moments.values().map(Periodic::len);
        let lengths = diagonals.iter().map(|d| d.1.len()).chain(inherited);
        let period = lengths.fold(self.values.len(), usize::max);
        let over = |f: &dyn Fn(usize, usize, &Complexes) -> Moments| {
            let slot = |i| diagonals.iter().map(|(r, d)| f(i, i + r, d)).sum();
            Periodic::from_fn(period, slot)
        };
        let value = |i| {
            diagonals
                .iter()
                .map(|(r, d)| d.at(i) * self.values.at(i + r))
                .sum()
        };
        let mut terms = BTreeMap::new();
        let mut put = |label, kind: u64, moments: Periodic<Moments>| {
            let event = errors.event.then(kind);
            let source = Source::new(label, event);
            terms.insert(source, Term::of(&moments.map(Moments::factors)));
        };
        for (label, moments) in &moments {
            put(*label, 0, over(&|i, j, d| moments.at(j).times(d.at(i))));
        }
        let encoding = |_, j, d: &Complexes| {
            Moments::circular(errors.encoding(d.len()).powi(2)).times(self.values.at(j))
        };
        put(errors.label(Cause::Encoding), 1, over(&encoding));
        put(
            errors.label(Cause::Transform),
            1,
            steps(prepared, errors, &diagonals, period),
        );
        Self {
            values: Periodic::from_fn(period, value),
            terms,
        }
    }
}

/// Errors of the steps of a transform themselves: keys of baby steps, giant steps, and the last division.
fn steps(
    prepared: &Prepared,
    errors: &TransformErrors,
    diagonals: &[(usize, Complexes)],
    period: usize,
) -> Periodic<Moments> {
    let groups = &prepared.steps().groups;
    let giants = groups.keys().filter(|g| **g != 0).count();
    let constant = giants as f64 * errors.giant.powi(2) + errors.division.powi(2);
    // A diagonal that is a giant step itself takes baby step 0.
    let switched: Vec<&Complexes> = diagonals
        .iter()
        .filter(|(r, _)| !groups.get(r).is_some_and(|babies| babies.contains(&0)))
        .map(|d| &d.1)
        .collect();
    let squares = |i| switched.iter().map(|d| d.at(i).norm_sqr()).sum::<f64>();
    Periodic::from_fn(period, |i| {
        Moments::circular(constant + errors.baby.powi(2) * squares(i))
    })
}
