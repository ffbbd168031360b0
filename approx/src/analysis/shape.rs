//! What the stages are put together to, and what for.

use std::fmt;

use rug::Float;

use crate::{
    ApproxError, Result,
    target::{Target, eval_f64},
};

/// How the composition `P = p_k ∘ … ∘ p_1` makes the result `r`, and which function it stands for.
#[derive(Clone, Copy)]
pub enum Shape<'a> {
    /// `r = P` for sign on `[−1, −ε] ∪ [ε, 1]`; errors in the gap do not count, since none could be small there.
    Sign {
        /// ε, the lower end of the domain.
        epsilon: f64,
    },
    /// `r(x) = x/2 + x·P(x) + c₀` for ReLU on `[−1, 1]`, the factor ½ folded into the last stage.
    Relu {
        /// The constant c₀.
        offset: &'a Float,
    },
    /// `(a+b)/2 + (a−b)·P(a−b) + c₀` for the maximum, `|a−b| ≤ 1`. All figures are functions of `x = a − b` with
    /// `a = x/2 = −b`, so the target is `|x|/2`: adding the same to a and b changes no error.
    Max {
        /// The constant c₀.
        offset: &'a Float,
    },
    /// `r = P` for any function, on the interval of the first stage.
    Plain {
        /// The function.
        target: &'a (dyn Fn(f64) -> f64 + Sync),
    },
}

impl fmt::Debug for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sign { epsilon } => write!(f, "Sign {{ epsilon: {epsilon} }}"),
            Self::Relu { offset } => write!(f, "Relu {{ offset: {offset} }}"),
            Self::Max { offset } => write!(f, "Max {{ offset: {offset} }}"),
            Self::Plain { .. } => write!(f, "Plain"),
        }
    }
}

impl Shape<'_> {
    /// The name used in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sign { .. } => "sign",
            Self::Relu { .. } => "relu",
            Self::Max { .. } => "max",
            Self::Plain { .. } => "plain",
        }
    }

    /// The function that the result stands for.
    #[must_use]
    pub fn target(&self, x: f64) -> f64 {
        match self {
            Self::Sign { .. } => f64::from(i8::from(x > 0.0) - i8::from(x < 0.0)),
            Self::Relu { .. } => x.max(0.0),
            Self::Max { .. } => 0.5 * x.abs(),
            Self::Plain { target } => target(x),
        }
    }

    /// Whether the error at `x` counts.
    #[must_use]
    pub fn counts(&self, x: f64) -> bool {
        match self {
            Self::Sign { epsilon } => x.abs() >= *epsilon,
            _ => true,
        }
    }

    /// Whether `x·P` is formed, so that all stages must be odd and on `[−1, 1]`.
    pub(super) fn gated(&self) -> bool {
        matches!(self, Self::Relu { .. } | Self::Max { .. })
    }

    /// The constant c₀, zero where there is none.
    pub(super) fn offset(&self) -> f64 {
        match self {
            Self::Relu { offset } | Self::Max { offset } => offset.to_f64(),
            Self::Sign { .. } | Self::Plain { .. } => 0.0,
        }
    }

    /// Coefficient of the linear part beside `x·P`.
    pub(super) fn linear(&self) -> f64 {
        if matches!(self, Self::Relu { .. }) {
            0.5
        } else {
            0.0
        }
    }

    /// A [`Target`] in double precision, for [`Shape::Plain`].
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] for a table of samples, which is no function on an interval.
    pub fn function_of(target: &Target) -> Result<impl Fn(f64) -> f64 + Sync + use<>> {
        let expr = target.expr().ok_or_else(|| ApproxError::OutOfRange {
            name: "target",
            value: target.to_string(),
            bound: "a name or an expression: a table has no values between its points".into(),
        })?;
        let expr = expr.into_owned();
        Ok(move |x| eval_f64(&expr, x))
    }
}
