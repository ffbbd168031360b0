//! One run of the exchange at a fixed precision.

use rug::{Float, float::Constant};

use super::{
    Budget, Minimax, Problem,
    basis::{Approximant, Basis, Frame},
    exchange::{ErrorPoint, alternation, reduce},
    linear,
};
use crate::{
    ApproxError, Result,
    domain::Domain,
    poly::Parity,
    target::{self, Expr, Target},
};

const LEVELLED: f64 = 1e-22;
const MAX_ITERATIONS: usize = 100;
/// Points of the error curve between neighbouring reference points, at first.
const DENSITY: usize = 8;

/// One attempt at a fixed precision.
pub(super) struct Run<'a> {
    problem: &'a Problem,
    domain: &'a Domain,
    prec: u32,
    frame: Frame<'a>,
    target: Option<std::borrow::Cow<'a, Expr>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(problem: &'a Problem, domain: &'a Domain, prec: u32) -> Self {
        Self {
            problem,
            domain,
            prec,
            frame: Frame::new(&problem.basis, problem.degree, &problem.fixed, domain, prec),
            target: problem.target.expr(),
        }
    }

    /// f and the total weight at `x`.
    fn target_and_weight(&self, x: &Float) -> Result<(Float, Float)> {
        // A table is known at its own abscissae only, in all their bits.
        let f = match &self.target {
            Some(expr) => target::eval(expr, &Float::with_val(self.prec, x))?,
            None => Float::with_val(self.prec, self.problem.target.eval(x)?),
        };
        let x = Float::with_val(self.prec, x);
        let mut weight = match &self.problem.weight {
            Some(w) => target::eval(w, &x)?,
            None => Float::with_val(self.prec, 1),
        };
        if self.problem.relative {
            if f == 0 {
                return Err(ApproxError::NonFinite {
                    what: "the relative error (the function is zero)".into(),
                    at: format!("{:.6}", x.to_f64()),
                });
            }
            weight /= Float::with_val(self.prec, f.abs_ref());
        }
        if weight.is_nan() || weight <= 0 || !weight.is_finite() {
            return Err(ApproxError::NonPositiveWeight {
                value: format!("{:.6e}", weight.to_f64()),
                at: format!("{:.6}", x.to_f64()),
            });
        }
        Ok((f, weight))
    }

    fn error_at(&self, approximant: &Approximant, x: &Float) -> Result<ErrorPoint> {
        let (f, weight) = self.target_and_weight(x)?;
        let p = approximant.eval(x, self.prec)?;
        Ok(ErrorPoint {
            x: x.clone(),
            error: (f - p) * weight,
        })
    }

    /// Chebyshev points, shared out among the intervals by their length and the number of unknowns.
    fn first_reference(&self, count: usize) -> Vec<Float> {
        if let Target::Samples(_) = self.problem.target {
            let points = self.samples();
            let last = points.len() - 1;
            return (0..count)
                .map(|i| points[i * last / (count - 1).max(1)].clone())
                .collect();
        }
        let intervals = self.domain.intervals();
        let widths: Vec<f64> = intervals
            .iter()
            .map(|i| Float::with_val(53, i.hi() - i.lo()).to_f64())
            .collect();
        let total: f64 = widths.iter().sum();
        // Square roots: a short interval beside a long one still carries several extrema.
        let shares: Vec<f64> = widths.iter().map(|w| (w / total).sqrt()).collect();
        let sum: f64 = shares.iter().sum();
        let mut counts: Vec<usize> = shares
            .iter()
            .map(|s| (s / sum * count as f64).floor() as usize)
            .collect();
        let mut i = 0;
        while counts.iter().sum::<usize>() < count {
            let k = i % counts.len();
            counts[k] += 1;
            i += 1;
        }
        let pi = Float::with_val(self.prec, Constant::Pi);
        let mut points = vec![];
        // All odd polynomials vanish at 0: a reference with that point has no levelled error.
        let odd = matches!(self.problem.basis, Basis::Polynomials(Parity::Odd));
        for (interval, &n) in intervals.iter().zip(&counts) {
            let (lo, hi) = (
                Float::with_val(self.prec, interval.lo()),
                Float::with_val(self.prec, interval.hi()),
            );
            let skip = usize::from(odd && lo <= 0);
            for j in 0..n {
                let c = if n + skip == 1 {
                    Float::new(self.prec)
                } else {
                    // A little off the symmetric places: on those the levelled error of a function that is even or
                    // odd but for a part in the basis would be zero, and the exchange would not know where to go.
                    let place = (j + skip) as f64 / (n + skip - 1) as f64;
                    let shift = 0.2 * (std::f64::consts::PI * place).sin() / (n + skip) as f64;
                    let at_end = j + 1 == n || j + skip == 0;
                    let place = if at_end { place.round() } else { place + shift };
                    Float::with_val(self.prec, &pi * place).cos()
                };
                points.push(Float::with_val(self.prec, &hi - &lo) * (1u32 - c) / 2u32 + &lo);
            }
        }
        points
    }

    fn samples(&self) -> Vec<Float> {
        match &self.problem.target {
            Target::Samples(samples) => samples
                .points()
                .iter()
                .map(|p| p.0.clone())
                .filter(|x| self.domain.contains(x))
                .collect(),
            _ => vec![],
        }
    }

    /// Solves `p(x_i) + (−1)^i E/w_i = f_i` on the reference.
    fn level(&self, reference: &[Float]) -> Result<(Approximant, Float)> {
        let mut rows = Vec::with_capacity(reference.len());
        for (i, x) in reference.iter().enumerate() {
            let (f, weight) = self.target_and_weight(x)?;
            let mut row = self.frame.values(x)?;
            let sign = Float::with_val(self.prec, if i % 2 == 0 { 1 } else { -1 });
            row.push(sign / weight);
            row.push(f - self.frame.fixed_part(x));
            rows.push(row);
        }
        let mut solution = linear::solve(rows, self.prec)?;
        let error = solution
            .pop()
            .unwrap_or_else(|| Float::new(self.prec))
            .abs();
        Ok((self.frame.approximant(solution)?, error))
    }

    /// The error curve's alternation: on a grid between reference points and interval ends, largest of every run,
    /// polished.
    fn extrema(
        &self,
        approximant: &Approximant,
        reference: &[Float],
        density: usize,
        steps: usize,
    ) -> Result<Vec<ErrorPoint>> {
        if let Target::Samples(_) = self.problem.target {
            let points: Result<Vec<ErrorPoint>> = self
                .samples()
                .iter()
                .map(|x| self.error_at(approximant, x))
                .collect();
            return Ok(alternation(points?));
        }
        let mut all = vec![];
        for interval in self.domain.intervals() {
            let (lo, hi) = (
                Float::with_val(self.prec, interval.lo()),
                Float::with_val(self.prec, interval.hi()),
            );
            let mut knots = vec![lo.clone()];
            knots.extend(reference.iter().filter(|x| **x > lo && **x < hi).cloned());
            knots.push(hi.clone());
            let mut grid: Vec<Float> = vec![];
            for gap in knots.windows(2) {
                let step = Float::with_val(self.prec, &gap[1] - &gap[0]) / density as u32;
                grid.extend(
                    (0..density).map(|i| Float::with_val(self.prec, &step * i as u32) + &gap[0]),
                );
            }
            grid.push(hi);
            let curve: Result<Vec<ErrorPoint>> =
                grid.iter().map(|x| self.error_at(approximant, x)).collect();
            let curve = curve?;
            for i in 0..curve.len() {
                let left = (i > 0).then(|| &curve[i - 1]);
                let right = curve.get(i + 1);
                let here = &curve[i];
                let negative = here.error.is_sign_negative();
                let lower = |p: &ErrorPoint| {
                    p.error.is_sign_negative() != negative
                        || p.error.cmp_abs(&here.error).is_none_or(|o| o.is_le())
                };
                if left.is_none_or(lower) && right.is_none_or(lower) {
                    let peak = match (left, right) {
                        (Some(left), Some(right)) => {
                            self.polish(approximant, left, here, right, steps)?
                        }
                        _ => here.clone(),
                    };
                    all.push(peak);
                }
            }
        }
        Ok(alternation(all))
    }

    /// Successive parabolas through three points around an extremum. The error is flat there, so a location good to
    /// a third of the digits gives the value to two thirds.
    fn polish(
        &self,
        approximant: &Approximant,
        left: &ErrorPoint,
        top: &ErrorPoint,
        right: &ErrorPoint,
        steps: usize,
    ) -> Result<ErrorPoint> {
        let (mut a, mut b, mut c) = (left.clone(), top.clone(), right.clone());
        let tolerance = Float::with_val(64, &c.x - &a.x) >> 56;
        for _ in 0..steps {
            let ba = Float::with_val(self.prec, &b.x - &a.x);
            let bc = Float::with_val(self.prec, &b.x - &c.x);
            let p = Float::with_val(self.prec, &b.error - &c.error) * &ba;
            let q = Float::with_val(self.prec, &b.error - &a.error) * &bc;
            let bottom = Float::with_val(self.prec, &p - &q) * 2u32;
            if bottom.is_zero() {
                break;
            }
            let step = (p * ba - q * bc) / bottom;
            let x = Float::with_val(self.prec, &b.x - &step);
            if !(x > a.x && x < c.x) || Float::with_val(64, step.abs_ref()) <= tolerance {
                break;
            }
            let found = self.error_at(approximant, &x)?;
            let better = found.error.cmp_abs(&b.error).is_some_and(|o| o.is_gt());
            let (inner, outer) = if better { (found, b) } else { (b, found) };
            if outer.x < inner.x {
                a = outer
            } else {
                c = outer
            }
            b = inner;
        }
        Ok(b)
    }

    pub(super) fn converge(&self, budget: Budget) -> Result<Minimax> {
        let wanted = self.frame.len() + 1;
        let mut reference = self.first_reference(wanted);
        let mut density = DENSITY;
        // While the reference is far off, extrema need not be sharp.
        let mut steps = 4;
        for iterations in 1..=MAX_ITERATIONS {
            budget.check("the exchange")?;
            let (approximant, levelled) = self.level(&reference)?;
            let extrema = self.extrema(&approximant, &reference, density, steps)?;
            let largest = extrema.iter().fold(Float::new(self.prec), |m, p| {
                m.max(&Float::with_val(self.prec, p.error.abs_ref()))
            });
            let size = self.size(&reference)?;
            if !largest.is_finite() {
                return Err(self.failed(iterations, &levelled, &largest));
            }
            let found = |approximant, reference| Minimax {
                approximant,
                levelled: levelled.clone(),
                largest: largest.clone(),
                iterations,
                precision: self.prec,
                reference,
            };
            // The target lies in the span: all that is left is rounding, in the levelled error as well.
            if largest <= Float::with_val(64, &size >> (self.prec - 40)) {
                let mut exact = found(approximant, reference);
                exact.levelled = exact.levelled.min(&largest);
                return Ok(exact);
            }
            let excess = Float::with_val(64, &largest - &levelled) / &largest;
            if excess < 0.1 {
                steps = 14;
            }
            if excess < LEVELLED {
                // Look once more, closer: an extremum between the grid points would make this a false end.
                let closer = self.extrema(&approximant, &reference, 3 * density + 1, 0)?;
                let missed = closer.iter().any(|p| {
                    Float::with_val(64, p.error.abs_ref())
                        > Float::with_val(64, &largest * (1.0 + 1e-15))
                });
                if !missed {
                    return Ok(found(approximant, reference));
                }
                reference = self.next_reference(closer, wanted, &levelled, &largest, iterations)?;
                density = 3 * density + 1;
                if density > 2000 {
                    return Err(self.failed(iterations, &levelled, &largest));
                }
                continue;
            }
            if extrema.len() < wanted && density < 600 {
                density *= 3;
                continue;
            }
            reference = self.next_reference(extrema, wanted, &levelled, &largest, iterations)?;
        }
        Err(self.failed(MAX_ITERATIONS, &Float::new(53), &Float::new(53)))
    }

    fn next_reference(
        &self,
        extrema: Vec<ErrorPoint>,
        wanted: usize,
        levelled: &Float,
        largest: &Float,
        iterations: usize,
    ) -> Result<Vec<Float>> {
        if extrema.len() < wanted {
            return Err(self.failed(iterations, levelled, largest));
        }
        Ok(reduce(extrema, wanted).into_iter().map(|p| p.x).collect())
    }

    /// Scale of the weighted target on the reference, to tell errors from rounding.
    fn size(&self, reference: &[Float]) -> Result<Float> {
        reference
            .iter()
            .try_fold(Float::with_val(64, f64::MIN_POSITIVE), |m, x| {
                let (f, w) = self.target_and_weight(x)?;
                Ok(m.max(&Float::with_val(64, (f * w).abs())))
            })
    }

    fn failed(&self, iterations: usize, levelled: &Float, largest: &Float) -> ApproxError {
        ApproxError::NotConverged {
            iterations,
            precision: self.prec,
            levelled: format!("{:.6e}", levelled.to_f64()),
            largest: format!("{:.6e}", largest.to_f64()),
        }
    }
}
