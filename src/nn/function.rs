//! Values of activations in f64.

use super::{Activation, Polynomial};
use equiripple_approx::{ApproxError, poly::FastChebyshev};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// A function of one number.
pub type Function = Box<dyn Fn(f64) -> f64 + Send + Sync>;

impl Activation {
    /// The function in f64, its polynomial made ready.
    ///
    /// ```
    /// use equiripple::nn::Activation;
    /// let gelu = Activation::Gelu.function()?;
    /// assert!((gelu(1.0) - 0.841_344_746).abs() < 1e-9);
    /// # Ok::<(), equiripple_approx::ApproxError>(())
    /// ```
    ///
    /// # Errors
    /// When the table of a polynomial is not valid.
    pub fn function(&self) -> Result<Function, ApproxError> {
        Ok(match *self {
            Self::Relu => Box::new(|x| x.max(0.0)),
            Self::LeakyRelu { slope } => {
                let slope = f64::from(slope);
                Box::new(move |x| if x > 0.0 { x } else { slope * x })
            }
            Self::Clip { low, high } => {
                let (low, high) = (f64::from(low), f64::from(high));
                Box::new(move |x| x.max(low).min(high))
            }
            Self::Sigmoid => Box::new(sigmoid),
            Self::Tanh => Box::new(f64::tanh),
            Self::HardSigmoid { slope, offset } => {
                let (slope, offset) = (f64::from(slope), f64::from(offset));
                Box::new(move |x| (slope * x + offset).clamp(0.0, 1.0))
            }
            Self::HardSwish => Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
            Self::Gelu => Box::new(|x| 0.5 * x * libm::erfc(-x * FRAC_1_SQRT_2)),
            Self::GeluTanh => Box::new(|x| {
                // √(2/π)
                let factor = FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
                0.5 * x * (1.0 + (factor * (x + 0.044_715 * x * x * x)).tanh())
            }),
            Self::Silu => Box::new(|x| x * sigmoid(x)),
            Self::Quadratic { a, b, c } => {
                let (a, b, c) = (f64::from(a), f64::from(b), f64::from(c));
                Box::new(move |x| (a * x + b) * x + c)
            }
            Self::Polynomial(ref polynomial) => Box::new(polynomial.function()?),
        })
    }
}

impl Polynomial {
    /// x ↦ B·r(x/B) in f64.
    ///
    /// # Errors
    /// When the table is not valid.
    pub fn function(&self) -> Result<impl Fn(f64) -> f64 + Send + Sync + use<>, ApproxError> {
        let stages = self.table.polys()?;
        let stages: Vec<FastChebyshev> = stages.iter().map(FastChebyshev::new).collect();
        let (range, product) = (f64::from(self.range), self.table.product);
        let scale = self.table.input_scale.value().to_f64();
        let offset = self.table.offset.value().to_f64();
        Ok(move |x: f64| {
            let x = x / range;
            let inner = stages.iter().fold(scale * x, |y, stage| stage.eval(y));
            let value = if product { (inner + 0.5) * x } else { inner };
            range * (value + offset)
        })
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
