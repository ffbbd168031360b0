//! The approximant, ready for enclosures of its values and of its Taylor coefficients anywhere.

use rug::{Float, Integer};

use super::Approximant;
use super::panel::Panel;
use crate::Result;
use crate::interval::Interval;
use crate::poly::Chebyshev;
use crate::target::{Expr, enclose};

/// An approximant with what its evaluation needs at one precision.
pub(super) enum Prepared<'a> {
    /// Powers of `s = αx + β`.
    Powers {
        coefficients: Vec<Interval>,
        alpha: Interval,
        beta: Interval,
    },
    /// A sum of expressions.
    Sum(&'a [(Float, Expr)]),
}

impl<'a> Prepared<'a> {
    pub(super) fn new(approximant: Approximant<'a>, prec: u32) -> Self {
        match approximant {
            Approximant::Series(series) => powers(series, prec),
            Approximant::Sum(terms) => Self::Sum(terms),
        }
    }

    /// The value at `x`; narrow where `x` is a number.
    pub(super) fn value(&self, x: &Interval) -> Result<Interval> {
        match self {
            Self::Powers {
                coefficients,
                alpha,
                beta,
            } => {
                let s = alpha.mul(x).add(beta);
                let mut sum = Interval::from_integer(s.prec(), 0);
                for c in coefficients.iter().rev() {
                    sum = sum.mul(&s).add(c);
                }
                Ok(sum.with_prec(x.prec()))
            }
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

/// The powers grow like `(1+√2)^d` against the values and cancel: that many bits more make up for it.
fn powers(series: &Chebyshev, prec: u32) -> Prepared<'_> {
    let degree = u32::try_from(series.degree()).unwrap_or(u32::MAX / 8);
    let wide = prec + 32 + degree.saturating_mul(4) / 3;
    let dense = series.dense_coeffs();
    let mut sums = vec![Interval::from_integer(wide, 0); dense.len()];
    // T_{k+1} = 2s·T_k − T_{k−1} on the exact coefficients; every second one is zero.
    let mut previous: Vec<Integer> = vec![];
    let mut current = vec![Integer::from(1)];
    for (k, c) in dense.iter().enumerate() {
        let factor = exact(wide, c);
        for (j, t) in current.iter().enumerate() {
            if *t != 0 {
                sums[j].add_mul(&factor, &Interval::from_rational(wide, &t.into()));
            }
        }
        let mut next = vec![Integer::new(); current.len() + 1];
        for (j, t) in current.iter().enumerate() {
            next[j + 1] = Integer::from(t << u32::from(k > 0));
        }
        for (n, p) in next.iter_mut().zip(&previous) {
            *n -= p;
        }
        previous = std::mem::replace(&mut current, next);
    }
    let (lo, hi) = series.interval();
    let (lo, hi) = (exact(wide, lo), exact(wide, hi));
    let width = hi.sub(&lo);
    let quotient = |x: Interval| x.div(&width).unwrap_or_else(|| Interval::whole(wide));
    Prepared::Powers {
        coefficients: sums,
        alpha: quotient(Interval::from_integer(wide, 2)),
        beta: quotient(hi.add(&lo).neg()),
    }
}

/// A finite number as an interval of at least `prec` bits, rounded to those.
fn exact(prec: u32, x: &Float) -> Interval {
    Interval::point(x.clone()).map_or_else(|_| Interval::whole(prec), |x| x.with_prec(prec))
}

/// All Taylor coefficients in `u = (x − c)/r`: those in `s − s(c)` by repeated Horner steps, then scaled.
pub(super) fn shifted(
    coefficients: &[Interval],
    alpha: &Interval,
    beta: &Interval,
    panel: &Panel,
    prec: u32,
) -> Result<Vec<Interval>> {
    let center = Interval::point(panel.center.clone())?;
    let sigma = alpha.mul(&center).add(beta);
    let mut shifted = coefficients.to_vec();
    let degree = shifted.len() - 1;
    for i in 0..degree {
        for k in (i..degree).rev() {
            let (head, rest) = shifted.split_at_mut(k + 1);
            head[k].add_mul(&sigma, &rest[0]);
        }
    }
    let scale = alpha
        .mul(&Interval::point(panel.radius.clone())?)
        .with_prec(prec);
    let mut power = Interval::from_integer(prec, 1);
    for c in &mut shifted {
        *c = c.with_prec(prec).mul(&power);
        power = power.mul(&scale);
    }
    Ok(shifted)
}
