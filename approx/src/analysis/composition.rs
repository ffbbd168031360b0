//! The composition in f64, with its derivative: what all estimates are sampled from.

use rug::Float;

use super::shape::Shape;
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, FastChebyshev, Parity},
};

/// Stages and shape, checked to fit together.
#[derive(Debug)]
pub struct Composition<'a> {
    stages: &'a [Chebyshev],
    shape: Shape<'a>,
    fast: Vec<(FastChebyshev, FastChebyshev)>,
}

impl<'a> Composition<'a> {
    /// Checks that the stages suit the shape.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`] without stages, for ε outside `(0, 1)` or a constant that is not finite;
    /// [`ApproxError::Parity`] for a stage that is not odd on `[−1, 1]` where the shape needs that.
    pub fn new(stages: &'a [Chebyshev], shape: Shape<'a>) -> Result<Self> {
        if stages.is_empty() {
            return Err(out_of_range("stages", "0", "at least one"));
        }
        if let Shape::Sign { epsilon } = shape
            && !(epsilon > 0.0 && epsilon < 1.0)
        {
            return Err(out_of_range(
                "epsilon",
                &epsilon.to_string(),
                "between 0 and 1",
            ));
        }
        if !shape.offset().is_finite() {
            return Err(out_of_range("offset", "not finite", "a finite number"));
        }
        let unit = |p: &Chebyshev| *p.interval().0 == -1 && *p.interval().1 == 1;
        if !matches!(shape, Shape::Plain { .. })
            && let Some(k) = stages
                .iter()
                .position(|p| p.parity() != Parity::Odd || !unit(p))
        {
            let (parity, (lo, hi)) = (stages[k].parity().name(), stages[k].interval());
            return Err(ApproxError::Parity {
                parity: "odd",
                why: format!(
                    "stage {} is {parity} on [{}, {}], and {} needs odd stages on [-1, 1]",
                    k + 1,
                    lo.to_f64(),
                    hi.to_f64(),
                    shape.name()
                ),
            });
        }
        let fast = stages
            .iter()
            .map(|p| (FastChebyshev::new(p), FastChebyshev::new(&p.derivative())))
            .collect();
        Ok(Self {
            stages,
            shape,
            fast,
        })
    }

    /// The stages.
    #[must_use]
    pub fn stages(&self) -> &'a [Chebyshev] {
        self.stages
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape<'a> {
        self.shape
    }

    /// The interval of the first stage: where inputs belong.
    #[must_use]
    pub fn domain(&self) -> (&'a Float, &'a Float) {
        self.stages[0].interval()
    }

    /// The domain in f64.
    #[must_use]
    pub fn domain_f64(&self) -> (f64, f64) {
        let (lo, hi) = self.domain();
        (lo.to_f64(), hi.to_f64())
    }

    /// `P(x)` and `P'(x)`.
    #[must_use]
    pub fn inner(&self, x: f64) -> (f64, f64) {
        self.fast.iter().fold((x, 1.0), |(y, slope), (p, dp)| {
            (p.eval(y), slope * dp.eval(y))
        })
    }

    /// `P(x)` alone.
    fn inner_value(&self, x: f64) -> f64 {
        self.fast.iter().fold(x, |y, (p, _)| p.eval(y))
    }

    /// `r(x)`.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        let inner = self.inner_value(x);
        if self.shape.gated() {
            self.shape.linear() * x + x * inner + self.shape.offset()
        } else {
            inner
        }
    }

    /// `r'(x)`: what an error of the input is multiplied by.
    #[must_use]
    pub fn slope(&self, x: f64) -> f64 {
        let (inner, slope) = self.inner(x);
        if self.shape.gated() {
            self.shape.linear() + inner + x * slope
        } else {
            slope
        }
    }

    /// `target − r` at `x`.
    #[must_use]
    pub fn error(&self, x: f64) -> f64 {
        self.shape.target(x) - self.value(x)
    }

    /// About `count` points of the domain in rising order: dense towards the ends, where polynomials swing fastest, and
    /// on a logarithmic scale about 0, where compositions for sign have their steepest part.
    #[must_use]
    pub fn samples(&self, count: usize) -> Vec<f64> {
        let (lo, hi) = self.domain_f64();
        let (mid, half) = (0.5 * (lo + hi), 0.5 * (hi - lo));
        let count = count.max(16);
        // sin rather than cos, so that the middle is met exactly.
        let angle = |i: usize| std::f64::consts::PI * (i as f64 / count as f64 - 0.5);
        let mut xs: Vec<f64> = (0..=count)
            .map(|i| (mid + half * angle(i).sin()).clamp(lo, hi))
            .collect();
        let logs = count / 8;
        let near_zero = (0..logs).map(|i| (-30.0 * i as f64 / logs as f64).exp2());
        xs.extend(near_zero.flat_map(|t| [-t, t]).chain([0.0]));
        if let Shape::Sign { epsilon } = self.shape {
            xs.extend([-epsilon, epsilon]);
        }
        xs.retain(|x| (lo..=hi).contains(x));
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        xs
    }
}

/// Shorthand for the error that most checks of this module end in.
pub(super) fn out_of_range(name: &'static str, value: &str, bound: &str) -> ApproxError {
    ApproxError::OutOfRange {
        name,
        value: value.into(),
        bound: bound.into(),
    }
}
