//! Certified sup-norm of the weighted error of one approximant, `sup |w·(f − p)|` over a union of intervals.
//!
//! On a panel about `c` both `f` and `p` are Taylor polynomials in `u = (x − c)/r` with enclosed coefficients and a
//! bounded remainder. Their difference cancels nearly all of `f` and keeps the digits of the error, since the
//! coefficients carry enough bits; what is left is a polynomial with coefficients of the size of the error, small enough
//! for doubles, and it is bounded by subdivision there. A panel is split while its remainder is not far below the
//! error, and where the function has a kink the panels shrink around that until the error no longer moves.

mod derivatives;
mod local;
mod model;
mod panel;
mod piece;
mod powers;
mod quotient;
mod search;
mod series;
mod split;
mod start;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use rug::Float;
use rug::float::Round;

use super::Bounds;
use crate::domain::Domain;
use crate::interval::Interval;
use crate::poly::Chebyshev;
use crate::remez::Budget;
use crate::target::{Expr, Samples, Scalar, Target, enclose};
use crate::{ApproxError, Result};
use series::Prepared;

/// Ratio of the bounds minus one that the search aims at.
pub const TOLERANCE: f64 = super::gap::TOLERANCE;

/// What approximates.
#[derive(Debug, Clone, Copy)]
pub enum Approximant<'a> {
    /// A polynomial.
    Series(&'a Chebyshev),
    /// `Σ c_k φ_k(x)` for functions `φ_k` of any kind.
    Sum(&'a [(Float, Expr)]),
}

/// What the error is multiplied with.
#[derive(Debug, Clone, Copy)]
pub enum Weight<'a> {
    /// Nothing: `|f − p|`.
    One,
    /// A function, of which only the modulus counts: `|w·(f − p)|`.
    Function(&'a Expr),
    /// The reciprocal of the target: `|(f − p)/f|`. A zero of the target is admitted where the error vanishes to at
    /// least the same order and both do so exactly, as `sin x` and an odd polynomial do at 0.
    Relative,
}

/// A certified sup-norm, and where it is reached.
#[derive(Debug, Clone)]
pub struct FunctionSup {
    /// Lower and upper bound.
    pub bounds: Bounds,
    /// A point of the domain where the lower bound is reached.
    pub at: Float,
    /// Panels that were examined, or points of a table.
    pub panels: usize,
}

/// Bounds of `sup |w·(f − p)|` over the domain, of ratio at most `1 +` [`TOLERANCE`]; over the points of the table
/// that lie in the domain if the target is one. The precision follows the size of the error.
///
/// # Errors
/// [`ApproxError::NonFinite`] where the target, the weight or the relative error has a pole in the domain.
/// [`ApproxError::Uncertified`] if the bounds cannot be closed: at a jump of the error, at a zero of the target that
/// is no number of finite precision, or for an error too small to be told from zero.
/// [`ApproxError::EmptyDomain`] if no point of a table lies in the domain. [`ApproxError::TimeLimit`].
pub fn function_error(
    target: &Target,
    weight: Weight<'_>,
    approximant: Approximant<'_>,
    domain: &Domain,
    budget: Budget,
) -> Result<FunctionSup> {
    let expr = match target {
        Target::Samples(samples) => {
            return over_samples(samples, weight, approximant, domain, budget);
        }
        Target::Named(named) => Cow::Owned(named.expr()),
        Target::Expression(expr) => Cow::Borrowed(expr),
    };
    search::run(&expr, weight, approximant, domain, budget)
}

/// The error at one number from an enclosure of the target there; `None` for 0/0.
fn weighted(
    weight: Weight<'_>,
    value: &Interval,
    prepared: &Prepared<'_>,
    x: &Interval,
) -> Result<Option<Interval>> {
    let error = value.sub(&prepared.value(x)?);
    let undefined = || ApproxError::NonFinite {
        what: "the relative error".into(),
        at: x.describe(),
    };
    match weight {
        Weight::One => Ok(Some(error)),
        Weight::Function(w) => Ok(Some(error.mul(&enclose(w, x)?))),
        Weight::Relative => match error.div(value) {
            Some(ratio) => Ok(Some(ratio)),
            None if !error.contains_zero() && model::is_zero(value) => Err(undefined()),
            None => Ok(None),
        },
    }
}

fn over_samples(
    samples: &Samples,
    weight: Weight<'_>,
    approximant: Approximant<'_>,
    domain: &Domain,
    budget: Budget,
) -> Result<FunctionSup> {
    let points = samples.points().iter().filter(|(x, _)| domain.contains(x));
    let first = points
        .clone()
        .next()
        .ok_or_else(|| ApproxError::EmptyDomain {
            found: format!("no sample in {domain}"),
        })?;
    let mut prec = search::MIN_PREC.max(first.1.prec());
    loop {
        let prepared = Prepared::new(approximant, weight, domain, prec);
        let mut best = FunctionSup {
            bounds: Bounds {
                lower: Float::new(64),
                upper: Float::new(64),
            },
            at: first.0.clone(),
            panels: 0,
        };
        for (x, y) in points.clone() {
            budget.check("the certificate")?;
            best.panels += 1;
            let at = Interval::point(x.clone())?.with_prec(prec.max(x.prec()));
            let value = Interval::point(y.clone())?.with_prec(prec.max(y.prec()));
            let Some(error) = weighted(weight, &value, &prepared, &at)? else {
                continue;
            };
            let size = error.abs();
            let (low, high) = size.into_ends();
            if low > best.bounds.lower {
                best.bounds.lower = Float::with_val_round(64, low, Round::Down).0;
                best.at = x.clone();
            }
            let high = Float::with_val_round(64, high, Round::Up).0;
            best.bounds.upper = best.bounds.upper.max(&high);
        }
        if search::closed(&best.bounds) {
            return Ok(best);
        }
        prec *= 2;
        if prec > search::MAX_PREC {
            return Err(search::uncertified(&best.bounds));
        }
    }
}
