//! Expressions in one variable: the tree, its exact constants, and text that parses back to the same tree.

use std::fmt;

use rug::ops::Pow;
use rug::{Integer, Rational};

use super::Function;

/// The deepest tree that is built; every walk recurses, so this bounds the stack.
pub(super) const MAX_DEPTH: usize = 400;

/// Exact constants beyond this many bits are left to interval or floating-point evaluation.
const MAX_EXACT_BITS: u64 = 1 << 16;

/// An operation on two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `a + b`
    Add,
    /// `a − b`
    Sub,
    /// `a·b`
    Mul,
    /// `a/b`
    Div,
    /// `a^b`
    Pow,
    /// `max(a,b)`
    Max,
    /// `min(a,b)`
    Min,
}

/// An expression in `x`. Trees made by the parser are at most [`Expr::depth`] 400 deep.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// An exact number; decimal literals are kept as they were written.
    Number(Rational),
    /// π
    Pi,
    /// The base of the natural logarithm.
    E,
    /// The variable.
    X,
    /// `−a`
    Neg(Box<Expr>),
    /// An operation on two expressions.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// A function of an expression.
    Call(Function, Box<Expr>),
}

impl Expr {
    /// A function of `x`.
    pub fn call_x(function: Function) -> Self {
        Self::Call(function, Box::new(Self::X))
    }

    /// Nodes on the longest path from the root.
    pub fn depth(&self) -> usize {
        match self {
            Self::Number(_) | Self::Pi | Self::E | Self::X => 1,
            Self::Neg(a) | Self::Call(_, a) => 1 + a.depth(),
            Self::Binary(_, a, b) => 1 + a.depth().max(b.depth()),
        }
    }

    /// Whether `x` does not occur.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::X => false,
            Self::Number(_) | Self::Pi | Self::E => true,
            Self::Neg(a) | Self::Call(_, a) => a.is_constant(),
            Self::Binary(_, a, b) => a.is_constant() && b.is_constant(),
        }
    }

    /// The exact value of an expression of numbers, `+ − * /` and integer powers; `None` for any other.
    pub fn rational(&self) -> Option<Rational> {
        let value = match self {
            Self::Number(value) => value.clone(),
            Self::Neg(a) => -a.rational()?,
            Self::Binary(operator, a, b) => {
                let (a, b) = (a.rational()?, b.rational()?);
                match operator {
                    Operator::Add => a + b,
                    Operator::Sub => a - b,
                    Operator::Mul => a * b,
                    Operator::Div if b == 0 => return None,
                    Operator::Div => a / b,
                    Operator::Pow => power(&a, &b)?,
                    Operator::Max => a.max(b),
                    Operator::Min => a.min(b),
                }
            }
            _ => return None,
        };
        (bits(&value) <= MAX_EXACT_BITS).then_some(value)
    }

    /// How tightly the text of this node binds: a sum 1, a product 2, a sign 3, a power 4, anything closed 5.
    fn binding(&self) -> u8 {
        match self {
            Self::Binary(Operator::Add | Operator::Sub, ..) => 1,
            Self::Binary(Operator::Mul | Operator::Div, ..) => 2,
            Self::Neg(_) => 3,
            Self::Binary(Operator::Pow, ..) => 4,
            Self::Number(value) if *value < 0 => 3,
            Self::Number(value) if !value.is_integer() && decimal(value).is_none() => 2,
            _ => 5,
        }
    }

    fn write_at(&self, f: &mut fmt::Formatter<'_>, binding: u8) -> fmt::Result {
        if self.binding() < binding {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

fn bits(value: &Rational) -> u64 {
    u64::from(value.numer().significant_bits()) + u64::from(value.denom().significant_bits())
}

/// `a^b` for an integer `b`, unless it is undefined or too long.
fn power(a: &Rational, b: &Rational) -> Option<Rational> {
    if !b.is_integer() {
        return None;
    }
    let n = b.numer().to_i32()?;
    let too_long = u64::from(n.unsigned_abs()).saturating_mul(bits(a)) > MAX_EXACT_BITS;
    let trivial = a.numer().significant_bits() <= 1 && *a.denom() == 1;
    if (*a == 0 && n < 0) || (too_long && !trivial) {
        return None;
    }
    if trivial {
        let odd = n % 2 != 0;
        return Some(if n == 0 || (*a < 0 && !odd) {
            Rational::from(1)
        } else {
            a.clone()
        });
    }
    Some(a.clone().pow(n))
}

/// The finite decimal expansion of a non-negative number, if it has one of reasonable length.
pub(super) fn decimal(value: &Rational) -> Option<String> {
    let mut rest = Integer::from(value.denom());
    let twos = rest.remove_factor_mut(&Integer::from(2));
    let fives = rest.remove_factor_mut(&Integer::from(5));
    let places = twos.max(fives);
    if rest != 1 || places > 4096 {
        return None;
    }
    let scaled = Rational::from(value * Integer::from(10).pow(places))
        .numer()
        .to_string();
    let places = places as usize;
    if places == 0 {
        return Some(scaled);
    }
    let padded = format!("{scaled:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    Some(format!("{whole}.{fraction}"))
}

impl fmt::Display for Expr {
    /// Text with the fewest parentheses that parses to the same tree.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => {
                if *value < 0 {
                    f.write_str("-")?;
                }
                let magnitude = value.clone().abs();
                match decimal(&magnitude) {
                    Some(text) => f.write_str(&text),
                    None => write!(f, "{}/{}", magnitude.numer(), magnitude.denom()),
                }
            }
            Self::Pi => f.write_str("pi"),
            Self::E => f.write_str("e"),
            Self::X => f.write_str("x"),
            Self::Neg(a) => {
                f.write_str("-")?;
                a.write_at(f, 3)
            }
            Self::Call(function, a) => write!(f, "{function}({a})"),
            Self::Binary(operator, a, b) => {
                let (symbol, left, right) = match operator {
                    Operator::Add => ("+", 1, 2),
                    Operator::Sub => ("-", 1, 2),
                    Operator::Mul => ("*", 2, 3),
                    Operator::Div => ("/", 2, 3),
                    // The exponent may carry a sign, the base may not: -2^2 is -(2^2).
                    Operator::Pow => ("^", 5, 3),
                    Operator::Max => return write!(f, "max({a},{b})"),
                    Operator::Min => return write!(f, "min({a},{b})"),
                };
                a.write_at(f, left)?;
                f.write_str(symbol)?;
                b.write_at(f, right)
            }
        }
    }
}
