//! What is approximated: a function known by name, an expression in `x`, or a table of samples.
//!
//! Everything but a table is an [`Expr`] underneath, with values in doubles, floats and intervals and with Taylor
//! coefficients over both kinds of number.

mod centered;
mod check;
mod double;
mod elementary;
mod expr;
mod function;
mod literal;
mod named;
mod parity;
mod parse;
mod powers;
mod samples;
mod scalar;
mod series;
mod taylor;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rug::Float;

pub use centered::enclose_centered;
pub use check::{check_finite, check_positive};
pub use double::eval_f64;
pub use expr::{Expr, Operator};
pub use function::Function;
pub use named::Named;
pub use parity::Parity;
pub use samples::Samples;
pub use scalar::Scalar;
pub use taylor::{Jet, enclose, eval, taylor};

use crate::domain::Domain;
use crate::{ApproxError, Result};

/// A function to approximate.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// One of [`Named::list`].
    Named(Named),
    /// An expression in `x`.
    Expression(Expr),
    /// Values at finitely many points.
    Samples(Samples),
}

impl Target {
    /// The expression behind the target; a table has none.
    pub fn expr(&self) -> Option<Cow<'_, Expr>> {
        match self {
            Self::Named(named) => Some(Cow::Owned(named.expr())),
            Self::Expression(expr) => Some(Cow::Borrowed(expr)),
            Self::Samples(_) => None,
        }
    }

    /// The value at `x`.
    ///
    /// # Errors
    /// [`ApproxError::NonFinite`] where it is undefined, [`ApproxError::OutOfRange`] beside the points of a table.
    pub fn eval(&self, x: &Float) -> Result<Float> {
        match self {
            Self::Named(named) => eval(&named.expr(), x),
            Self::Expression(expr) => eval(expr, x),
            Self::Samples(samples) => {
                samples
                    .get(x)
                    .cloned()
                    .ok_or_else(|| ApproxError::OutOfRange {
                        name: "x",
                        value: x.describe(),
                        bound: "an abscissa of the table of samples".into(),
                    })
            }
        }
    }

    /// Proves that the target is finite on the domain; the values of a table are finite by construction.
    ///
    /// # Errors
    /// As [`check_finite`].
    pub fn check_finite(&self, domain: &Domain) -> Result<()> {
        self.expr()
            .map_or(Ok(()), |expr| check_finite(&expr, domain))
    }
}

impl FromStr for Target {
    type Err = ApproxError;

    /// Reads a name of [`Named::list`], else an expression.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().parse() {
            Ok(named) => Ok(Self::Named(named)),
            Err(()) => Ok(Self::Expression(text.parse()?)),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
            Self::Expression(expr) => expr.fmt(f),
            Self::Samples(samples) => write!(f, "{} samples", samples.points().len()),
        }
    }
}
