//! Odd and even: proved from the expression where that is possible, else tested with witnesses.

use std::fmt;

use rug::Float;

use super::expr::Expr;
use super::function::Shape;
use super::{Operator, Scalar, Target};
use crate::domain::Domain;
use crate::{ApproxError, Result};

/// Points tested on each interval.
const POINTS: u32 = 65;

/// A symmetry about zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// `f(−x) = −f(x)`
    Odd,
    /// `f(−x) = f(x)`
    Even,
}

impl Parity {
    /// `odd` or `even`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Odd => "odd",
            Self::Even => "even",
        }
    }

    /// Parity of a product or quotient.
    fn times(self, other: Self) -> Self {
        if self == other { Self::Even } else { Self::Odd }
    }
}

impl fmt::Display for Parity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Expr {
    /// The parity that follows from the form of the expression; `None` says nothing.
    pub fn parity(&self) -> Option<Parity> {
        use Parity::{Even, Odd};
        match self {
            Self::Number(_) | Self::Pi | Self::E => Some(Even),
            Self::X => Some(Odd),
            Self::Neg(a) => a.parity(),
            Self::Call(function, a) => match (a.parity()?, function.shape()) {
                (Even, _) | (Odd, Shape::Even) => Some(Even),
                (Odd, Shape::Odd) => Some(Odd),
                (Odd, Shape::Neither) => None,
            },
            Self::Binary(operator, a, b) => {
                let (left, right) = (a.parity()?, b.parity()?);
                match operator {
                    Operator::Mul | Operator::Div => Some(left.times(right)),
                    Operator::Add | Operator::Sub => (left == right).then_some(left),
                    Operator::Max | Operator::Min => {
                        (left == Even && right == Even).then_some(Even)
                    }
                    Operator::Pow if left == Even && right == Even => Some(Even),
                    Operator::Pow => {
                        let exponent = b.rational().filter(rug::Rational::is_integer)?;
                        (left == Odd).then(|| {
                            if exponent.numer().is_even() {
                                Even
                            } else {
                                Odd
                            }
                        })
                    }
                }
            }
        }
    }
}

impl Target {
    /// The parity that is known without a test; a table of samples has none.
    pub fn parity(&self) -> Option<Parity> {
        self.expr().and_then(|expr| expr.parity())
    }

    /// Checks that the domain is symmetric and the target has the given parity on it: from its form, else at points.
    ///
    /// # Errors
    /// [`ApproxError::Parity`] with a point where it fails, or [`ApproxError::NonFinite`].
    pub fn check_parity(&self, parity: Parity, domain: &Domain) -> Result<()> {
        let fail = |why| ApproxError::Parity {
            parity: parity.name(),
            why,
        };
        if let Self::Samples(samples) = self {
            return samples.check_parity(parity);
        }
        if !domain.is_symmetric() {
            return Err(fail(format!(
                "the domain {domain} is not symmetric about 0"
            )));
        }
        if self.parity() == Some(parity) {
            return Ok(());
        }
        let half = domain.positive_half().unwrap_or_else(|| domain.clone());
        let mut pairs = Vec::new();
        for x in half.iter().flat_map(points) {
            let (right, left) = (self.eval(&x)?, self.eval(&x.neg())?);
            pairs.push((x, right, left));
        }
        // A difference far above rounding and far below any asymmetry that matters.
        let scale = pairs
            .iter()
            .flat_map(|(_, a, b)| [a, b])
            .fold(Float::new(domain.prec()), |m, y| m.max(&y.clone().abs()));
        let tolerance = scale >> (domain.prec() / 2);
        for (x, right, left) in pairs {
            if differ(parity, &right, &left) > tolerance {
                return Err(fail(witness(&x, &right, &left)));
            }
        }
        Ok(())
    }
}

/// `|f(x) ∓ f(−x)|`
pub(super) fn differ(parity: Parity, right: &Float, left: &Float) -> Float {
    match parity {
        Parity::Even => right.sub(left).abs(),
        Parity::Odd => right.add(left).abs(),
    }
}

pub(super) fn witness(x: &Float, right: &Float, left: &Float) -> String {
    format!(
        "f({0}) = {1} and f(−{0}) = {2}",
        x.describe(),
        right.describe(),
        left.describe()
    )
}

/// Points of an interval, both ends among them, denser than the features of a usual function.
fn points(interval: &crate::interval::Interval) -> impl Iterator<Item = Float> {
    let width = interval.width();
    (0..POINTS).map(move |k| {
        let offset = Float::with_val(interval.prec(), &width * k) / (POINTS - 1);
        (offset + interval.lo()).clamp(interval.lo(), interval.hi())
    })
}
