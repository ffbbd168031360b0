//! How errors vary over slots.

use super::NoiseError;
use crate::{
    circuit::{
        activation::Activation,
        noise::{Noise, Variance},
    },
    quantity::{Level, Scale},
};
use equiripple_approx::coeffs::CoefficientTable;
use std::{ops::Add, sync::Arc};

/// Variance of the real part of an error: even + secret·|s(ζ)|²/h in the slot of ζ.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Law {
    /// The same in every slot.
    pub even: f64,
    /// At the mean |s(ζ)|².
    pub secret: f64,
}

impl Law {
    /// Of a coefficient's variance, read in so many slots at a scale.
    #[must_use]
    pub fn of(noise: &Noise<'_>, variance: Variance, slots: usize, scale: &Scale) -> Self {
        // Half of a slot's |e|² is the real part's.
        let part = |variance| noise.slot(variance, slots, scale) / 2.0;
        Self {
            even: part(variance.even),
            secret: part(variance.secret),
        }
    }

    /// The least-squares line through e² over |s(ζ)|²/h, its mean kept and no part negative.
    ///
    /// ```
    /// use equiripple::nn::noise::Law;
    /// let law = Law::fitted(&[(1.0, 0.0), (2.0, 1.5), (1.0, 0.0), (-2.0, 1.5)]);
    /// assert!((law.even - 1.0).abs() < 1e-12 && (law.secret - 2.0).abs() < 1e-12);
    /// ```
    #[must_use]
    pub fn fitted(errors: &[(f64, f64)]) -> Self {
        let count = errors.len().max(1) as f64;
        let mean =
            |f: &dyn Fn(f64, f64) -> f64| errors.iter().map(|&(e, s)| f(e, s)).sum::<f64>() / count;
        let (square, share) = (mean(&|e, _| e * e), mean(&|_, s| s));
        let covariance = mean(&|e, s| (e * e - square) * (s - share));
        let spread = mean(&|_, s| (s - share).powi(2));
        let slope = if spread > 0.0 {
            covariance / spread
        } else {
            0.0
        };
        let most = if share > 0.0 { square / share } else { 0.0 };
        let secret = slope.clamp(0.0, most);
        Self {
            even: (square - secret * share).max(0.0),
            secret,
        }
    }

    /// Of errors whose variance is so many times as large.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            even: self.even * factor,
            secret: self.secret * factor,
        }
    }

    /// Over all slots.
    #[must_use]
    pub fn total(self) -> f64 {
        self.even + self.secret
    }

    /// The mean of several.
    pub(super) fn mean(laws: &[Self]) -> Self {
        let sum = laws.iter().fold(Self::default(), |sum, law| sum + *law);
        sum.times(1.0 / laws.len().max(1) as f64)
    }
}

impl Add for Law {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            even: self.even + other.even,
            secret: self.secret + other.secret,
        }
    }
}

/// What only a simulation of the circuits tells. Errors are those of numbers in [−1, 1].
pub trait Laws {
    /// What a refused circuit returns.
    type Error: From<NoiseError>;

    /// |s(ζ)|²/h of so many slots.
    fn squares(&mut self, slots: usize) -> Arc<[f64]>;

    /// Of a bootstrap of so many real slots.
    #[allow(clippy::missing_errors_doc, reason = "each simulation has its own")]
    fn bootstrap(&mut self, slots: usize) -> Result<Law, Self::Error>;

    /// Of a table's circuit that begins at a level, by its argument in bins of equal width from −1 to 1.
    #[allow(clippy::missing_errors_doc, reason = "each simulation has its own")]
    fn activation(
        &mut self,
        table: &Arc<CoefficientTable>,
        form: Activation,
        slots: usize,
        level: Level,
    ) -> Result<Arc<[Law]>, Self::Error>;
}
