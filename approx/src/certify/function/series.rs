//! The approximant, ready for enclosures of its values and of its Taylor coefficients anywhere.

use rug::Float;

use super::derivatives::Derivatives;
use super::powers::Powers;
use super::{Approximant, Weight};
use crate::Result;
use crate::domain::Domain;
use crate::interval::Interval;
use crate::poly::Chebyshev;
use crate::target::{Expr, enclose};

/// Polynomials up to this degree are kept as powers.
const LOW_DEGREE: usize = 40;

/// An approximant with what its evaluation needs at one precision.
pub(super) enum Prepared<'a> {
    /// A polynomial of low degree, or one that leaves the interval of its series.
    Powers(Powers),
    /// A polynomial of any degree on the interval of its series.
    Derivatives(Derivatives),
    /// A sum of expressions.
    Sum(&'a [(Float, Expr)]),
}

impl<'a> Prepared<'a> {
    /// For use on the domain. A relative error needs the powers, since only they are exact at a zero.
    pub(super) fn new(
        approximant: Approximant<'a>,
        weight: Weight<'_>,
        domain: &Domain,
        prec: u32,
    ) -> Self {
        match approximant {
            Approximant::Series(series) => {
                let (hull, (lo, hi)) = (domain.hull(), series.interval());
                let inside = hull.lo() >= lo && hull.hi() <= hi;
                if series.degree() <= LOW_DEGREE || !inside || matches!(weight, Weight::Relative) {
                    Self::Powers(Powers::new(series, prec))
                } else {
                    Self::Derivatives(Derivatives::new(series, prec))
                }
            }
            Approximant::Sum(terms) => Self::Sum(terms),
        }
    }

    /// The value at a number, given as an interval.
    pub(super) fn value(&self, x: &Interval) -> Result<Interval> {
        match self {
            Self::Powers(powers) => Ok(powers.value(x)),
            Self::Derivatives(derivatives) => derivatives.value(x),
            Self::Sum(terms) => {
                let mut sum = Interval::from_integer(x.prec(), 0);
                for (c, basis) in *terms {
                    sum.add_mul(&Interval::point(c.clone())?, &enclose(basis, x)?);
                }
                Ok(sum)
            }
        }
    }
}

/// `α` and `β` of `s = αx + β`, which maps the interval of the series to `[−1, 1]`.
pub(super) fn affine(series: &Chebyshev, prec: u32) -> (Interval, Interval) {
    let (lo, hi) = series.interval();
    let (lo, hi) = (exact(prec, lo), exact(prec, hi));
    let width = hi.sub(&lo);
    let quotient = |x: Interval| x.div(&width).unwrap_or_else(|| Interval::whole(prec));
    (
        quotient(Interval::from_integer(prec, 2)),
        quotient(hi.add(&lo).neg()),
    )
}

/// A finite number as an interval of at least `prec` bits, rounded to those.
pub(super) fn exact(prec: u32, x: &Float) -> Interval {
    Interval::point(x.clone()).map_or_else(|_| Interval::whole(prec), |x| x.with_prec(prec))
}
