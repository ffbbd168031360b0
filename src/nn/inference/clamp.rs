//! Activations that only cut numbers off, which whoever computes the numbers does at once.

use super::Real;
use crate::nn::Activation;

/// min(max(x, low), high).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clamp<T> {
    pub(super) low: T,
    pub(super) high: T,
}

impl<T: Real> Clamp<T> {
    /// Nothing is cut off.
    pub(super) fn none() -> Self {
        Self {
            low: T::neg_infinity(),
            high: T::infinity(),
        }
    }

    /// The same as the activation, where it only cuts off.
    pub(super) fn of(activation: &Activation) -> Option<Self> {
        match *activation {
            Activation::Relu => Some(Self {
                low: T::zero(),
                high: T::infinity(),
            }),
            Activation::Clip { low, high } => Some(Self {
                low: T::from_f64(low.into()),
                high: T::from_f64(high.into()),
            }),
            _ => None,
        }
    }

    /// One number; what is not a number stays so.
    #[inline(always)]
    pub(super) fn apply(self, x: T) -> T {
        let x = if x < self.low { self.low } else { x };
        if x > self.high { self.high } else { x }
    }
}
