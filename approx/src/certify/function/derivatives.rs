//! Polynomials of high degree by the Chebyshev series of their derivatives: no power of the variable cancels there.
//!
//! On the interval of the series `|T_j| ≤ 1`, so the sum of the moduli of its coefficients bounds a derivative, and
//! Clenshaw's recurrence loses little. That sum overestimates derivatives in the middle of the interval, which costs
//! `O(√d)` more of them on panels that a few extrema share, against all `d` that a shift of the powers would take.

use rug::Float;
use rug::float::Round;
use rug::ops::{AddAssignRound, DivAssignRound, MulAssignRound};

use super::model::{BOUND_BITS, Model, product_up, size};
use super::panel::Panel;
use super::series::affine;
use crate::Result;
use crate::interval::Interval;
use crate::poly::{Chebyshev, clenshaw, series_derivative};

/// The series of `p^{(k)}/k!` in `s` for all orders that may be needed.
pub(super) struct Derivatives {
    /// Rounded to `prec` bits.
    series: Vec<Vec<Float>>,
    /// Sums of the moduli, rounded up, also those of one order more.
    norms: Vec<Float>,
    alpha: Interval,
    beta: Interval,
    prec: u32,
}

fn norm(moduli: &[Float]) -> Float {
    let mut sum = Float::new(BOUND_BITS);
    for c in moduli {
        sum.add_assign_round(c, Round::Up);
    }
    sum
}

/// The recurrence of a derivative, divided by its order, on bounds of the coefficients' moduli.
fn raise(moduli: &[Float], order: u32) -> Vec<Float> {
    let mut out = vec![Float::new(BOUND_BITS); moduli.len().saturating_sub(1).max(1)];
    for k in (1..moduli.len()).rev() {
        let mut c = moduli[k].clone();
        c.mul_assign_round(2 * k as u32, Round::Up);
        c.div_assign_round(order, Round::Up);
        if k + 1 < out.len() {
            c.add_assign_round(&out[k + 1], Round::Up);
        }
        // The first is not halved: a bound need not be sharp.
        out[k - 1] = c;
    }
    out
}

impl Derivatives {
    pub(super) fn new(polynomial: &Chebyshev, prec: u32) -> Self {
        let prec = prec + 32;
        let dense = polynomial.dense_coeffs();
        let degree = dense.len() - 1;
        let orders = (degree + 1).min(60 + 5 * degree.isqrt());
        let mut moduli: Vec<Float> = dense
            .iter()
            .map(|c| Float::with_val_round(BOUND_BITS, c.abs_ref(), Round::Up).0)
            .collect();
        let mut current: Vec<Float> = dense.iter().map(|c| Float::with_val(prec, c)).collect();
        let mut norms = vec![norm(&moduli)];
        let mut series = Vec::with_capacity(orders);
        for order in 1..=orders as u32 {
            let mut next = series_derivative(&current, prec);
            for c in &mut next {
                *c /= order;
            }
            series.push(std::mem::replace(&mut current, next));
            moduli = raise(&moduli, order);
            norms.push(norm(&moduli));
        }
        let (alpha, beta) = affine(polynomial, prec);
        Self {
            series,
            norms,
            alpha,
            beta,
            prec,
        }
    }

    /// A number of `[−1, 1]` near `s(x)` and how far it is at most; `s(x)` itself lies there.
    fn argument(&self, x: &Interval) -> (Float, Float) {
        let s = self.alpha.mul(x).add(&self.beta);
        let near = Float::with_val(self.prec, s.mid()).clamp(&-1, &1);
        let mut off = s.width();
        // Twice the width covers the rounding of the middle and the clamping.
        off.mul_assign_round(2u32, Round::Up);
        (near, Float::with_val_round(BOUND_BITS, off, Round::Up).0)
    }

    /// `p^{(k)}/k!` at the number that [`Self::argument`] gave.
    ///
    /// The coefficients have seen at most `d+4` roundings for each order, and Clenshaw's recurrence loses less than
    /// `32(n+1)²` units of the norm: partial sums are `n` norms at most, each of `n` steps rounds four times, and every
    /// error reaches the result through a `|T_j| ≤ 1`. The argument's own error enters through the next derivative.
    fn coefficient(&self, k: usize, (s, off): &(Float, Float)) -> Result<Interval> {
        let coefficients = &self.series[k];
        let value = clenshaw(coefficients, s, self.prec).0;
        let n = (coefficients.len() + 1) as f64;
        let roundings = 34.0 * n * n + 2.0 * k as f64 * (self.series[0].len() as f64 + 4.0);
        let mut error =
            product_up(&self.norms[k], &Float::with_val(BOUND_BITS, roundings)) >> self.prec;
        let slope = product_up(&self.norms[k + 1], &Float::with_val(BOUND_BITS, k + 1));
        error.add_assign_round(product_up(&slope, off), Round::Up);
        Interval::new(
            Float::with_val_round(self.prec, &value - &error, Round::Down).0,
            Float::with_val_round(self.prec, &value + &error, Round::Up).0,
        )
    }

    /// The value at a number, given as an interval.
    pub(super) fn value(&self, x: &Interval) -> Result<Interval> {
        Ok(self.coefficient(0, &self.argument(x))?.with_prec(x.prec()))
    }

    /// The Taylor model on a panel with a remainder below the limit; `None` if the panel is too wide for one.
    pub(super) fn model(&self, panel: &Panel, limit: &Float, prec: u32) -> Result<Option<Model>> {
        let radius = Interval::point(panel.radius.clone())?;
        let scale = self.alpha.mul(&radius).with_prec(prec);
        let (step, mut power) = (size(&scale), Float::with_val(BOUND_BITS, 1));
        let mut rest = None;
        for (k, norm) in self.norms.iter().enumerate() {
            let left_out = product_up(norm, &power);
            if k > 0 && left_out <= *limit {
                rest = Some((k, left_out));
                break;
            }
            power.mul_assign_round(&step, Round::Up);
        }
        let Some((count, rest)) = rest else {
            return Ok(None);
        };
        let at = self.argument(&Interval::point(panel.center.clone())?);
        let mut terms = Vec::with_capacity(count);
        let mut power = Interval::from_integer(prec, 1);
        for k in 0..count {
            terms.push(self.coefficient(k, &at)?.with_prec(prec).mul(&power));
            power = power.mul(&scale);
        }
        Ok(Some(Model { terms, rest }))
    }
}
