//! What errors there are, by label.

use super::{affine::Affine, moments::Moments, periodic::Periodic, quantile::quantile};
use crate::{
    circuit::{
        CircuitError, Shape,
        shadow::{Label, Slots},
    },
    quantity::ErrorBits,
};
use serde::Serialize;

/// Which error of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// |e|.
    Complex,
    /// |Re e|: of slots that hold real numbers, and are read as such.
    Real,
}

/// What is known of the secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secret {
    /// Every slot of the secret has its mean square: errors are Gaussian.
    Mean,
    /// The secret is as random as the errors, and the largest errors are where it is large: as in encryption and in the
    /// simulator.
    Random,
}

/// The error of a ciphertext.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorReport {
    /// Level, scale, number of slots.
    pub shape: Shape,
    /// √E|e|² of each slot, one period.
    pub deviations: Vec<f64>,
    /// √E(Re e)² of each slot, one period.
    pub real_deviations: Vec<f64>,
    /// The slot where √E|e|² is largest.
    pub worst: usize,
    /// √E|e|² there by label, the largest first: that one binds.
    pub terms: Vec<(Label, f64)>,
}

impl ErrorReport {
    pub(super) fn new(shape: &Shape, slots: &Affine) -> Self {
        let labels = slots.moments();
        let none = Periodic::constant(Moments::default());
        let add = |sum: Periodic<Moments>, term| sum.zip(term, |x, y| x + y);
        let total = labels.values().fold(none, add);
        // Errors may repeat sooner than values.
        let period = total.len().max(slots.values().len());
        let each = |f: fn(Moments) -> f64| -> Vec<f64> {
            (0..period).map(|i| f(total.at(i)).sqrt()).collect()
        };
        let deviations = each(|moments| moments.variance);
        let worst = (0..period).fold(0, |w, i| if deviations[i] > deviations[w] { i } else { w });
        let term =
            |(label, term): (&Label, &Periodic<Moments>)| (*label, term.at(worst).variance.sqrt());
        let mut terms: Vec<(Label, f64)> = labels.iter().map(term).collect();
        terms.sort_by(|a, b| b.1.total_cmp(&a.1));
        Self {
            shape: shape.clone(),
            real_deviations: each(Moments::real),
            deviations,
            worst,
            terms,
        }
    }

    /// The error that no slot exceeds but with probability 2^`log2_failure`, by the union bound with the deviation of the
    /// worst slot in all of them. The default of the project is 2^-20.
    ///
    /// Against [`Secret::Random`] it holds for every mixture of errors that are linear in the secret: the mixture of
    /// several slots of the secret has lighter tails than one.
    ///
    /// # Errors
    /// When there is no error, it is not finite, or `log2_failure` is not in [−1000, −1].
    pub fn bound(
        &self,
        part: Part,
        secret: Secret,
        log2_failure: f64,
    ) -> Result<ErrorBits, CircuitError> {
        if !(-1000.0..=-1.0).contains(&log2_failure) {
            return Err(CircuitError::FailureProbability { log2: log2_failure });
        }
        let deviations = match part {
            Part::Complex => &self.deviations,
            Part::Real => &self.real_deviations,
        };
        let worst = deviations.iter().copied().fold(0.0, f64::max);
        let p = log2_failure.exp2() / self.shape.slots as f64;
        Ok(ErrorBits::of(worst * quantile(part, secret, p))?)
    }
}
