//! The start of a search: how large the error is, and with that how many bits, terms and splits it takes.

use rug::Float;

use super::search::{SHARE, Search};
use crate::Result;
use crate::domain::Domain;
use crate::interval::Interval;
use crate::target::enclose;

/// Bits that the size of the error keeps at the first points.
const MARGIN: u32 = 56;
/// Bits of the first points.
const SHORT: u32 = 24;
/// Most bits that the splits of a panel may take off its width, for each bit that the error has to be resolved to:
/// enough for a root of order 32.
const DEPTH: u32 = 32;

impl Search<'_> {
    /// The error at a few points for each degree, to know its size; the bits that are missing to know it well. Sets
    /// the number of terms from how small the error is beside the target.
    pub(super) fn first_points(&mut self, degree: usize, domain: &Domain) -> Result<Option<u32>> {
        let prec = self.problem.prec;
        let mut widest = Float::new(64);
        let mut scale = Float::new(64);
        // As many in all as the degree asks for, however many the intervals.
        let count = 2 * degree.min(512) / domain.intervals().len() + 5;
        for interval in domain {
            let (lo, hi) = (interval.lo(), interval.hi());
            let half = Float::with_val(64, hi - lo) / 2u32;
            for k in 0..=count {
                let angle = std::f64::consts::PI * k as f64 / count as f64;
                let x = match k {
                    0 => lo.clone(),
                    _ if k == count => hi.clone(),
                    _ => short(
                        Float::with_val(prec, &half * (1.0 - angle.cos())) + lo,
                        interval,
                    ),
                };
                self.budget.check("the certificate")?;
                let Some(error) = self.witness(&x)? else {
                    continue;
                };
                widest = widest.max(&error.width());
                let value = enclose(self.problem.target, &Interval::point(x)?)?;
                scale = scale.max(&value.mag());
            }
        }
        let exact = self.lower.is_zero() && widest.is_zero();
        if !exact {
            if self.lower.is_zero() {
                return Ok(Some(prec));
            }
            let blur = Float::with_val(64, &widest / &self.lower) << MARGIN;
            if blur > 1 {
                return Ok(Some(exponent(&blur)));
            }
            self.unit = self.lower.get_exp().unwrap_or(0);
        }
        let ratio = Float::with_val(64, &scale >> self.unit);
        let bits = f64::from(exponent(&ratio)) + 1.0 - SHARE.log2();
        self.problem.order = ((0.35 * bits) as usize).clamp(8, 96);
        if exact {
            // Only a polynomial target has the error zero; more terms than its degree leave no remainder.
            self.problem.order = self.problem.order.max(degree + 2);
        }
        self.deepest = DEPTH * bits as u32;
        self.problem.limit = Float::with_val(64, &self.lower * (SHARE / 4.0));
        Ok(None)
    }
}

/// A number of few bits near `x` if the interval has one: powers of it are exact, so that an error of zero shows as such.
fn short(x: Float, interval: &Interval) -> Float {
    let rounded = Float::with_val(SHORT, &x);
    if interval.contains(&rounded) {
        rounded
    } else {
        x.clamp(interval.lo(), interval.hi())
    }
}

/// The exponent of two above a number, zero for those below one.
fn exponent(x: &Float) -> u32 {
    x.get_exp().map_or(0, |e| u32::try_from(e).unwrap_or(0))
}
