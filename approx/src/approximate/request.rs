//! What is asked for, and whether it makes sense.

use rug::Float;

use super::Form;
use crate::{
    ApproxError, Result,
    composite::Objective,
    domain::Domain,
    remez::Basis,
    rounding::Rounding,
    target::{Expr, Function, Named, Target},
};

/// What the approximation must reach.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// The least-level design of precision α: sign with error 2^-(α−1) on `[2^-α, 1]`; ReLU and max with error 2^-α on
    /// all of `[−1, 1]`; any other function with error 2^-α on its domain.
    Alpha(f64),
    /// These degrees, the stage that is applied first coming first.
    Degrees(Vec<usize>),
}

/// A problem statement.
#[derive(Debug, Clone)]
pub struct Request {
    /// The function.
    pub target: Target,
    /// What it must reach.
    pub goal: Goal,
    /// ε, for sign and ReLU by degrees; ReLU's is tuned when absent.
    pub epsilon: Option<Float>,
    /// Where, for one polynomial.
    pub domain: Option<Domain>,
    /// Weight of the error, for one polynomial.
    pub weight: Option<Expr>,
    /// Relative error, for one polynomial.
    pub relative: bool,
    /// Basis, for one polynomial; by the parity of the function when absent.
    pub basis: Option<Basis>,
    /// Given coefficients of powers of x, for one polynomial.
    pub fixed: Vec<(u32, Float)>,
    /// Whose error the last stage of a ReLU minimises.
    pub objective: Objective,
    /// Whether ReLU and max may use a constant.
    pub offset: bool,
    /// Noise margin of the stages.
    pub margin: Float,
    /// What coefficients are rounded to.
    pub rounding: Rounding,
    /// Working precision in bits.
    pub precision: Option<u32>,
    /// Largest degree of a stage that a search may use.
    pub max_degree: usize,
}

impl Request {
    /// A request with all options at their defaults.
    pub fn new(target: Target, goal: Goal) -> Self {
        Self {
            target,
            goal,
            epsilon: None,
            domain: None,
            weight: None,
            relative: false,
            basis: None,
            fixed: vec![],
            objective: Objective::Relu,
            offset: true,
            margin: Float::new(64),
            rounding: Rounding::Exact,
            precision: None,
            max_degree: 31,
        }
    }

    /// Which form the result takes. Sign on `[−1, −ε] ∪ [ε, 1]` is a composition; on any other domain, or with a
    /// weight or a basis, one polynomial.
    pub(super) fn form(&self) -> Result<Form> {
        self.check()?;
        let plain = self.weight.is_none()
            && !self.relative
            && self.basis.is_none()
            && self.fixed.is_empty();
        Ok(match &self.target {
            Target::Named(Named::Function(Function::Sign))
                if plain && (self.domain.is_none() || self.sign_epsilon().is_some()) =>
            {
                Form::Sign
            }
            Target::Named(Named::Function(Function::Relu)) if plain && self.domain.is_none() => {
                Form::Relu
            }
            Target::Named(Named::Max) if plain && self.domain.is_none() => Form::Max,
            _ => Form::Polynomial,
        })
    }

    /// ε of a domain `[−1, −ε] ∪ [ε, 1]`.
    pub(super) fn sign_epsilon(&self) -> Option<Float> {
        let domain = self.domain.as_ref()?;
        match domain.intervals() {
            [_, right] if domain.is_symmetric() && *right.hi() == 1 => Some(right.lo().clone()),
            _ => None,
        }
    }

    fn check(&self) -> Result<()> {
        let out_of_range = |name, value: String, bound: &str| {
            Err(ApproxError::OutOfRange {
                name,
                value,
                bound: bound.into(),
            })
        };
        match &self.goal {
            Goal::Alpha(alpha) if !(*alpha > 0.0 && *alpha <= 100.0) => {
                out_of_range("alpha", alpha.to_string(), "above 0 and at most 100")
            }
            Goal::Degrees(degrees) if degrees.is_empty() || degrees.len() > 32 => out_of_range(
                "number of degrees",
                degrees.len().to_string(),
                "from 1 to 32",
            ),
            _ => Ok(()),
        }?;
        if let Some(e) = &self.epsilon
            && !(*e > 0 && *e < 1)
        {
            return out_of_range("epsilon", e.to_f64().to_string(), "between 0 and 1");
        }
        if self.margin.is_nan() || self.margin < 0 || self.margin > 0.25 {
            return out_of_range("margin", self.margin.to_f64().to_string(), "from 0 to 1/4");
        }
        if let Some(bits) = self.precision
            && !(64..=65_536).contains(&bits)
        {
            let why = "the working precision must leave room below the error and fit into memory"
                .to_string();
            return Err(ApproxError::Precision {
                precision: bits,
                needed: 64,
                why,
            });
        }
        Ok(())
    }
}
