//! Discrete Gaussians of any width, by convolution.

use super::{Confidential, Gaussian, SamplerError, Stream};

/// What each sample weighs more than the one before.
const STEP_LOG2: u32 = 2;
/// Standard deviations that are served.
const RANGE: [f64; 2] = [16.0, 1.267_650_600_228_229_4e30];
/// The largest deviation of a base sample.
const BASE: f64 = 64.0;

/// Σ 4^i·x_i for i = 0 … m with x_i of one narrow [`Gaussian`] of deviation s: a Gaussian on the integers of deviation
/// s·√(Σ 16^i), but for a statistical distance that vanishes beside that of the base, since s > 16 exceeds the smoothing
/// parameter of 4ℤ many times (Peikert 2010; Micciancio, Walter 2017, ePrint 2017/259).
#[derive(Clone, Debug)]
pub struct WideGaussian {
    base: Gaussian,
    steps: u32,
}

impl WideGaussian {
    /// For a deviation σ in [16, 2^100].
    pub fn new(sigma: f64) -> Result<Self, SamplerError> {
        let [low, high] = RANGE;
        if !(low..=high).contains(&sigma) {
            return Err(SamplerError::Deviation { sigma, low, high });
        }
        let (mut steps, mut squares) = (0, 1.0);
        while sigma / f64::sqrt(squares) > BASE {
            steps += 1;
            squares = squares * 16.0 + 1.0;
        }
        Ok(Self {
            base: Gaussian::new(sigma / squares.sqrt())?,
            steps,
        })
    }

    /// One number; below 2^106 in magnitude.
    pub fn sample<P: Confidential>(&self, stream: &mut Stream<P>) -> i128 {
        (0..=self.steps).fold(0, |sum, _| {
            (sum << STEP_LOG2) + i128::from(self.base.sample(stream))
        })
    }
}
