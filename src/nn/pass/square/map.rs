//! scale·x + shift by channel, in f64.

use crate::nn::{GraphError, Op, Tensor};

/// One pair for each channel, the first axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Map(pub(super) Vec<[f64; 2]>);

impl Map {
    pub(super) fn of(scale: &Tensor, shift: &Tensor) -> Self {
        let pairs = scale.values().iter().zip(shift.values());
        Self(pairs.map(|(&a, &b)| [a.into(), b.into()]).collect())
    }

    /// This one after another: the channels of both are the same.
    pub(super) fn after(&self, first: &Self) -> Self {
        let pairs = self.0.iter().zip(&first.0);
        Self(pairs.map(|([a, b], [c, d])| [a * c, a * d + b]).collect())
    }

    /// The factors alone.
    pub(super) fn factors(&self) -> Self {
        Self(self.0.iter().map(|[scale, _]| [*scale, 0.0]).collect())
    }

    pub(super) fn has_shifts(&self) -> bool {
        self.0.iter().any(|[_, shift]| *shift != 0.0)
    }

    pub(super) fn has_factors(&self) -> bool {
        self.0.iter().any(|[scale, _]| (scale - 1.0).abs() > 0.0)
    }

    /// Rounded to f32.
    pub(super) fn op(&self) -> Result<Op, GraphError> {
        let list = |k: usize| Tensor::list(self.0.iter().map(|v| v[k] as f32).collect::<Vec<_>>());
        Ok(Op::Affine {
            scale: list(0)?,
            shift: list(1)?,
        })
    }
}
