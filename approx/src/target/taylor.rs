//! Taylor coefficients of an expression, at a number or over an interval.

use rug::Float;

use super::series::Series;
use super::{Expr, Operator, Scalar};
use crate::interval::Interval;
use crate::{ApproxError, Result};

/// Bits added while an expression is evaluated, taken off by the last rounding.
const GUARD_BITS: u32 = 32;

/// The largest denominator of an exponent that takes the recurrence of a root.
const MAX_ROOT: u16 = 1 << 12;

/// Orders beyond this are refused; the recurrences take quadratic time.
const MAX_ORDER: usize = 1 << 14;

/// The coefficients `f^{(k)}(c)/k!`.
#[derive(Debug, Clone, PartialEq)]
pub struct Jet<N> {
    /// Orders 0 to the one asked for; order 0 alone if the jet is not smooth.
    pub coefficients: Vec<N>,
    /// Whether all orders asked for exist. Above order 0 they do not where a kink or a jump (`abs`, `sign`, `max`, `mod1`, the end of a root)
    /// lies in the centre.
    pub smooth: bool,
}

/// The Taylor coefficients of orders 0 to `order` about `center`.
///
/// About an [`Interval`] `X` the k-th coefficient encloses `f^{(k)}(ξ)/k!` for every `ξ ∈ X`: the remainder term of
/// Lagrange. About a [`Float`] the coefficients are rounded to its precision.
///
/// # Errors
/// [`ApproxError::NonFinite`] where a part of the expression is undefined: a pole, a logarithm or root of a negative
/// number, or, for a float, an overflow. [`ApproxError::OutOfRange`] for an order above 2^14.
pub fn taylor<N: Scalar>(expr: &Expr, center: &N, order: usize) -> Result<Jet<N>> {
    let non_finite = |part: &Expr| ApproxError::NonFinite {
        what: part.to_string(),
        at: center.describe(),
    };
    if order > MAX_ORDER {
        return Err(ApproxError::OutOfRange {
            name: "order",
            value: order.to_string(),
            bound: format!("at most {MAX_ORDER}"),
        });
    }
    let x = Series::variable(center.clone(), order + 1);
    let series = expand(expr, &x).map_err(non_finite)?;
    let smooth = series.valid == x.valid;
    let mut coefficients = series.terms;
    if smooth {
        coefficients.resize(x.valid, x.zero());
    } else {
        coefficients.truncate(1);
    }
    if coefficients.iter().all(N::is_valid) {
        Ok(Jet {
            coefficients,
            smooth,
        })
    } else {
        Err(non_finite(expr))
    }
}

/// The value at `x`, correct to the last bits of its precision unless the expression cancels.
///
/// # Errors
/// [`ApproxError::NonFinite`] where the value is undefined or overflows.
pub fn eval(expr: &Expr, x: &Float) -> Result<Float> {
    let jet = taylor(expr, &Float::with_val(x.prec() + GUARD_BITS, x), 0)?;
    Ok(Float::with_val(x.prec(), &jet.coefficients[0]))
}

/// An interval that contains every value on `x`.
///
/// # Errors
/// [`ApproxError::NonFinite`] if a part of the expression may be undefined somewhere in `x`.
pub fn enclose(expr: &Expr, x: &Interval) -> Result<Interval> {
    let mut jet = taylor(expr, x, 0)?;
    Ok(jet.coefficients.swap_remove(0))
}

/// Walks the tree; an error is the part that is undefined.
fn expand<'a, N: Scalar>(
    expr: &'a Expr,
    x: &Series<N>,
) -> std::result::Result<Series<N>, &'a Expr> {
    let precision = x.head().precision();
    let constant = |value| Series::constant(value, x.valid);
    match expr {
        Expr::Number(value) => Ok(constant(N::from_rational(precision, value))),
        Expr::Pi => Ok(constant(N::pi(precision))),
        Expr::E => x
            .integer(1)
            .value(super::Function::Exp)
            .map(constant)
            .ok_or(expr),
        Expr::X => Ok(x.clone()),
        Expr::Neg(a) => Ok(expand(a, x)?.neg()),
        Expr::Call(function, a) => expand(a, x)?.apply(*function).ok_or(expr),
        Expr::Binary(Operator::Pow, base, exponent) => power(expr, base, exponent, x),
        Expr::Binary(Operator::Mul, a, b) if a == b => Ok(expand(a, x)?.sqr()),
        Expr::Binary(operator, a, b) => {
            let (a, b) = (expand(a, x)?, expand(b, x)?);
            match operator {
                Operator::Add => Ok(a.add(b)),
                Operator::Sub => Ok(a.sub(b)),
                Operator::Mul => Ok(a.mul(&b)),
                Operator::Div => a.div(&b).ok_or(expr),
                Operator::Max => Ok(choose(a, b, true)),
                Operator::Min => Ok(choose(a, b, false)),
                // Handled above.
                Operator::Pow => Err(expr),
            }
        }
    }
}

/// Integer powers by multiplication, small fractions by the recurrence of a root, others by `exp(b log a)`.
fn power<'a, N: Scalar>(
    whole: &'a Expr,
    base: &'a Expr,
    exponent: &'a Expr,
    x: &Series<N>,
) -> std::result::Result<Series<N>, &'a Expr> {
    let a = expand(base, x)?;
    if let Some(ratio) = exponent.rational() {
        let (numerator, denominator) = (ratio.numer().to_i32(), ratio.denom().to_u16());
        if let (Some(n), Some(1)) = (numerator, denominator) {
            return a.powi(n).ok_or(whole);
        }
        if let (Some(n), Some(d)) = (numerator, denominator.filter(|d| *d <= MAX_ROOT)) {
            return a.pow_ratio(n, d).ok_or(whole);
        }
    }
    let b = expand(exponent, x)?;
    if a.is_constant() && b.is_constant() {
        let value = a.head().pow(b.head()).ok_or(whole)?;
        return Ok(Series::constant(value, a.valid.min(b.valid)));
    }
    if a.terms.len() == 1 && *base == Expr::E {
        return b.apply(super::Function::Exp).ok_or(whole);
    }
    let value = a.head().pow(b.head()).ok_or(whole)?;
    if a.head().sign() != Some(std::cmp::Ordering::Greater) {
        return Ok(Series::value_only(value));
    }
    let log = a.apply(super::Function::Log).ok_or(whole)?;
    let mut result = log.mul(&b).apply(super::Function::Exp).ok_or(whole)?;
    result.terms[0] = value;
    Ok(result)
}

/// The larger or the smaller of two series, where one of them is so about the whole centre; else the value alone.
fn choose<N: Scalar>(a: Series<N>, b: Series<N>, larger: bool) -> Series<N> {
    let value = if larger {
        a.head().max(b.head())
    } else {
        a.head().min(b.head())
    };
    let valid = a.valid.min(b.valid);
    if a.is_constant() && b.is_constant() {
        return Series::constant(value, valid);
    }
    match a.head().sub(b.head()).branch() {
        Some(a_is_larger) => {
            let mut chosen = if a_is_larger == larger { a } else { b };
            chosen.valid = valid;
            chosen.terms.truncate(valid);
            chosen
        }
        None => Series::value_only(value),
    }
}
