//! ReLU directly: `r(x) = x/2 + x·p_k(g(x)) + c₀` with the last stage optimal for ReLU's own error on all of `[−1, 1]`.
//!
//! For a fixed inner composition `g` the error `x/2 − x·p_k(g(x)) − c₀` is linear in the coefficients of `p_k` and in
//! `c₀`, so their best values are a linear minimax problem over `[0, 1]`. It is no Haar system (g takes each value many
//! times), hence the exchange of [`crate::remez`]'s `stiefel`. What remains is one number, the ε that the inner stages
//! are made for: a golden section search.

use rug::Float;

use super::sign::{SignDesign, Stage, certifying_bits, design_stages};
use crate::{
    ApproxError, Result,
    certify::{
        Bounds, Chain,
        gap::{self, Sup},
    },
    poly::{Chebyshev, FastChebyshev, Parity},
    remez::{
        Budget,
        stiefel::{self, Row},
    },
    rounding::{Rounding, to_grid},
};

/// What a ReLU (or max) composite is designed for.
#[derive(Debug, Clone)]
pub struct ReluDesign {
    /// Odd degrees, the stage that is applied first coming first.
    pub degrees: Vec<usize>,
    /// Whether the constant c₀ may be used.
    pub offset: bool,
    /// Lower end of the inner stages' domain; tuned when absent.
    pub epsilon: Option<Float>,
    /// Noise margin of the inner stages.
    pub margin: Float,
    /// What all coefficients are rounded to.
    pub rounding: Rounding,
    /// Working precision of the inner stages.
    pub precision: Option<u32>,
}

impl ReluDesign {
    /// A design with tuned ε, without margin or rounding.
    pub fn new(degrees: &[usize], offset: bool) -> Self {
        Self {
            degrees: degrees.to_vec(),
            offset,
            epsilon: None,
            margin: Float::new(64),
            rounding: Rounding::Exact,
            precision: None,
        }
    }
}

/// A certified ReLU: `r(x) = x/2 + x·P(x) + offset` with `P = last ∘ inner`.
#[derive(Debug, Clone)]
pub struct ReluComposite {
    /// The stages before the last.
    pub inner: Vec<Stage>,
    /// The last stage, the factor ½ folded in.
    pub last: Chebyshev,
    /// The constant c₀; zero without offset.
    pub offset: Float,
    /// What the inner stages were made for; meaningless when there are none.
    pub epsilon: Float,
    /// Levelled error of the last stage: no other last stage with these inner ones does better.
    pub levelled: f64,
    /// Exchange rounds of the last stage, for the chosen ε.
    pub iterations: usize,
    /// Points where the error of the last stage is levelled, on `[0, 1]`.
    pub reference: Vec<f64>,
    /// The certificate: sup over `[−1, 1]` of `|ReLU − r|`.
    pub sup: Sup,
}

impl ReluComposite {
    /// All stages in order of application.
    pub fn polys(&self) -> impl Iterator<Item = &Chebyshev> {
        self.inner
            .iter()
            .map(|s| &s.poly)
            .chain(std::iter::once(&self.last))
    }
}

/// Designs and certifies ReLU by a composition of the given degrees.
///
/// ```
/// use equiripple_approx::{composite::{ReluDesign, design_relu}, remez::Budget};
/// // One stage of degree 1: x/2 + c·x² + c₀ with |x| ≈ 2c·x² + 2c₀ = x² + 1/8.
/// let relu = design_relu(&ReluDesign::new(&[1], true), Budget::unlimited())?;
/// assert!((relu.sup.bounds.upper.to_f64() - 1.0 / 16.0).abs() < 1e-9);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// Those of the stages, of the exchange, and of the certificate.
pub fn design_relu(design: &ReluDesign, budget: Budget) -> Result<ReluComposite> {
    let epsilon = match &design.epsilon {
        Some(epsilon) => epsilon.clone(),
        None => tune_epsilon(design, budget)?,
    };
    let (inner, solved) = last_stage(design, &epsilon, Samples::Fine, budget)?;
    let bits = certifying_bits(&inner);
    let zero = Float::new(64);
    let one = Float::with_val(64, 1);
    let from = inner
        .last()
        .map_or(zero.clone(), |s| s.range.outer.0.clone());
    let coeffs: Vec<Float> = solved
        .coeffs
        .iter()
        .map(|c| Float::with_val(53, *c))
        .collect();
    let last = design
        .rounding
        .apply(&Chebyshev::on_unit(Parity::Odd, coeffs), &from, &one)?;
    let offset = Float::with_val(53, solved.offset);
    let offset = match design.rounding {
        Rounding::Grid(b) | Rounding::Lattice(b) => to_grid(&offset, b),
        Rounding::Exact | Rounding::F64 => offset,
    };
    let chain = Chain::new(
        inner.iter().map(|s| &s.poly).chain([&last]),
        &zero,
        &one,
        &zero,
        bits,
    )?;
    let sup = gap::relu_error(&chain, 1.0, &offset, budget)?;
    let Solved {
        error: levelled,
        iterations,
        reference,
        ..
    } = solved;
    Ok(ReluComposite {
        inner,
        last,
        offset,
        epsilon,
        levelled,
        iterations,
        reference,
        sup,
    })
}

/// Bounds of the error of an existing ReLU composition with every stage's output off by up to `margin`.
///
/// # Errors
/// Those of the chain and of the subdivision.
pub fn relu_error_with_noise(
    relu: &ReluComposite,
    margin: &Float,
    budget: Budget,
) -> Result<Bounds> {
    let bits = certifying_bits(&relu.inner);
    let chain = Chain::new(
        relu.polys(),
        &Float::new(64),
        &Float::with_val(64, 1),
        margin,
        bits,
    )?;
    Ok(gap::relu_error(&chain, 1.0, &relu.offset, budget)?.bounds)
}

/// How densely the composition is sampled while the last stage is solved.
#[derive(Clone, Copy, PartialEq)]
enum Samples {
    Coarse,
    Fine,
}

impl Samples {
    /// A composition of total degree D has at most D/2 extrema on `[0, 1]`.
    fn count(self, degrees: &[usize]) -> usize {
        let total = degrees.iter().fold(1usize, |t, d| t.saturating_mul(*d + 1));
        let per_extremum = if self == Self::Fine { 8 } else { 3 };
        (total.saturating_mul(per_extremum) / 2).clamp(2_000, 600_000)
    }
}

/// The best last stage found.
struct Solved {
    coeffs: Vec<f64>,
    offset: f64,
    error: f64,
    iterations: usize,
    reference: Vec<f64>,
}

fn last_stage(
    design: &ReluDesign,
    epsilon: &Float,
    samples: Samples,
    budget: Budget,
) -> Result<(Vec<Stage>, Solved)> {
    let Some((&last, before)) = design.degrees.split_last() else {
        return Err(ApproxError::Degree {
            degree: 0,
            min: 1,
            max: 4095,
            why: "a composition needs a stage".into(),
        });
    };
    if let Some(&degree) = design.degrees.iter().find(|d| *d % 2 == 0 || **d > 1023) {
        let why = "sign is odd, so its polynomials are".into();
        return Err(ApproxError::Degree {
            degree,
            min: 1,
            max: 1023,
            why,
        });
    }
    let inner_design = SignDesign {
        degrees: before.to_vec(),
        epsilon: epsilon.clone(),
        margin: design.margin.clone(),
        rounding: design.rounding,
        precision: design.precision,
    };
    let inner = design_stages(&inner_design, false, budget)?;
    let problem = Problem::new(&inner, last, design.offset, samples.count(&design.degrees));
    let solved = problem.solve(samples, budget)?;
    Ok((inner, solved))
}

/// The linear problem of the last stage, sampled in f64.
struct Problem {
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
    fn new(inner: &[Stage], degree: usize, offset: bool, count: usize) -> Self {
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

    fn solve(&self, samples: Samples, budget: Budget) -> Result<Solved> {
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

/// The ε that makes the levelled error least: steps of one bit down from ¼, then a golden section.
fn tune_epsilon(design: &ReluDesign, budget: Budget) -> Result<Float> {
    let at = |bits: f64| Float::with_val(64, bits.exp2());
    if design.degrees.len() < 2 {
        return Ok(at(-1.0));
    }
    let error =
        |bits: f64| last_stage(design, &at(bits), Samples::Coarse, budget).map(|s| s.1.error);
    let (mut middle, mut best) = (-2.0, error(-2.0)?);
    loop {
        let next = error(middle - 1.0)?;
        if next >= best {
            break;
        }
        (middle, best) = (middle - 1.0, next);
        if middle < -60.0 {
            break;
        }
    }
    let (mut a, mut b) = (middle - 1.0, middle + 1.0);
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut c, mut d) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut at_c, mut at_d) = (error(c)?, error(d)?);
    while b - a > 0.004 {
        if at_c < at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - GOLDEN * (b - a);
            at_c = error(c)?;
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + GOLDEN * (b - a);
            at_d = error(d)?;
        }
    }
    Ok(at(if at_c < at_d { c } else { d }))
}
