//! Samples of functions and errors, for pictures.

use equiripple_approx::{
    approximate::{Approximation, Form, Recertified},
    poly::{Chebyshev, Parity},
    target::{self, Expr, Samples, Target},
};
use equiripple_reports::plot::{
    Axis, Figure, PlotError, Rendered, Scale,
    ready::{self, Runs, StageError},
};
use rug::Float;

/// Bits that curves are evaluated in: an error of 2^-80 still shows its shape.
const BITS: u32 = 192;
/// Points per interval.
const POINTS: usize = 8000;

/// What is drawn: a composition and the function that it stands for.
#[derive(Debug)]
pub struct Curves<'a> {
    /// How the stages make the result.
    pub form: Form,
    /// The stages.
    pub polys: &'a [Chebyshev],
    /// c₀.
    pub offset: &'a Float,
    /// The function, for one polynomial.
    pub target: Option<&'a Target>,
    /// Weight of its error.
    pub weight: Option<&'a Expr>,
    /// Whether the error is divided by |f|.
    pub relative: bool,
    /// Where the error counts.
    pub domain: &'a [(f64, f64)],
    /// Scale of the structure about zero.
    pub epsilon: Option<f64>,
}

impl<'a> Curves<'a> {
    /// Of an approximation of `target`.
    pub fn new(made: &'a Approximation, target: &'a Target) -> Self {
        Self {
            form: made.form,
            polys: &made.polys,
            offset: &made.offset,
            target: Some(target),
            weight: None,
            relative: false,
            domain: &made.domain,
            epsilon: made.epsilon,
        }
    }

    /// Of a table that was read.
    pub fn of(table: &'a Recertified) -> Self {
        Self {
            form: table.form,
            polys: &table.polys,
            offset: &table.offset,
            target: table.target.as_ref(),
            weight: None,
            relative: false,
            domain: &table.domain,
            epsilon: table.epsilon,
        }
    }

    /// The same with a weighted error.
    #[must_use]
    pub fn weighted(self, weight: Option<&'a Expr>, relative: bool) -> Self {
        Self {
            weight,
            relative,
            ..self
        }
    }

    /// The result at `x`.
    pub fn value(&self, x: &Float) -> Float {
        let p = self.polys.iter().fold(x.clone(), |y, p| p.eval(&y, BITS));
        match self.form {
            Form::Sign | Form::Polynomial => p,
            Form::Relu => (p + 0.5) * x + self.offset,
            // (a+b)/2 is left out: a = x/2 = −b.
            Form::Max => p * x + self.offset,
        }
    }

    /// The function at `x`; `None` where it is not defined.
    pub fn function(&self, x: &Float) -> Option<Float> {
        match self.form {
            Form::Sign => Some(Float::with_val(BITS, if *x < 0 { -1 } else { 1 })),
            Form::Relu => Some(if *x < 0 { Float::new(BITS) } else { x.clone() }),
            Form::Max => Some(Float::with_val(BITS, x.abs_ref()) / 2u32),
            Form::Polynomial => match self.target? {
                Target::Samples(samples) => sample_at(samples, x),
                target => target.eval(x).ok(),
            },
        }
    }

    /// The weighted error at `x`.
    pub fn error(&self, x: f64) -> Option<f64> {
        let x = Float::with_val(BITS, x);
        let f = self.function(&x)?;
        let mut error = Float::with_val(BITS, &f - self.value(&x));
        if let Some(w) = self.weight {
            error *= target::eval(w, &x).ok()?;
        }
        if self.relative {
            error /= f.abs();
        }
        Some(error.to_f64()).filter(|e| e.is_finite())
    }

    /// Abscissae on an interval: evenly spread, and where the structure is about zero also evenly in log |x|.
    fn grid(&self, lo: f64, hi: f64) -> Vec<f64> {
        if let Some(Target::Samples(samples)) = self.target {
            return samples
                .points()
                .iter()
                .map(|p| p.0.to_f64())
                .filter(|x| *x >= lo && *x <= hi)
                .collect();
        }
        let mut xs: Vec<f64> = (0..=POINTS).map(|i| chebyshev_point(lo, hi, i)).collect();
        if let Some(epsilon) = self.epsilon {
            let from = (epsilon / 64.0).ln();
            let far = lo.abs().max(hi.abs()).ln();
            let spread =
                (0..=POINTS).map(|i| (from + (far - from) * i as f64 / POINTS as f64).exp());
            xs.extend(
                spread
                    .flat_map(|x| [x, -x])
                    .filter(|x| *x >= lo && *x <= hi),
            );
        }
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        xs
    }

    /// The error curve, one run per interval of the domain.
    pub fn error_runs(&self) -> Runs {
        let run = |&(lo, hi): &(f64, f64)| {
            self.grid(lo, hi)
                .into_iter()
                .filter_map(|x| Some((x, self.error(x)?)))
                .collect()
        };
        self.domain
            .iter()
            .map(run)
            .filter(|r: &Vec<_>| !r.is_empty())
            .collect()
    }

    /// Axis of x: logarithmic on both sides of zero when the structure is there.
    fn axis(&self) -> Axis {
        match self.epsilon {
            Some(epsilon) if epsilon < 0.2 => Axis::new("x", Scale::SymLog { linthresh: epsilon }),
            _ => Axis::new("x", Scale::Linear),
        }
    }

    /// The error with its levelled points and certified bounds.
    pub fn error_figure(&self, title: &str, reference: &[f64], upper: f64, lower: f64) -> Figure {
        let inside = |x: f64| self.domain.iter().any(|d| x >= d.0 && x <= d.1);
        let mirrored = self.polys.iter().all(|p| p.parity() != Parity::Full);
        let mut points: Vec<f64> = reference
            .iter()
            .flat_map(|&x| if mirrored { vec![x, -x] } else { vec![x] })
            .collect();
        points.sort_by(f64::total_cmp);
        points.dedup();
        points.retain(|x| inside(*x));
        let level: Vec<(f64, f64)> = points
            .into_iter()
            .filter_map(|x| Some((x, self.error(x)?)))
            .collect();
        let mut figure = ready::error_curve(title, &self.error_runs(), &level, upper, Some(lower));
        figure.x = self.axis();
        figure
    }

    /// The function and the approximation.
    pub fn function_figure(&self, title: &str) -> Figure {
        let sample = |f: &dyn Fn(&Float) -> Option<f64>| -> Runs {
            let run = |&(lo, hi): &(f64, f64)| {
                let xs = self.grid(lo, hi).into_iter();
                xs.filter_map(|x| Some((x, f(&Float::with_val(BITS, x))?)))
                    .collect()
            };
            self.domain.iter().map(run).collect()
        };
        let name = match self.form {
            Form::Sign => "sign(x)".to_string(),
            Form::Relu => "ReLU(x)".to_string(),
            Form::Max => "max(a, b) − (a+b)/2, x = a − b".to_string(),
            Form::Polynomial => self.target.map_or("f(x)".into(), |t| t.to_string()),
        };
        let function = sample(&|x| Some(self.function(x)?.to_f64()));
        let mut approximation = sample(&|x| Some(self.value(x).to_f64()));
        // Sign's approximation is shown through the gap too.
        if let (Form::Sign, Some(epsilon)) = (self.form, self.epsilon) {
            let xs = self.grid(-epsilon, epsilon);
            let gap = xs
                .into_iter()
                .map(|x| (x, self.value(&Float::with_val(BITS, x)).to_f64()))
                .collect();
            approximation = vec![
                approximation
                    .into_iter()
                    .flatten()
                    .chain::<Vec<(f64, f64)>>(gap)
                    .collect(),
            ];
            approximation[0].sort_by(|a: &(f64, f64), b| a.0.total_cmp(&b.0));
        }
        let mut figure = ready::function_against_approximation(
            title,
            (&name, &function),
            &[("approximation".into(), approximation)],
        );
        if self.form == Form::Sign {
            figure.x = self.axis();
        }
        figure
    }
}

/// The value of a table at the abscissa that is nearest to `x`, where that is `x` in an f64.
fn sample_at(samples: &Samples, x: &Float) -> Option<Float> {
    let (points, x) = (samples.points(), x.to_f64());
    let next = points.partition_point(|p| p.0.to_f64() < x);
    let (at, value) = points.get(next)?;
    (at.to_f64() <= x).then(|| value.clone())
}

/// The error of every stage about the middle of its range, on the range of the stages before; the last stage of a ReLU
/// or max is left out, since it levels another error.
pub fn stage_figure(title: &str, curves: &Curves<'_>) -> Result<Rendered, PlotError> {
    let shown = match curves.form {
        Form::Relu | Form::Max => curves.polys.len() - 1,
        Form::Sign | Form::Polynomial => curves.polys.len(),
    };
    let (mut lo, mut hi) = (curves.epsilon.unwrap_or(0.0), 1.0);
    let mut panels = vec![];
    for poly in &curves.polys[..shown] {
        let xs: Vec<f64> = (0..=POINTS).map(|i| chebyshev_point(lo, hi, i)).collect();
        let values: Vec<Float> = xs
            .iter()
            .map(|&x| poly.eval(&Float::with_val(BITS, x), BITS))
            .collect();
        let least = values.iter().fold(values[0].clone(), |m, v| m.min(v));
        let most = values.iter().fold(values[0].clone(), |m, v| m.max(v));
        let middle = Float::with_val(BITS, &least + &most) / 2u32;
        let error = |v: &Float| (1u32 - Float::with_val(BITS, v / &middle)).to_f64();
        let run: Vec<(f64, f64)> = xs
            .iter()
            .zip(&values)
            .map(|(&x, v)| (x, error(v)))
            .collect();
        let upper = error(&least).max(-error(&most));
        panels.push(StageError {
            degree: poly.degree() as u32,
            runs: vec![run],
            upper,
        });
        (lo, hi) = (least.to_f64(), most.to_f64());
    }
    ready::stage_errors(title, &panels).render()
}

/// Point `i` of [`POINTS`] that crowd towards the ends of `[lo, hi]`.
fn chebyshev_point(lo: f64, hi: f64, i: usize) -> f64 {
    lo + (hi - lo) * 0.5 * (1.0 - (std::f64::consts::PI * i as f64 / POINTS as f64).cos())
}
