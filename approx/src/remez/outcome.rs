//! What an exchange returns, and the limits it runs under.

use std::time::{Duration, Instant};

use rug::Float;

use crate::{ApproxError, Result, poly::Chebyshev};

/// A converged minimax polynomial. There is no unconverged one: that is an error.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The polynomial.
    pub poly: Chebyshev,
    /// Levelled error of the last reference, weighted: a lower bound of the optimum (de la Vallée-Poussin).
    pub levelled: Float,
    /// Largest weighted error found at the extrema; at least `levelled`.
    pub largest: Float,
    /// Exchange steps.
    pub iterations: usize,
    /// Working precision in bits at which it converged.
    pub precision: u32,
    /// The last reference, in rising order.
    pub reference: Vec<Float>,
}

impl Outcome {
    /// `(largest − levelled)/largest`: zero for a perfectly levelled error.
    pub fn unlevelled(&self) -> f64 {
        (Float::with_val(64, &self.largest - &self.levelled) / &self.largest).to_f64()
    }
}

/// How long a computation may take.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    start: Instant,
    limit: Option<Duration>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::unlimited()
    }
}

impl Budget {
    /// No limit.
    pub fn unlimited() -> Self {
        Self {
            start: Instant::now(),
            limit: None,
        }
    }

    /// At most `seconds` from now on.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] unless `seconds` is positive and finite.
    pub fn seconds(seconds: f64) -> Result<Self> {
        let limit = Duration::try_from_secs_f64(seconds)
            .ok()
            .filter(|d| !d.is_zero());
        match limit {
            Some(limit) => Ok(Self {
                start: Instant::now(),
                limit: Some(limit),
            }),
            None => Err(ApproxError::OutOfRange {
                name: "time limit",
                value: seconds.to_string(),
                bound: "a positive number of seconds".into(),
            }),
        }
    }

    /// [`ApproxError::TimeLimit`] once the time is up.
    pub fn check(&self, what: &'static str) -> Result<()> {
        match self.limit {
            Some(limit) if self.start.elapsed() > limit => Err(ApproxError::TimeLimit {
                seconds: limit.as_secs_f64(),
                what,
            }),
            _ => Ok(()),
        }
    }
}
