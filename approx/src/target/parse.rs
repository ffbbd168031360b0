//! Text to expression, by precedence climbing over the characters.
//!
//! `+ −` bind loosest, then `* /`, then a leading sign, then `^`, which groups to the right and may be followed by a
//! sign. Multiplication is always written. Both the nesting of the text and the depth of the tree are limited.

use std::str::FromStr;

use rug::Rational;

use super::expr::MAX_DEPTH;
use super::literal::literal;
use super::{Expr, Function, Operator};
use crate::{ApproxError, Result};

/// Open parentheses, signs and exponents at once; each costs a few stack frames.
const MAX_NESTING: usize = 200;

impl FromStr for Expr {
    type Err = ApproxError;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse_from(text, 1)
    }
}

impl Expr {
    /// Parses a part of a longer text, which begins at the given column of it.
    pub(crate) fn parse_from(text: &str, column: usize) -> Result<Self> {
        let mut parser = Parser {
            rest: text,
            column,
            nesting: 0,
        };
        let (expr, _) = parser.sum()?;
        match parser.peek() {
            None => Ok(expr),
            Some(found) => {
                Err(parser.fail(format!("expected an operator or the end, found `{found}`")))
            }
        }
    }
}

/// A tree and its depth.
type Node = (Expr, usize);

struct Parser<'a> {
    rest: &'a str,
    /// In characters, from 1.
    column: usize,
    nesting: usize,
}

impl Parser<'_> {
    fn fail(&self, why: String) -> ApproxError {
        ApproxError::Parse {
            what: "an expression",
            place: format!("column {}", self.column),
            why,
        }
    }

    fn skip(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.column += taken.chars().count();
        self.rest = rest;
    }

    /// The next character after blanks.
    fn peek(&mut self) -> Option<char> {
        let blanks = self.rest.len() - self.rest.trim_start().len();
        self.skip(blanks);
        self.rest.chars().next()
    }

    fn eat(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.skip(found.len_utf8());
        Some(found)
    }

    fn expect(&mut self, wanted: char) -> Result<()> {
        if self.eat(&[wanted]).is_some() {
            return Ok(());
        }
        let found = self.peek().map_or("the end".into(), |c| format!("`{c}`"));
        Err(self.fail(format!("expected `{wanted}`, found {found}")))
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.fail(format!(
                "expected at most {MAX_NESTING} nested parentheses, signs or exponents"
            )));
        }
        let value = inner(self);
        self.nesting -= 1;
        value
    }

    /// The depth of a node above subtrees of depth `below`.
    fn above(&self, below: usize) -> Result<usize> {
        if below >= MAX_DEPTH {
            return Err(self.fail(format!(
                "expected at most {MAX_DEPTH} operations on top of each other; group long sums with parentheses"
            )));
        }
        Ok(below + 1)
    }

    fn join(&self, operator: Operator, left: Node, right: Node) -> Result<Node> {
        let depth = self.above(left.1.max(right.1))?;
        Ok((
            Expr::Binary(operator, Box::new(left.0), Box::new(right.0)),
            depth,
        ))
    }

    fn sum(&mut self) -> Result<Node> {
        let mut left = self.product()?;
        while let Some(symbol) = self.eat(&['+', '-', '−']) {
            let right = self.product()?;
            let operator = if symbol == '+' {
                Operator::Add
            } else {
                Operator::Sub
            };
            left = self.join(operator, left, right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node> {
        let mut left = self.signed()?;
        while let Some(symbol) = self.eat(&['*', '·', '/']) {
            let right = self.signed()?;
            let operator = if symbol == '/' {
                Operator::Div
            } else {
                Operator::Mul
            };
            left = self.join(operator, left, right)?;
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Node> {
        match self.eat(&['+', '-', '−']) {
            None => self.power(),
            Some('+') => self.nested(Self::signed),
            Some(_) => {
                let (inner, depth) = self.nested(Self::signed)?;
                Ok((Expr::Neg(Box::new(inner)), self.above(depth)?))
            }
        }
    }

    fn power(&mut self) -> Result<Node> {
        let base = self.atom()?;
        if self.eat(&['^']).is_none() {
            return Ok(base);
        }
        let exponent = self.nested(Self::signed)?;
        self.join(Operator::Pow, base, exponent)
    }

    fn atom(&mut self) -> Result<Node> {
        match self.peek() {
            Some('(') => {
                self.skip(1);
                let inner = self.nested(Self::sum)?;
                self.expect(')')?;
                Ok(inner)
            }
            Some('0'..='9' | '.') => Ok((Expr::Number(self.number()?), 1)),
            Some('π') => {
                self.skip('π'.len_utf8());
                Ok((Expr::Pi, 1))
            }
            Some(c) if c.is_ascii_alphabetic() => self.name(),
            Some(found) => Err(self.fail(format!(
                "expected a number, `x`, a function or `(`, found `{found}`"
            ))),
            None => {
                Err(self.fail("expected a number, `x`, a function or `(`, found the end".into()))
            }
        }
    }

    fn name(&mut self) -> Result<Node> {
        let length = self
            .rest
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        let name = &self.rest[..length];
        let leaf = match name {
            "x" => Some(Expr::X),
            "pi" => Some(Expr::Pi),
            "e" => Some(Expr::E),
            _ => None,
        };
        if let Some(leaf) = leaf {
            self.skip(length);
            return Ok((leaf, 1));
        }
        let operator = match name {
            "max" => Some(Operator::Max),
            "min" => Some(Operator::Min),
            _ => None,
        };
        let Some(function) = Function::from_str(name).ok() else {
            let Some(operator) = operator else {
                let known: Vec<_> = Function::ALL.iter().map(|f| f.name()).collect();
                return Err(self.fail(format!(
                    "unknown name `{name}`; expected x, pi, e, max, min, {}",
                    known.join(", ")
                )));
            };
            self.skip(length);
            self.expect('(')?;
            let left = self.nested(Self::sum)?;
            self.expect(',')?;
            let right = self.nested(Self::sum)?;
            self.expect(')')?;
            return self.join(operator, left, right);
        };
        self.skip(length);
        self.expect('(')?;
        let (inner, depth) = self.nested(Self::sum)?;
        self.expect(')')?;
        Ok((Expr::Call(function, Box::new(inner)), self.above(depth)?))
    }

    fn number(&mut self) -> Result<Rational> {
        let (value, length) = literal(self.rest).map_err(|(offset, why)| {
            self.skip(offset);
            self.fail(why)
        })?;
        self.skip(length);
        Ok(value)
    }
}
