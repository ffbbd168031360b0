//! Polynomials by their powers, in intervals wide enough for what cancels.

use rug::Integer;

use super::panel::Panel;
use super::series::{affine, exact};
use crate::Result;
use crate::interval::Interval;
use crate::poly::Chebyshev;

/// Powers of `s = αx + β`, the variable that runs over `[−1, 1]`.
pub(super) struct Powers {
    coefficients: Vec<Interval>,
    alpha: Interval,
    beta: Interval,
}

impl Powers {
    /// The powers grow like `(1+√2)^d` against the values and cancel: that many bits more make up for it.
    pub(super) fn new(series: &Chebyshev, prec: u32) -> Self {
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
        let (alpha, beta) = affine(series, wide);
        Self {
            coefficients: sums,
            alpha,
            beta,
        }
    }

    /// The value at `x`; narrow where `x` is a number.
    pub(super) fn value(&self, x: &Interval) -> Interval {
        let s = self.alpha.mul(x).add(&self.beta);
        let mut sum = Interval::from_integer(s.prec(), 0);
        for c in self.coefficients.iter().rev() {
            sum = sum.mul(&s).add(c);
        }
        sum.with_prec(x.prec())
    }

    /// All Taylor coefficients in `u = (x − c)/r`: those in `s − s(c)` by repeated Horner steps, then scaled.
    pub(super) fn shifted(&self, panel: &Panel, prec: u32) -> Result<Vec<Interval>> {
        let center = Interval::point(panel.center.clone())?;
        let sigma = self.alpha.mul(&center).add(&self.beta);
        let mut shifted = self.coefficients.clone();
        let degree = shifted.len() - 1;
        for i in 0..degree {
            for k in (i..degree).rev() {
                let (head, rest) = shifted.split_at_mut(k + 1);
                head[k].add_mul(&sigma, &rest[0]);
            }
        }
        let scale = self
            .alpha
            .mul(&Interval::point(panel.radius.clone())?)
            .with_prec(prec);
        let mut power = Interval::from_integer(prec, 1);
        for c in &mut shifted {
            *c = c.with_prec(prec).mul(&power);
            power = power.mul(&scale);
        }
        Ok(shifted)
    }
}
