//! Linear transforms on slots.

use super::{Cause, Disturbance, Event, Label, Operation, Slots};
use crate::{
    circuit::{
        LinearTransform, Scheme, Shape,
        linear::Steps,
        noise::{Noise, Variance},
    },
    quantity::{Level, Scale},
};
use num_complex::Complex64;
use std::collections::BTreeMap;

/// A linear transform for one level, its diagonals encoded at one scale.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) transform: LinearTransform,
    pub(super) steps: Steps,
    pub(super) level: Level,
    pub(super) scale: Scale,
    pub(super) event: Event,
}

impl Prepared {
    /// What is transformed.
    #[must_use]
    pub const fn transform(&self) -> &LinearTransform {
        &self.transform
    }

    /// Where it is applied.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Its baby steps and giant steps.
    #[must_use]
    pub const fn steps(&self) -> &Steps {
        &self.steps
    }

    /// What it takes, and how often.
    pub(super) fn operations(&self) -> [(Operation, u64); 5] {
        let nonzero = |k: &&usize| **k != 0;
        let babies = self.steps.babies().iter().filter(nonzero).count() as u64;
        let giants = self.steps.groups.keys().filter(nonzero).count() as u64;
        let diagonals = self.transform.diagonals().len() as u64;
        [
            (Operation::Decompose, babies.min(1)),
            (Operation::BabyStep, babies),
            (Operation::Diagonal, diagonals),
            (Operation::GiantStep, giants),
            (Operation::DivideByP, 1),
        ]
    }
}

/// Deviations of the errors of one transform, √E|e|² of a slot; see [`Noise::giant_step`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransformErrors {
    /// This use of the transform.
    pub event: Event,
    /// Where.
    pub level: Level,
    /// Of the key of a baby step other than 0, in slots of the operand.
    pub baby: f64,
    /// Of a diagonal of one entry, see [`TransformErrors::encoding`].
    pub encoding: f64,
    /// Of a giant step other than 0, in slots of the result.
    pub giant: f64,
    /// Share of its square that goes with the secret.
    pub giant_of_secret: f64,
    /// Of the last division, in slots of the result.
    pub division: f64,
    /// Share of its square that goes with the secret.
    pub division_of_secret: f64,
}

impl TransformErrors {
    /// For a ciphertext of shape `from` that is transformed to `to`.
    pub(super) fn new(
        scheme: &Scheme,
        event: Event,
        plain: &Scale,
        from: &Shape,
        to: &Shape,
    ) -> Self {
        let noise = Noise::new(scheme);
        let level = from.level;
        let deviation =
            |variance: Variance, scale| noise.slot(variance.total(), from.slots, scale).sqrt();
        let of_secret = |variance: Variance| variance.secret / variance.total();
        Self {
            event,
            level,
            baby: deviation(noise.key_error(level), &from.scale),
            encoding: noise.slot(noise.encoding().total(), 1, plain).sqrt(),
            giant: deviation(noise.giant_step(level), &to.scale),
            giant_of_secret: of_secret(noise.giant_step(level)),
            division: deviation(noise.division(2), &to.scale),
            division_of_secret: of_secret(noise.division(2)),
        }
    }

    /// Of a diagonal of that period: as many slots as it has are encoded.
    #[must_use]
    pub fn encoding(&self, period: usize) -> f64 {
        self.encoding * (period as f64).sqrt()
    }

    /// The label of an error inside.
    #[must_use]
    pub const fn label(&self, cause: Cause) -> Label {
        Label {
            cause,
            level: self.level,
        }
    }

    fn disturbance(
        &self,
        event: Event,
        cause: Cause,
        deviation: f64,
        of_secret: f64,
    ) -> Disturbance {
        Disturbance {
            event,
            label: self.label(cause),
            deviation,
            of_secret,
        }
    }
}

/// y = Σ_g rot_g(Σ_b rot_(−g)(d_(g+b))·rot_b(x)), with the errors of every step.
pub(super) fn by_steps<S: Slots>(x: &S, prepared: &Prepared, errors: &TransformErrors) -> S {
    let n = prepared.transform.slots();
    let step = |kind: u64, k: usize| errors.event.then(kind).then(k as u64);
    let baby = |b: usize| match b {
        0 => x.clone(),
        b => {
            let error = errors.disturbance(step(0, b), Cause::Transform, errors.baby, 0.0);
            x.rotated(b, n).disturbed(&error)
        }
    };
    let babies: BTreeMap<usize, S> = prepared
        .steps
        .babies()
        .into_iter()
        .map(|b| (b, baby(b)))
        .collect();
    let product = |g: usize, b: usize| {
        let r = g + b;
        let diagonal = &prepared.transform.diagonals()[&r];
        let period = diagonal.len();
        let turned: Vec<Complex64> = (0..period)
            .map(|i| diagonal[(i + n - g) % period])
            .collect();
        let event = prepared.event.then(r as u64);
        let error = errors.disturbance(event, Cause::Encoding, errors.encoding(period), 0.0);
        babies[&b].times(&turned, &error)
    };
    let add = |a: S, b: S| a.sum(&b);
    let giant = |(g, group): (&usize, &Vec<usize>)| {
        let sum = group.iter().map(|b| product(*g, *b)).reduce(add)?;
        Some(match *g {
            0 => sum,
            g => {
                let error = errors.disturbance(
                    step(1, g),
                    Cause::Transform,
                    errors.giant,
                    errors.giant_of_secret,
                );
                sum.rotated(g, n).disturbed(&error)
            }
        })
    };
    let sum = prepared.steps.groups.iter().filter_map(giant).reduce(add);
    let error = errors.disturbance(
        step(2, 0),
        Cause::Transform,
        errors.division,
        errors.division_of_secret,
    );
    // A transform has at least one diagonal, so there is a sum.
    sum.unwrap_or_else(|| x.clone()).disturbed(&error)
}
