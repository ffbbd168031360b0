//! The numbers that jets are made of: floating point, rounded to nearest, and rigorous intervals.

mod float;
mod interval;

use std::cmp::Ordering;
use std::num::NonZeroU32;

use rug::Rational;

use super::Function;

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
