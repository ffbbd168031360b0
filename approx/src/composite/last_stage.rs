//! The last stage of a ReLU composition as a linear minimax problem, sampled in f64.

use super::sign::Stage;
use crate::{
    ApproxError, Result,
    poly::FastChebyshev,
    remez::{
        Budget,
        stiefel::{self, Row},
    },
};

/// How densely the composition is sampled while the last stage is solved.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Samples {
    Coarse,
    Fine,
}

impl Samples {
    /// A composition of total degree D has at most D/2 extrema on `[0, 1]`.
    pub(super) fn count(self, degrees: &[usize]) -> usize {
        let total = degrees.iter().fold(1usize, |t, d| t.saturating_mul(*d + 1));
        let per_extremum = if self == Self::Fine { 8 } else { 3 };
        (total.saturating_mul(per_extremum) / 2).clamp(2_000, 600_000)
    }
}

/// The best last stage found.
pub(super) struct Solved {
    pub(super) coeffs: Vec<f64>,
    pub(super) offset: f64,
    pub(super) error: f64,
    pub(super) iterations: usize,
    pub(super) reference: Vec<f64>,
}

/// The linear problem of the last stage, sampled in f64.
pub(super) struct Problem {
    inner: Vec<FastChebyshev>,
    terms: usize,
    offset: bool,
    /// `x` and `g(x)`, x = sin θ on a uniform grid of θ: by Bernstein's inequality no extremum falls through.
    xs: Vec<f64>,
    ys: Vec<f64>,
}

/// Rounds of solve-and-rescan.
const MAX_ROUNDS: usize = 40;
/// Peaks that enter per round.
const MAX_PEAKS: usize = 256;
/// Points that a round keeps because they nearly bind.
const MAX_KEPT: usize = 2000;

impl Problem {
    pub(super) fn new(inner: &[Stage], degree: usize, offset: bool, count: usize) -> Self {
        let inner: Vec<FastChebyshev> = inner.iter().map(|s| FastChebyshev::new(&s.poly)).collect();
        let step = std::f64::consts::FRAC_PI_2 / count as f64;
        let xs: Vec<f64> = (0..=count).map(|i| (i as f64 * step).sin()).collect();
        let mut problem = Self {
            inner,
            terms: degree.div_ceil(2),
            offset,
            xs,
            ys: vec![],
        };
        problem.ys = problem.xs.iter().map(|&x| problem.inner_at(x)).collect();
        problem
    }

    fn inner_at(&self, x: f64) -> f64 {
        self.inner.iter().fold(x, |y, p| p.eval(y))
    }

    fn row(&self, x: f64) -> Row {
        let y = self.inner_at(x);
        let t2 = 4.0 * y * y - 2.0;
        let mut basis = Vec::with_capacity(self.terms + 1);
        let (mut before, mut now) = (x * y, x * y);
        for _ in 0..self.terms {
            basis.push(now);
            (before, now) = (now, t2 * now - before);
        }
        if self.offset {
            basis.push(1.0);
        }
        Row {
            basis,
            value: 0.5 * x,
        }
    }

    fn residual(&self, x: f64, y: f64, coeffs: &[f64]) -> f64 {
        let t2 = 4.0 * y * y - 2.0;
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in coeffs[..self.terms].iter().rev() {
            (b1, b2) = (c + t2 * b1 - b2, b1);
        }
        let constant = if self.offset { coeffs[self.terms] } else { 0.0 };
        0.5 * x - x * y * (b1 - b2) - constant
    }

    /// Points that see every part of the curve x ↦ (x, g(x)): also the steep ramp in the gap, where the grid of x
    /// has few.
    fn first_points(&self) -> Vec<f64> {
        let mut points = vec![self.xs[0]];
        let mut last = (self.xs[0], self.ys[0]);
        for (&x, &y) in self.xs.iter().zip(&self.ys) {
            if (x - last.0).abs() + (y - last.1).abs() > 1.0 / 600.0 {
                points.push(x);
                last = (x, y);
            }
        }
        points
    }

    /// Local extrema of the residual that reach `floor` once polished by parabolas. On the grid a peak may show up to
    /// `dip` lower than it is.
    fn peaks(&self, coeffs: &[f64], floor: f64, dip: f64) -> Vec<(f64, f64)> {
        let residuals: Vec<f64> = self
            .xs
            .iter()
            .zip(&self.ys)
            .map(|(&x, &y)| self.residual(x, y, coeffs))
            .collect();
        let last = residuals.len() - 1;
        let at = |x: f64| self.residual(x, self.inner_at(x), coeffs).abs();
        let mut peaks = vec![];
        for i in 0..=last {
            let (left, right) = (i.saturating_sub(1), (i + 1).min(last));
            let value = residuals[i].abs();
            let sign = residuals[i].signum();
            if value < floor * (1.0 - dip)
                || value < sign * residuals[left]
                || value < sign * residuals[right]
            {
                continue;
            }
            let mut best = (self.xs[i], value);
            let mut bracket = (self.xs[left], self.xs[right]);
            if left < i && i < right {
                let mut ends = (sign * residuals[left], sign * residuals[right]);
                for _ in 0..4 {
                    let Some(vertex) = vertex((bracket.0, ends.0), best, (bracket.1, ends.1))
                    else {
                        break;
                    };
                    let found = at(vertex);
                    let (old, new) = (best, (vertex, found));
                    let (inner, outer) = if found > best.1 {
                        (new, old)
                    } else {
                        (old, new)
                    };
                    if outer.0 < inner.0 {
                        (bracket.0, ends.0) = outer;
                    } else {
                        (bracket.1, ends.1) = outer;
                    }
                    best = inner;
                }
            }
            if best.1 >= floor {
                peaks.push(best);
            }
        }
        // Where the inner stages are very precise the error is flat, and rounding makes peaks by the thousand.
        peaks.sort_by(|a, b| b.1.total_cmp(&a.1));
        peaks.truncate(MAX_PEAKS);
        peaks
    }

    /// The error of given coefficients, with the best constant if one is allowed.
    pub(super) fn judge(&self, mut coeffs: Vec<f64>) -> Solved {
        let zero_offset = self.offset.then_some(0.0);
        coeffs.extend(zero_offset);
        let residuals = self
            .xs
            .iter()
            .zip(&self.ys)
            .map(|(&x, &y)| self.residual(x, y, &coeffs));
        let (least, most) = residuals.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), r| {
            (a.min(r), b.max(r))
        });
        coeffs.truncate(self.terms);
        let offset = if self.offset {
            0.5 * (least + most)
        } else {
            0.0
        };
        Solved {
            coeffs,
            offset,
            error: (most - offset).max(offset - least),
            iterations: 0,
            reference: vec![],
        }
    }

    pub(super) fn solve(&self, samples: Samples, budget: Budget) -> Result<Solved> {
        let (tolerance, dip) = if samples == Samples::Fine {
            (1e-8, 0.04)
        } else {
            (1e-4, 0.1)
        };
        let mut points = self.first_points();
        let mut best: Option<Solved> = None;
        for iterations in 1..=MAX_ROUNDS {
            budget.check("the last stage's exchange")?;
            let rows: Vec<Row> = points.iter().map(|&x| self.row(x)).collect();
            let levelled = stiefel::solve(&rows, tolerance / 10.0, budget)?;
            let peaks = self.peaks(&levelled.coeffs, levelled.error * (1.0 + tolerance), dip);
            let largest = peaks.iter().fold(levelled.error, |m, p| m.max(p.1));
            let reference: Vec<f64> = levelled.reference.iter().map(|&i| points[i]).collect();
            let done = largest <= levelled.error * (1.0 + tolerance);
            if done || iterations == MAX_ROUNDS {
                let mut coeffs = levelled.coeffs;
                let offset = if self.offset {
                    coeffs.pop().unwrap_or(0.0)
                } else {
                    0.0
                };
                let mut reference = reference;
                reference.sort_by(f64::total_cmp);
                best = Some(Solved {
                    coeffs,
                    offset,
                    error: levelled.error,
                    iterations,
                    reference,
                });
                if !done && largest > levelled.error * 1.001 {
                    return Err(ApproxError::NotConverged {
                        iterations,
                        precision: 53,
                        levelled: format!("{:.6e}", levelled.error),
                        largest: format!("{largest:.6e}"),
                    });
                }
                break;
            }
            // Keep what binds or nearly does, and add the new peaks.
            let keep = 0.9 * levelled.error;
            let binding =
                |&x: &f64| self.residual(x, self.inner_at(x), &levelled.coeffs).abs() >= keep;
            points.retain(binding);
            let stride = points.len().div_ceil(MAX_KEPT).max(1);
            points = points.into_iter().step_by(stride).collect();
            points.extend(reference);
            points.extend(peaks.iter().map(|p| p.0));
            points.sort_by(f64::total_cmp);
            points.dedup();
        }
        best.ok_or_else(|| ApproxError::Singular {
            why: "no round of the exchange was run".into(),
        })
    }
}

/// Abscissa of the top of the parabola through three points, if it lies strictly between the outer ones.
fn vertex(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> Option<f64> {
    let (left, right) = ((b.0 - a.0) * (b.1 - c.1), (b.0 - c.0) * (b.1 - a.1));
    let x = b.0 - 0.5 * ((b.0 - a.0) * left - (b.0 - c.0) * right) / (left - right);
    (x > a.0 && x < c.0 && (x - b.0).abs() > 1e-15).then_some(x)
}
