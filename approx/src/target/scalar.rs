//! The numbers that jets are made of: floating point, rounded to nearest, and rigorous intervals.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use rug::float::Constant;
use rug::ops::Pow;
use rug::{Float, Rational};

use super::Function;
use crate::interval::Interval;

/// A number with the operations of truncated Taylor arithmetic. `None` means: not defined somewhere in the argument.
#[expect(
    missing_docs,
    reason = "each operation is named after the arithmetic it does"
)]
pub trait Scalar: Clone {
    fn precision(&self) -> u32;
    fn from_rational(precision: u32, value: &Rational) -> Self;
    fn from_integer(precision: u32, value: i64) -> Self;
    fn pi(precision: u32) -> Self;
    fn add(&self, other: &Self) -> Self;
    fn sub(&self, other: &Self) -> Self;
    fn mul(&self, other: &Self) -> Self;
    fn neg(&self) -> Self;
    fn sqr(&self) -> Self;
    fn max(&self, other: &Self) -> Self;
    fn min(&self, other: &Self) -> Self;
    fn div(&self, other: &Self) -> Option<Self>;
    fn powi(&self, n: i32) -> Option<Self>;
    /// A power with a base that is not negative.
    fn pow(&self, exponent: &Self) -> Option<Self>;
    /// `self += a·b`
    fn add_mul(&mut self, a: &Self, b: &Self);
    /// `self *= n`
    fn scale(&mut self, n: i64);
    /// `self /= n`
    fn unscale(&mut self, n: NonZeroU32);
    /// The value of a named function.
    fn value(&self, function: Function) -> Option<Self>;
    /// The sign, if it is constant.
    fn sign(&self) -> Option<Ordering>;
    /// Whether a function with a kink at zero follows its right branch (`true`) or its left one on the whole
    /// argument; `None` if the kink lies inside, or the argument is zero.
    fn branch(&self) -> Option<bool>;
    /// The integer subtracted by `mod1`, if it is constant about the argument.
    fn nearest_integer(&self) -> Option<Self>;
    /// Whether the number is fit to be returned: a float must be finite; an interval says so itself.
    fn is_valid(&self) -> bool;
    /// A short text for messages, not exact.
    fn describe(&self) -> String;
}

impl Scalar for Interval {
    fn precision(&self) -> u32 {
        self.prec()
    }
    fn from_rational(precision: u32, value: &Rational) -> Self {
        Self::from_rational(precision, value)
    }
    fn from_integer(precision: u32, value: i64) -> Self {
        Self::from_integer(precision, value)
    }
    fn pi(precision: u32) -> Self {
        Self::pi(precision)
    }
    fn add(&self, other: &Self) -> Self {
        self.add(other)
    }
    fn sub(&self, other: &Self) -> Self {
        self.sub(other)
    }
    fn mul(&self, other: &Self) -> Self {
        self.mul(other)
    }
    fn neg(&self) -> Self {
        self.neg()
    }
    fn sqr(&self) -> Self {
        self.sqr()
    }
    fn max(&self, other: &Self) -> Self {
        self.max(other)
    }
    fn min(&self, other: &Self) -> Self {
        self.min(other)
    }
    fn div(&self, other: &Self) -> Option<Self> {
        self.div(other)
    }
    fn powi(&self, n: i32) -> Option<Self> {
        self.powi(n)
    }
    fn pow(&self, exponent: &Self) -> Option<Self> {
        self.pow(exponent)
    }
    fn add_mul(&mut self, a: &Self, b: &Self) {
        self.add_mul(a, b);
    }
    fn scale(&mut self, n: i64) {
        self.scale(n);
    }
    fn unscale(&mut self, n: NonZeroU32) {
        self.unscale(n);
    }
    fn sign(&self) -> Option<Ordering> {
        self.sign()
    }
    fn nearest_integer(&self) -> Option<Self> {
        Self::point(self.nearest_integer()?).ok()
    }
    fn is_valid(&self) -> bool {
        true
    }
    fn describe(&self) -> String {
        if self.is_point() {
            return self.lo().describe();
        }
        format!("[{}, {}]", self.lo().describe(), self.hi().describe())
    }

    fn branch(&self) -> Option<bool> {
        match (*self.lo() >= 0, *self.hi() <= 0) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    fn value(&self, function: Function) -> Option<Self> {
        Some(match function {
            Function::Exp => self.exp(),
            Function::Log => self.log()?,
            Function::Sqrt => self.sqrt()?,
            Function::Sin => self.sin(),
            Function::Cos => self.cos(),
            Function::Tan => self.tan()?,
            Function::Sinh => self.sinh(),
            Function::Cosh => self.cosh(),
            Function::Tanh => self.tanh(),
            Function::Atan => self.atan(),
            Function::Erf => self.erf(),
            Function::Erfc => self.erfc(),
            Function::Abs => self.abs(),
            Function::Sign => self.signum(),
            Function::Relu => self.max(&Self::from_integer(self.prec(), 0)),
            Function::Sigmoid => self.sigmoid(),
            Function::Softplus => self.softplus(),
            Function::Mod1 => self.mod1(),
            Function::Silu | Function::Gelu | Function::Inverse | Function::InvSqrt => {
                return composed(self, function);
            }
        })
    }
}

impl Scalar for Float {
    fn precision(&self) -> u32 {
        self.prec()
    }
    fn from_rational(precision: u32, value: &Rational) -> Self {
        Self::with_val(precision, value)
    }
    fn from_integer(precision: u32, value: i64) -> Self {
        Self::with_val(precision, value)
    }
    fn pi(precision: u32) -> Self {
        Self::with_val(precision, Constant::Pi)
    }
    fn add(&self, other: &Self) -> Self {
        Self::with_val(self.prec(), self + other)
    }
    fn sub(&self, other: &Self) -> Self {
        Self::with_val(self.prec(), self - other)
    }
    fn mul(&self, other: &Self) -> Self {
        Self::with_val(self.prec(), self * other)
    }
    fn neg(&self) -> Self {
        Self::with_val(self.prec(), -self)
    }
    fn sqr(&self) -> Self {
        Self::with_val(self.prec(), self.square_ref())
    }
    fn max(&self, other: &Self) -> Self {
        if self < other {
            other.clone()
        } else {
            self.clone()
        }
    }
    fn min(&self, other: &Self) -> Self {
        if other < self {
            other.clone()
        } else {
            self.clone()
        }
    }
    fn div(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| Self::with_val(self.prec(), self / other))
    }
    fn powi(&self, n: i32) -> Option<Self> {
        (n >= 0 || !self.is_zero()).then(|| Self::with_val(self.prec(), Pow::pow(self, n)))
    }
    fn pow(&self, exponent: &Self) -> Option<Self> {
        let defined = *self > 0 || (self.is_zero() && *exponent > 0);
        defined.then(|| Self::with_val(self.prec(), Pow::pow(self, exponent)))
    }
    fn add_mul(&mut self, a: &Self, b: &Self) {
        *self += a * b;
    }
    fn scale(&mut self, n: i64) {
        *self *= n;
    }
    fn unscale(&mut self, n: NonZeroU32) {
        *self /= n.get();
    }
    fn sign(&self) -> Option<Ordering> {
        self.cmp0()
    }
    fn is_valid(&self) -> bool {
        self.is_finite()
    }
    fn describe(&self) -> String {
        let short = self.to_f64();
        // Beyond the range of doubles the size still shows.
        if (short.abs() < 1e-290 && !self.is_zero()) || (short.is_infinite() && self.is_finite()) {
            return self.to_string_radix(10, Some(6));
        }
        if short.abs() < 1e-5 && !self.is_zero() || short.abs() > 1e15 {
            return format!("{short:e}");
        }
        // Not −0.
        format!("{}", short + 0.0)
    }

    fn branch(&self) -> Option<bool> {
        match self.cmp0()? {
            Ordering::Greater => Some(true),
            Ordering::Less => Some(false),
            Ordering::Equal => None,
        }
    }

    fn nearest_integer(&self) -> Option<Self> {
        let nearest = Self::with_val(self.prec(), self.round_ref());
        // At a half-integer the function jumps.
        let distance = Self::with_val(self.prec(), self - &nearest);
        (self.is_finite() && distance.abs() != 0.5).then_some(nearest)
    }

    fn value(&self, function: Function) -> Option<Self> {
        // Reducing an argument of 2^n takes n bits of π.
        let reducible =
            self.is_finite() && self.get_exp().is_none_or(|exponent| exponent < 1 << 16);
        Some(match function {
            Function::Exp => self.clone().exp(),
            Function::Log if *self > 0 => self.clone().ln(),
            Function::Sqrt if *self >= 0 => self.clone().sqrt(),
            Function::Sin if reducible => self.clone().sin(),
            Function::Cos if reducible => self.clone().cos(),
            Function::Tan if reducible => self.clone().tan(),
            Function::Log | Function::Sqrt | Function::Sin | Function::Cos | Function::Tan => {
                return None;
            }
            Function::Sinh => self.clone().sinh(),
            Function::Cosh => self.clone().cosh(),
            Function::Tanh => self.clone().tanh(),
            Function::Atan => self.clone().atan(),
            Function::Erf => self.clone().erf(),
            Function::Erfc => self.clone().erfc(),
            Function::Abs => self.clone().abs(),
            Function::Sign => Self::with_val(self.prec(), self.cmp0()? as i8),
            Function::Relu if *self > 0 => self.clone(),
            Function::Relu => Self::new(self.prec()),
            Function::Sigmoid => {
                let decay = (-self.clone().abs()).exp();
                let numerator = if *self < 0 {
                    decay.clone()
                } else {
                    Self::with_val(self.prec(), 1)
                };
                numerator / (decay + 1u32)
            }
            Function::Softplus => {
                let tail = (-self.clone().abs()).exp().ln_1p();
                if *self > 0 { tail + self } else { tail }
            }
            Function::Mod1 => Self::with_val(self.prec(), self - self.clone().round()),
            Function::Silu | Function::Gelu | Function::Inverse | Function::InvSqrt => {
                return composed(self, function);
            }
        })
    }
}

/// Functions that are products and quotients of others.
fn composed<N: Scalar>(u: &N, function: Function) -> Option<N> {
    let one = N::from_integer(u.precision(), 1);
    match function {
        Function::Silu => Some(u.mul(&u.value(Function::Sigmoid)?)),
        Function::Gelu => {
            // The complementary function keeps all digits of the left tail.
            let root2 = N::from_integer(u.precision(), 2).value(Function::Sqrt)?;
            let mut product = u.mul(&u.neg().div(&root2)?.value(Function::Erfc)?);
            product.unscale(NonZeroU32::MIN.saturating_add(1));
            Some(product)
        }
        Function::Inverse => one.div(u),
        Function::InvSqrt => one.div(&u.value(Function::Sqrt)?),
        _ => None,
    }
}
