//! Enclosures of all real roots of a Chebyshev series on an interval.
//!
//! On `t = m + h·cos θ` the series is `F(θ) = Σ c_k cos kθ`, so `|F'| ≤ Σ k|c_k|` and `|F''| ≤ Σ k²|c_k|` bound it
//! around a centre much better than bounds in `t` would. A box in θ is discarded when F cannot vanish in it, is
//! settled when F is monotone in it, and is halved otherwise. Where that ends without a decision the function is much
//! flatter than on the whole interval: the search starts again on that part, with a series of its own.

use rug::{Float, ops::NegAssign};

use crate::poly::{Chebyshev, Parity, clenshaw, series_derivative};

/// A part of this fraction of the whole interval with an unsettled root is kept as it is: a root of even order, or
/// several.
const SMALLEST_PART: f64 = 1e-12;
/// Halvings of a box in θ before the search starts again on a part.
const HALVINGS: i32 = 5;
/// What a cosine in f64 may move θ by, at worst (near θ = 0, where the cosine is flat).
const ANGLE_SLACK: f64 = 3e-8;
/// Searches per coefficient before the parts that are left are kept as they are.
const SEARCHES: usize = 64;

/// A closed interval of the variable that holds roots, and a bound of the series' modulus in it.
#[derive(Debug, Clone)]
pub(super) struct RootBox {
    pub(super) lo: Float,
    pub(super) hi: Float,
    pub(super) largest: f64,
}

/// Boxes that together hold all roots of `Σ c_k T_k(t)` in `[lo, hi] ⊂ [−reach, reach]`.
///
/// Coefficients that carry 64 bits more than `prec` may be rounded ones: the bound of the rounding error is doubled.
pub(super) fn root_boxes(
    coeffs: &[Float],
    lo: &Float,
    hi: &Float,
    prec: u32,
    reach: f64,
) -> Vec<RootBox> {
    if coeffs.len() < 2 {
        return vec![];
    }
    let series = Series::new(coeffs, prec, reach);
    let smallest = Float::with_val(64, hi - lo) * SMALLEST_PART;
    let mut parts = vec![RootBox {
        lo: lo.clone(),
        hi: hi.clone(),
        largest: f64::INFINITY,
    }];
    let mut boxes = vec![];
    let mut searches = SEARCHES * (coeffs.len() + 1);
    while let Some(part) = parts.pop() {
        if searches == 0 {
            boxes.push(part);
            continue;
        }
        searches -= 1;
        let width = Float::with_val(64, &part.hi - &part.lo);
        let search = Search::new(&series, &part.lo, &part.hi);
        if search.is_noise() {
            // Nothing here can be told from zero: one box, in which the modulus is below Λ_n times that of the nodes.
            let largest = search.out_of_units(160.0 * search.rounding);
            boxes.push(RootBox { largest, ..part });
            continue;
        }
        for part in search.run(&mut boxes) {
            let part_width = Float::with_val(64, &part.hi - &part.lo);
            if part_width <= smallest {
                boxes.push(part);
            } else if part_width > Float::with_val(64, &width * 0.5) {
                let mid = Float::with_val(search.wide, &part.lo + &part.hi) / 2u32;
                parts.push(RootBox {
                    hi: mid.clone(),
                    ..part.clone()
                });
                parts.push(RootBox { lo: mid, ..part });
            } else {
                parts.push(part);
            }
        }
    }
    boxes.sort_by(|a, b| a.lo.total_cmp(&b.lo));
    boxes
}

/// The series whose roots are sought, and its derivative, with bounds of their rounding errors.
struct Series<'a> {
    coeffs: &'a [Float],
    slope: Vec<Float>,
    prec: u32,
    rounding: Float,
    slope_rounding: Float,
}

impl<'a> Series<'a> {
    fn new(coeffs: &'a [Float], prec: u32, reach: f64) -> Self {
        let bound = |c: &[Float]| {
            Chebyshev::on_unit(Parity::Full, c.to_vec()).rounding_bound(prec, reach) * 2u32
        };
        let slope = series_derivative(coeffs, prec + 64);
        Self {
            coeffs,
            prec,
            rounding: bound(coeffs),
            slope_rounding: bound(&slope),
            slope,
        }
    }

    fn value(&self, t: &Float) -> Float {
        clenshaw(self.coeffs, t, self.prec).0
    }

    fn slope(&self, t: &Float) -> Float {
        clenshaw(&self.slope, t, self.prec).0
    }
}

struct Search<'a> {
    series: &'a Series<'a>,
    lo: &'a Float,
    hi: &'a Float,
    mid: Float,
    half: Float,
    /// Bits of the variable: a short part far from zero needs more of them than the values do, or points that differ
    /// in θ would coincide.
    wide: u32,
    /// Everything in f64 is in units of `2^unit`, the size of the series.
    unit: i32,
    rounding: f64,
    slope_rounding: f64,
    first: f64,
    second: f64,
}

impl<'a> Search<'a> {
    fn new(series: &'a Series<'a>, lo: &'a Float, hi: &'a Float) -> Self {
        let half = Float::with_val(series.prec, hi - lo) / 2u32;
        let shortness = half.get_exp().map_or(0, |e| (4 - e).max(0) as u32);
        let wide = series.prec + 64 + shortness;
        let mid = Float::with_val(wide, lo + hi) / 2u32;
        let mut search = Self {
            series,
            lo,
            hi,
            mid,
            half,
            wide,
            unit: 0,
            rounding: 0.0,
            slope_rounding: 0.0,
            first: 0.0,
            second: 0.0,
        };
        let n = series.coeffs.len();
        // cos(mπ/2n) for all m that occur, modulo the period.
        let cosines: Vec<f64> = (0..4 * n)
            .map(|m| (std::f64::consts::PI * m as f64 / (2 * n) as f64).cos())
            .collect();
        let values: Vec<Float> = (0..n)
            .map(|j| series.value(&search.t_of(cosines[2 * j + 1])))
            .collect();
        let largest = values
            .iter()
            .fold(Float::with_val(64, &series.rounding), |m, v| {
                m.max(&Float::with_val(64, v.abs_ref()))
            });
        search.unit = largest.get_exp().unwrap_or(0);
        search.rounding = search.in_units(&series.rounding) * 1.0001 + f64::MIN_POSITIVE;
        if largest.is_zero() {
            // The zero polynomial: of no other one does the bound of rounding vanish.
            search.rounding = 1.0;
        }
        let slope_rounding = Float::with_val(64, &series.slope_rounding * &search.half);
        search.slope_rounding = search.in_units(&slope_rounding) * 1.0001;
        let values: Vec<f64> = values.iter().map(|v| search.in_units(v)).collect();
        // Coefficients in θ by the discrete cosine transform. The slack is far above what f64 loses here: a node that
        // is off by an ulp moves a value by less than n²·Λ·2^-53 times the largest, with Lebesgue constant Λ < 9. The
        // values' own rounding is not small beside them where the series nearly vanishes: it counts in full.
        let slack = 1e-9 * n as f64 + 2.0 * search.rounding;
        for k in 1..n {
            let c: f64 = values
                .iter()
                .enumerate()
                .map(|(j, v)| v * cosines[k * (2 * j + 1) % (4 * n)])
                .sum::<f64>()
                * 2.0
                / n as f64;
            let c = c.abs() * 1.000_001 + slack;
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
            Float::with_val(self.wide, &self.half * w) + &self.mid
        }
    }

    /// `F'(θ) = −sin θ · h · D'(t)` in units, but for `second·ANGLE_SLACK` (the sine's angle) and `slope_rounding`.
    fn angle_slope(&self, theta: f64, t: &Float) -> f64 {
        -theta.sin() * self.in_units(&(self.series.slope(t) * &self.half))
    }

    /// Whether the values at all nodes are within the rounding error of zero, or nearly.
    fn is_noise(&self) -> bool {
        self.rounding > 1.0 / 16.0
    }

    /// Settled boxes go to `found`; the parts without a decision are returned, adjacent ones as one.
    fn run(&self, found: &mut Vec<RootBox>) -> Vec<RootBox> {
        let pieces = 2 * self.series.coeffs.len();
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
            let t = self.t_of(theta.cos());
            let reach = 0.5 * (to - from) * 1.000_001 + ANGLE_SLACK;
            let value = self.in_units(&self.series.value(&t)).abs() * (1.0 - 1e-12) - self.rounding;
            if value > self.first * reach {
                continue;
            }
            let slope = self.angle_slope(theta, &t).abs();
            let slope_slack = self.second * (ANGLE_SLACK + 1e-9) + self.slope_rounding;
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
                let largest = self.out_of_units(largest * 1.000_001);
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
        let value = self.series.value(t);
        let sure = self.in_units(&value).abs() > self.rounding;
        sure.then_some(value.is_sign_negative())
    }

    /// The root, if any, of a stretch where the series is monotone, `[t(w_right), t(w_left)]`.
    fn monotone_box(&self, w_left: f64, w_right: f64) -> Option<RootBox> {
        let (lo, hi) = (self.t_of(w_right), self.t_of(w_left));
        let (lo, hi) = match (self.sign(&lo), self.sign(&hi)) {
            (Some(a), Some(b)) if a == b => return None,
            (Some(a), Some(_)) => self.refine(lo, hi, a),
            // Zero at an end, as far as rounding can tell: what has the other end's sign for certain is cut off.
            (None, Some(b)) => {
                let hi = self.last_of_sign(hi, &lo, b);
                (lo, hi)
            }
            (Some(a), None) => {
                let lo = self.last_of_sign(lo, &hi, a);
                (lo, hi)
            }
            (None, None) => (lo, hi),
        };
        // Monotone, hence largest at an end.
        let [a, b] = [&lo, &hi].map(|end| self.in_units(&self.series.value(end)).abs());
        let largest = self.out_of_units((a.max(b) * (1.0 + 1e-12) + self.rounding) * 1.000_001);
        Some(RootBox { lo, hi, largest })
    }

    /// A point close to `zero`, on the side of `sure`, where the sign is that at `sure`.
    fn last_of_sign(&self, sure: Float, zero: &Float, negative: bool) -> Float {
        let width = Float::with_val(64, &sure - zero);
        for halvings in (1..=self.series.prec / 2).rev().step_by(4) {
            let t = Float::with_val(self.wide, &width >> halvings) + zero;
            if self.sign(&t) == Some(negative) {
                return t;
            }
        }
        sure
    }

    /// Shrinks the interval around a simple root.
    fn refine(&self, mut lo: Float, mut hi: Float, negative_at_lo: bool) -> (Float, Float) {
        let tolerance = Float::with_val(64, self.hi - self.lo) >> (self.series.prec / 2);
        let mut t = Float::with_val(self.wide, &lo + &hi) / 2u32;
        for _ in 0..200 {
            let value = self.series.value(&t);
            if self.in_units(&value).abs() <= self.rounding {
                break;
            }
            if value.is_sign_negative() == negative_at_lo {
                lo = t.clone();
            } else {
                hi = t.clone();
            }
            let step = value / self.series.slope(&t);
            let mut next = Float::with_val(self.wide, &t - &step);
            if !(next > lo && next < hi) {
                next = Float::with_val(self.wide, &lo + &hi) / 2u32;
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
            let below = Float::with_val(self.wide, &t - &radius);
            let above = Float::with_val(self.wide, &t + &radius);
            let (inside_lo, inside_hi) = (below > lo, above < hi);
            if inside_lo && self.sign(&below) == Some(negative_at_lo) {
                lo = below;
            }
            if inside_hi && self.sign(&above) == Some(!negative_at_lo) {
                hi = above;
            }
            let width = Float::with_val(64, &hi - &lo);
            if width <= Float::with_val(64, &radius * 4u32) || !(inside_lo || inside_hi) {
                return (lo, hi);
            }
            radius <<= 12;
        }
    }
}

/// Mirror image of an interval about zero.
pub(super) fn mirrored(lo: &Float, hi: &Float) -> (Float, Float) {
    let (mut a, mut b) = (hi.clone(), lo.clone());
    a.neg_assign();
    b.neg_assign();
    (a, b)
}
