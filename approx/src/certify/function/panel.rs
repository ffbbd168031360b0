//! Pieces of the domain with the point that they are expanded about.

use rug::Float;
use rug::float::Round;

use super::model::BOUND_BITS;
use crate::Result;
use crate::interval::Interval;

/// `[lo, hi]` about `center`, which lies inside.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub(super) lo: Float,
    pub(super) hi: Float,
    pub(super) center: Float,
    /// At least the distance from the centre to either end.
    pub(super) radius: Float,
    /// Splits that led here.
    pub(super) depth: u32,
}

impl Panel {
    /// About the middle.
    pub(super) fn new(lo: Float, hi: Float, prec: u32, depth: u32) -> Self {
        let middle = midpoint(&lo, &hi, prec).unwrap_or_else(|| lo.clone());
        Self::about(lo, hi, middle, depth)
    }

    /// About a point inside.
    pub(super) fn about(lo: Float, hi: Float, center: Float, depth: u32) -> Self {
        let up = |a: &Float, b: &Float| Float::with_val_round(BOUND_BITS, a - b, Round::Up).0;
        let radius = up(&hi, &center).max(&up(&center, &lo));
        Self {
            lo,
            hi,
            center,
            radius,
            depth,
        }
    }

    /// The panel as an interval.
    pub(super) fn interval(&self) -> Result<Interval> {
        Interval::new(self.lo.clone(), self.hi.clone())
    }

    /// The ends in units of the radius from the centre, rounded outwards and into `[−1, 1]`, where every remainder
    /// holds.
    pub(super) fn reach(&self) -> (f64, f64) {
        let end = |x: &Float, round| {
            let offset = Float::with_val_round(BOUND_BITS, x - &self.center, round).0;
            Float::with_val_round(BOUND_BITS, offset / &self.radius, round)
                .0
                .to_f64_round(round)
                .clamp(-1.0, 1.0)
        };
        (end(&self.lo, Round::Down), end(&self.hi, Round::Up))
    }

    /// The point at `u` radii from the centre, rounded into the panel.
    pub(super) fn point(&self, u: f64, prec: u32) -> Float {
        let x = Float::with_val(prec, &self.radius * u) + &self.center;
        if x < self.lo {
            self.lo.clone()
        } else if x > self.hi {
            self.hi.clone()
        } else {
            x
        }
    }

    /// Equal parts; `None` if the ends are too close for numbers of this precision between them.
    pub(super) fn parts(&self, count: u32, prec: u32) -> Option<Vec<Self>> {
        let width = Float::with_val(prec, &self.hi - &self.lo);
        let cuts = (1..count)
            .map(|k| Float::with_val(prec, &width * k) / count + &self.lo)
            .collect::<Vec<_>>();
        self.cut(&cuts, prec)
    }

    /// The parts between the given points, `None` unless these ascend strictly inside.
    pub(super) fn cut(&self, cuts: &[Float], prec: u32) -> Option<Vec<Self>> {
        let mut parts = Vec::with_capacity(cuts.len() + 1);
        let mut lo = &self.lo;
        for hi in cuts.iter().chain([&self.hi]) {
            if lo >= hi {
                return None;
            }
            parts.push(Self::new(lo.clone(), hi.clone(), prec, self.depth + 1));
            lo = hi;
        }
        Some(parts)
    }
}

/// A number of this precision between the two, near the middle.
fn midpoint(lo: &Float, hi: &Float, prec: u32) -> Option<Float> {
    let middle = Float::with_val(prec, lo + hi) / 2u32;
    (middle > *lo && middle < *hi).then_some(middle)
}
