//! The functions that a target can be named after.

use std::fmt;
use std::str::FromStr;

use rug::Rational;

use super::{Expr, Function, Operator};

/// A function known by name, in the variable `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// The larger of two numbers, as a function of their difference: `max(a,b) = b + max(a−b, 0)`.
    Max,
    /// A function that expressions know too.
    Function(Function),
}

/// Names in the order of help texts, each with the line that defines it.
const LIST: &[(Named, &str)] = &[
    (Named::Function(Function::Sign), "x/|x|, 0 at 0"),
    (Named::Function(Function::Relu), "max(x, 0)"),
    (Named::Max, "max(a,b) = b + max(x, 0) with x = a - b"),
    (Named::Function(Function::Abs), "|x|"),
    (Named::Function(Function::Sigmoid), "1/(1 + exp(-x))"),
    (
        Named::Function(Function::Tanh),
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    ),
    (
        Named::Function(Function::Gelu),
        "x/2 * (1 + erf(x/sqrt(2)))",
    ),
    (Named::Function(Function::Silu), "x/(1 + exp(-x))"),
    (Named::Function(Function::Softplus), "log(1 + exp(x))"),
    (
        Named::Function(Function::Erf),
        "2/sqrt(pi) * integral of exp(-t^2) from 0 to x",
    ),
    (Named::Function(Function::Exp), "e^x"),
    (
        Named::Function(Function::Log),
        "natural logarithm of x, x > 0",
    ),
    (Named::Function(Function::Inverse), "1/x"),
    (Named::Function(Function::Sqrt), "square root of x, x >= 0"),
    (Named::Function(Function::InvSqrt), "1/sqrt(x), x > 0"),
    (Named::Function(Function::Sin), "sine of x radians"),
    (Named::Function(Function::Cos), "cosine of x radians"),
    (
        Named::Function(Function::Mod1),
        "x - n, n the integer nearest to x",
    ),
];

impl Named {
    /// Every name with a one-line formula, in the order of help texts.
    pub fn list() -> &'static [(Self, &'static str)] {
        LIST
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Function(function) => function.name(),
        }
    }

    /// The function as an expression.
    pub fn expr(self) -> Expr {
        match self {
            Self::Max => Expr::Binary(
                Operator::Max,
                Box::new(Expr::X),
                Box::new(Expr::Number(Rational::new())),
            ),
            Self::Function(function) => Expr::call_x(function),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Named {
    type Err = ();

    /// Reads a name of the list.
    fn from_str(name: &str) -> Result<Self, ()> {
        let found = LIST.iter().find(|(named, _)| named.name() == name);
        found.map(|(named, _)| *named).ok_or(())
    }
}
