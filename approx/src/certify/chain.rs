//! A composition `p_k ∘ … ∘ p_1` with the critical points of every stage on the range of the stages before.

use rug::Float;

use super::{Bounds, Extrema, Range, extrema::widen};
use crate::{Result, poly::Chebyshev};

/// The stages of a composition over an input interval, ready for rigorous evaluation.
#[derive(Debug, Clone)]
pub struct Chain {
    input: (Float, Float),
    stages: Vec<Extrema>,
    ranges: Vec<Range>,
}

impl Chain {
    /// Encloses the ranges stage by stage over `[lo, hi]`. Each stage's output may be disturbed by up to `margin`
    /// (the scheme's noise) before it enters the next one.
    ///
    /// # Errors
    /// A stage whose input range leaves the interval of its series by far.
    pub fn new<'a>(
        polys: impl IntoIterator<Item = &'a Chebyshev>,
        lo: &Float,
        hi: &Float,
        margin: &Float,
        prec: u32,
    ) -> Result<Self> {
        let mut chain = Self {
            input: (lo.clone(), hi.clone()),
            stages: vec![],
            ranges: vec![],
        };
        let mut outer = (lo.clone(), hi.clone());
        let mut inner = outer.clone();
        for poly in polys {
            let extrema = Extrema::new(poly, &outer.0, &outer.1, prec)?;
            let mut range = extrema.range(&outer.0, &outer.1);
            range.inner = if inner.0 <= inner.1 {
                extrema.range(&inner.0, &inner.1).inner
            } else {
                // Narrower than rounding can tell: all that is known is that some value is in the outer range.
                (range.outer.1.clone(), range.outer.0.clone())
            };
            widen(&mut range.outer, margin);
            outer = range.outer.clone();
            inner = range.inner.clone();
            chain.stages.push(extrema);
            chain.ranges.push(range);
        }
        Ok(chain)
    }

    /// The interval of the input.
    pub fn input(&self) -> (&Float, &Float) {
        (&self.input.0, &self.input.1)
    }

    /// The stages with their critical points.
    pub fn stages(&self) -> &[Extrema] {
        &self.stages
    }

    /// The range after each stage.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The range of the whole composition.
    pub fn range(&self) -> Option<&Range> {
        self.ranges.last()
    }

    /// Bounds of `sup |1 − p_k ∘ … ∘ p_1|` over the input interval: exact but for rounding, since the range of a
    /// composition is the range of its last stage over the range of the ones before. With a margin, the upper bound
    /// holds under noise and the lower bound without.
    pub fn sign_error(&self) -> Option<Bounds> {
        self.range().map(|range| Bounds::of_distance(1, range))
    }

    /// The values after stage `first`, `first+1`, … when stage `first` is fed `x`.
    pub(super) fn values_from(&self, first: usize, x: &Float) -> Vec<Float> {
        let mut values: Vec<Float> = Vec::with_capacity(self.stages.len() - first);
        for stage in &self.stages[first..] {
            let value = stage.poly().eval(values.last().unwrap_or(x), stage.prec());
            values.push(value);
        }
        values
    }

    /// The values after each stage at `x`, in the working precision.
    pub fn values(&self, x: &Float) -> Vec<Float> {
        self.values_from(0, x)
    }
}
