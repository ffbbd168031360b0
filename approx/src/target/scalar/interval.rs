//! Intervals as the numbers of rigorous jets.

use std::cmp::Ordering;
use std::num::NonZeroU32;

use rug::Rational;

use super::{Scalar, composed};
use crate::interval::Interval;
use crate::target::Function;

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
