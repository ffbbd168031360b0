//! Enclosures of all real roots of a Chebyshev series on an interval.
//!
//! On `t = m + h·cos θ` the series is `F(θ) = Σ c_k cos kθ`, so `|F'| ≤ Σ k|c_k|` and `|F''| ≤ Σ k²|c_k|` bound it
//! around a centre much better than bounds in `t` would. A box in θ is discarded when F cannot vanish in it, is
//! settled when F is monotone in it, and is halved otherwise. Where that ends without a decision the function is much
//! flatter than on the whole interval: the search starts again on that part, with a series of its own.

use rug::{Float, ops::NegAssign};

use crate::poly::{clenshaw, series_derivative};

/// A part of this fraction of the whole interval with an unsettled root is kept as it is: a root of even order, or
/// several.
const SMALLEST_PART: f64 = 1e-12;
/// Halvings of a box in θ before the search starts again on a part.
const HALVINGS: i32 = 5;
/// What a cosine in f64 may move θ by, at worst (near θ = 0, where the cosine is flat).
const ANGLE_SLACK: f64 = 3e-8;

/// A closed interval of the variable that holds roots, and a bound of the series' modulus in it.
#[derive(Debug, Clone)]
pub(super) struct RootBox {
    pub(super) lo: Float,
    pub(super) hi: Float,
    pub(super) largest: f64,
}

/// Boxes that together hold all roots of `Σ c_k T_k(t)` in `[lo, hi] ⊂ [−1, 1]` (a little beyond is allowed).
///
/// `rounding` bounds the error of evaluating the series at `prec` bits there.
pub(super) fn root_boxes(
    coeffs: &[Float],
    lo: &Float,
    hi: &Float,
    prec: u32,
    rounding: &Float,
) -> Vec<RootBox> {
    if coeffs.len() < 2 {
        return vec![];
    }
    let smallest = Float::with_val(64, hi - lo) * SMALLEST_PART;
    let mut parts = vec![(lo.clone(), hi.clone())];
    let mut boxes = vec![];
    while let Some((from, to)) = parts.pop() {
        let width = Float::with_val(64, &to - &from);
        let search = Search::new(coeffs, &from, &to, prec, rounding);
        if search.is_noise() {
            // Nothing here can be told from zero: one box, in which the modulus is below Λ_n times that of the nodes.
            let largest = search.out_of_units(160.0 * search.rounding);
            boxes.push(RootBox {
                lo: from,
                hi: to,
                largest,
            });
            continue;
        }
        for part in search.run(&mut boxes) {
            let part_width = Float::with_val(64, &part.hi - &part.lo);
            if part_width <= smallest {
                boxes.push(part);
            } else if part_width > Float::with_val(64, &width * 0.5) {
                let mid = Float::with_val(prec, &part.lo + &part.hi) / 2u32;
                parts.push((part.lo, mid.clone()));
                parts.push((mid, part.hi));
            } else {
                parts.push((part.lo, part.hi));
            }
        }
    }
    boxes.sort_by(|a, b| a.lo.total_cmp(&b.lo));
    boxes
}

struct Search<'a> {
    coeffs: &'a [Float],
    slope: Vec<Float>,
    lo: &'a Float,
    hi: &'a Float,
    mid: Float,
    half: Float,
    prec: u32,
    /// Everything in f64 is in units of `2^unit`, the size of the series.
    unit: i32,
    rounding: f64,
    first: f64,
    second: f64,
}

impl<'a> Search<'a> {
    fn new(coeffs: &'a [Float], lo: &'a Float, hi: &'a Float, prec: u32, rounding: &Float) -> Self {
        let mid = Float::with_val(prec, lo + hi) / 2u32;
        let half = Float::with_val(prec, hi - lo) / 2u32;
        let slope = series_derivative(coeffs, prec);
        let mut search = Self {
            coeffs,
            slope,
            lo,
            hi,
            mid,
            half,
            prec,
            unit: 0,
            rounding: 0.0,
            first: 0.0,
            second: 0.0,
        };
        let n = coeffs.len();
        let angles: Vec<f64> = (0..n)
            .map(|j| std::f64::consts::PI * (j as f64 + 0.5) / n as f64)
            .collect();
        let values: Vec<Float> = angles.iter().map(|&a| search.value(a.cos())).collect();
        let largest = values.iter().fold(Float::with_val(64, rounding), |m, v| {
            m.max(&Float::with_val(64, v.abs_ref()))
        });
        search.unit = largest.get_exp().unwrap_or(0);
        search.rounding = search.in_units(rounding) * 1.0001 + f64::MIN_POSITIVE;
        let values: Vec<f64> = values.iter().map(|v| search.in_units(v)).collect();
        // Coefficients in θ by the discrete cosine transform. The slack is far above what f64 loses here: a node that
        // is off by an ulp moves a value by less than n²·Λ·2^-53 times the largest, with Lebesgue constant Λ < 9.
        let slack = 1e-9 * (n as f64).powi(2);
        for k in 1..n {
            let c: f64 = angles
                .iter()
                .zip(&values)
                .map(|(a, v)| v * (k as f64 * a).cos())
                .sum::<f64>()
                * 2.0
                / n as f64;
            let c = c.abs() * 1.000_001 + slack / n as f64;
            search.first += k as f64 * c;
            search.second += (k * k) as f64 * c;
        }
        search
    }

    fn in_units(&self, v: &Float) -> f64 {
        (Float::with_val(64, v) >> self.unit).to_f64()
    }

    fn t_of(&self, w: f64) -> Float {
        if w >= 1.0 {
            self.hi.clone()
        } else if w <= -1.0 {
            self.lo.clone()
        } else {
            Float::with_val(self.prec, &self.half * w) + &self.mid
        }
    }

    fn value(&self, w: f64) -> Float {
        clenshaw(self.coeffs, &self.t_of(w), self.prec).0
    }

    /// `F'(θ) = −sin θ · h · D'(t)` in units; its rounding error is far below `second·ANGLE_SLACK`.
    fn angle_slope(&self, theta: f64, w: f64) -> f64 {
        let d = clenshaw(&self.slope, &self.t_of(w), self.prec).0;
        -theta.sin() * self.in_units(&(d * &self.half))
    }

    /// Whether the values at all nodes are within the rounding error of zero, or nearly.
    fn is_noise(&self) -> bool {
        self.rounding > 1.0 / 16.0
    }

    /// Settled boxes go to `found`; the parts without a decision are returned, adjacent ones as one.
    fn run(&self, found: &mut Vec<RootBox>) -> Vec<RootBox> {
        let pieces = 2 * self.coeffs.len();
        let step = std::f64::consts::PI / pieces as f64;
        let smallest = step * 1.5 * 0.5f64.powi(HALVINGS);
        // Pushed so that θ falls, and with it `t` rises, as boxes are taken off.
        let end = |i: usize| {
            if i == pieces {
                std::f64::consts::PI
            } else {
                i as f64 * step
            }
        };
        let mut stack: Vec<(f64, f64)> = (0..pieces).map(|i| (end(i), end(i + 1))).collect();
        let mut open: Vec<RootBox> = vec![];
        while let Some((from, to)) = stack.pop() {
            let theta = 0.5 * (from + to);
            let w = theta.cos();
            let reach = 0.5 * (to - from) * 1.000_001 + ANGLE_SLACK;
            let value = self.in_units(&self.value(w)).abs() * (1.0 - 1e-12) - self.rounding;
            if value > self.first * reach {
                continue;
            }
            let slope = self.angle_slope(theta, w).abs();
            let slope_slack = self.second * ANGLE_SLACK + 1e-9 * self.second;
            let bend = 0.5 * self.second * reach * reach;
            if value > (slope + slope_slack) * reach + bend {
                continue;
            }
            if slope > slope_slack + self.second * reach {
                found.extend(self.monotone_box(from.cos(), to.cos()));
            } else if to - from > smallest {
                stack.push((from, theta));
                stack.push((theta, to));
            } else {
                let largest =
                    value.abs() + 2.0 * self.rounding + (slope + slope_slack) * reach + bend;
                let (lo, hi) = (self.t_of(to.cos()), self.t_of(from.cos()));
                let largest = self.out_of_units(largest);
                match open.last_mut() {
                    Some(last) if last.hi == lo => {
                        last.hi = hi;
                        last.largest = last.largest.max(largest);
                    }
                    _ => open.push(RootBox { lo, hi, largest }),
                }
            }
        }
        open
    }

    fn out_of_units(&self, v: f64) -> f64 {
        (Float::with_val(64, v) << self.unit).to_f64_round(rug::float::Round::Up)
            + f64::MIN_POSITIVE
    }

    /// The sign of the series at `t` where rounding leaves no doubt.
    fn sign(&self, t: &Float) -> Option<bool> {
        let value = clenshaw(self.coeffs, t, self.prec).0;
        let sure = self.in_units(&value).abs() > self.rounding;
        sure.then_some(value.is_sign_negative())
    }

    /// The root, if any, of a stretch where the series is monotone, `[t(w_right), t(w_left)]`.
    fn monotone_box(&self, w_left: f64, w_right: f64) -> Option<RootBox> {
        let (lo, hi) = (self.t_of(w_right), self.t_of(w_left));
        match (self.sign(&lo), self.sign(&hi)) {
            (Some(a), Some(b)) if a == b => None,
            (Some(a), Some(_)) => Some(self.refine(lo, hi, a)),
            // A root at an end that rounding cannot tell from zero: keep the stretch around it, refined if possible.
            _ => {
                let largest = self.out_of_units(self.first * 4.0);
                Some(RootBox { lo, hi, largest })
            }
        }
    }

    fn refine(&self, mut lo: Float, mut hi: Float, negative_at_lo: bool) -> RootBox {
        let tolerance = Float::with_val(64, self.hi - self.lo) >> (self.prec / 2);
        let mut t = Float::with_val(self.prec, &lo + &hi) / 2u32;
        for _ in 0..200 {
            let value = clenshaw(self.coeffs, &t, self.prec).0;
            if self.in_units(&value).abs() <= self.rounding {
                break;
            }
            if value.is_sign_negative() == negative_at_lo {
                lo = t.clone();
            } else {
                hi = t.clone();
            }
            let step = value / clenshaw(&self.slope, &t, self.prec).0;
            let mut next = Float::with_val(self.prec, &t - &step);
            if !(next > lo && next < hi) {
                next = Float::with_val(self.prec, &lo + &hi) / 2u32;
            }
            let moved = Float::with_val(64, &next - &t).abs();
            t = next;
            if moved <= tolerance {
                break;
            }
        }
        // Two points with certain and opposite signs close to the root make the box small.
        let mut radius = Float::with_val(64, &tolerance * 4u32);
        loop {
            let below = Float::with_val(self.prec, &t - &radius);
            let above = Float::with_val(self.prec, &t + &radius);
            let (inside_lo, inside_hi) = (below > lo, above < hi);
            if inside_lo && self.sign(&below) == Some(negative_at_lo) {
                lo = below;
            }
            if inside_hi && self.sign(&above) == Some(!negative_at_lo) {
                hi = above;
            }
            let width = Float::with_val(64, &hi - &lo);
            if width <= Float::with_val(64, &radius * 4u32) || !(inside_lo || inside_hi) {
                break;
            }
            radius <<= 12;
        }
        let ends = [&lo, &hi].map(|e| self.in_units(&clenshaw(self.coeffs, e, self.prec).0).abs());
        let largest = self.out_of_units(ends[0].max(ends[1]) * (1.0 + 1e-12) + self.rounding);
        RootBox { lo, hi, largest }
    }
}

/// Mirror image of an interval about zero.
pub(super) fn mirrored(lo: &Float, hi: &Float) -> (Float, Float) {
    let (mut a, mut b) = (hi.clone(), lo.clone());
    a.neg_assign();
    b.neg_assign();
    (a, b)
}
