//! The error on one panel as a polynomial in doubles, in units of the sup-norm, and its maximum there.

use rug::Float;
use rug::float::Round;
use rug::ops::AddAssignRound;

use super::model::{BOUND_BITS, Model};
use super::panel::Panel;

/// Points of the first look at a panel.
const POINTS: usize = 48;
/// Newton steps of a maximum.
const STEPS: usize = 6;
/// Half-widths below this are not halved.
const SMALLEST: f64 = 1e-12;

/// `|Σ c_k u^k| + rest` bounds the error for `u` in `[from, to]`, a part of `[−1, 1]`.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) panel: Panel,
    coefficients: Vec<f64>,
    from: f64,
    to: f64,
    /// What the Taylor model leaves out.
    pub(super) remainder: f64,
    /// What the enclosed coefficients leave open: precision makes it small.
    pub(super) blur: f64,
    /// What doubles lose.
    pub(super) slack: f64,
    /// Bound of the second derivative.
    bend: f64,
}

/// Rounded up in doubles, above the unit roundoff of a sum of this many terms.
fn inflated(x: f64) -> f64 {
    x * (1.0 + 1e-12) + f64::MIN_POSITIVE
}

fn scaled(x: &Float, unit: i32, round: Round) -> f64 {
    // A shift is exact.
    (Float::with_val_round(BOUND_BITS, x, round).0 >> unit).to_f64_round(round)
}

impl Piece {
    /// The model in units of `2^unit`.
    pub(super) fn new(panel: Panel, model: &Model, unit: i32) -> Self {
        let mut blur = Float::new(BOUND_BITS);
        let (mut rounding, mut total, mut slope, mut bend) = (0.0, 0.0, 0.0, 0.0);
        let mut coefficients = Vec::with_capacity(model.terms.len());
        for (k, term) in model.terms.iter().enumerate() {
            blur.add_assign_round(&term.width(), Round::Up);
            let (lo, hi) = (
                scaled(term.lo(), unit, Round::Down),
                scaled(term.hi(), unit, Round::Up),
            );
            // The coefficient taken, and how far any of the enclosure is from it.
            coefficients.push(lo);
            rounding += (hi - lo) * (1.0 + 1e-12);
            let (size, k) = (lo.abs(), k as f64);
            total += size;
            slope += k * size;
            bend += k * (k - 1.0) * size;
        }
        // Horner's rule loses less than 2n units of roundoff times the sum of the moduli, for each derivative. In a
        // box the errors of the value and of the slope count, and those of the few operations that join them.
        let n = coefficients.len() as f64;
        let lost = 4.0 * (n + 8.0) * f64::EPSILON * (total + slope + bend);
        let (from, to) = panel.reach();
        Self {
            panel,
            coefficients,
            from,
            to,
            remainder: scaled(&model.rest, unit, Round::Up),
            blur: scaled(&blur, unit, Round::Up),
            slack: inflated(lost + rounding),
            bend: inflated(bend),
        }
    }

    /// Value, first and second derivative.
    fn derivatives(&self, u: f64) -> (f64, f64, f64) {
        let (mut p, mut dp, mut half) = (0.0, 0.0, 0.0);
        for c in self.coefficients.iter().rev() {
            half = half * u + dp;
            dp = dp * u + p;
            p = p * u + c;
        }
        (p, dp, 2.0 * half)
    }

    /// About where the error is largest, and about how large; nothing is claimed.
    pub(super) fn peak(&self) -> (f64, f64) {
        let value = |u: f64| self.derivatives(u).0.abs();
        let step = (self.to - self.from) / POINTS as f64;
        let (mut best, mut most) = (self.to, value(self.to));
        for k in 0..POINTS {
            let u = self.from + step * k as f64;
            let here = value(u);
            if here > most {
                (best, most) = (u, here);
            }
        }
        let mut u = best;
        for _ in 0..STEPS {
            let (_, dp, ddp) = self.derivatives(u);
            let next = (u - dp / ddp).clamp(best - step, best + step);
            u = next.clamp(self.from, self.to);
            if u.is_nan() {
                break;
            }
            let here = value(u);
            if here > most {
                (best, most) = (u, here);
            }
        }
        (best, most)
    }

    /// A bound of the error on the panel, at most `target`; `None` if it may be exceeded.
    pub(super) fn bound(&self, target: f64) -> Option<f64> {
        let extra = inflated(self.remainder + self.slack);
        let mut upper = 0.0f64;
        let mut boxes = vec![(self.from, self.to)];
        while let Some((lo, hi)) = boxes.pop() {
            let u = 0.5 * (lo + hi);
            let h = inflated((hi - u).max(u - lo));
            let (p, dp, _) = self.derivatives(u);
            let bound = p.abs() + dp.abs() * h + 0.5 * self.bend * h * h + extra;
            let bound = inflated(bound);
            if bound <= target {
                upper = upper.max(bound);
            } else if h > SMALLEST && p.abs() <= target {
                boxes.push((lo, u));
                boxes.push((u, hi));
            } else {
                return None;
            }
        }
        Some(upper)
    }
}
