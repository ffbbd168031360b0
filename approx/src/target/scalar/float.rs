//! Floating-point numbers, every operation rounded to nearest at the precision of its first argument.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use rug::float::Constant;
use rug::ops::Pow;
use rug::{Float, Rational};

use super::{Scalar, composed};
use crate::target::Function;

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
        crate::error::shown(self)
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
