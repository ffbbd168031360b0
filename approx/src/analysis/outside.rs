//! What happens when inputs leave the domain: polynomials of high degree explode, and this says how soon.

use rug::{Float, float::Round};
use serde::Serialize;

use super::{composition::Composition, conditioning::outward};
use crate::{Result, certify::Chain};

/// What ends the radius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// The composition passes the bound, or a stage is fed more than 1.5 times its interval.
    Diverges,
    /// Nothing does up to 1.5 times the interval of the first stage, where the search ends.
    SearchEnds,
}

/// Behaviour on intervals larger than the domain, about its middle; a radius of 1 is the domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outside {
    /// sup|P| over the domain, an upper bound (rigorous).
    pub inside: f64,
    /// The bound that |P| has to keep: a multiple of [`Self::inside`].
    pub bound: f64,
    /// |P| keeps the bound up to this radius (rigorous; the largest such, to 2^-20, unless stages take turns in
    /// diverging).
    pub radius: f64,
    /// What ends it.
    pub limit: Limit,
    /// By how much an input may lie beyond an end of the domain, in units of x.
    pub excess: f64,
    /// By how much it may for |target − r| to stay below the same multiple of its supremum inside (an estimate).
    pub tolerated: f64,
}

/// Reach of the certificates of stages.
const FARTHEST: f64 = 1.5;

impl Outside {
    /// Bisects on the radius. `growth > 1` is the multiple of the supremum inside that still counts as bounded, and
    /// `error_inside` the supremum of |target − r| there.
    ///
    /// # Errors
    /// Those of [`Chain::new`] on the domain itself.
    pub fn of(
        composition: &Composition<'_>,
        growth: f64,
        error_inside: f64,
        precision: u32,
    ) -> Result<Self> {
        let sup = |radius: f64| largest(composition, radius, precision);
        let inside = sup(1.0)?;
        let bound = inside * growth;
        // A chain that cannot be certified has left the reach of a stage: as bad as a value above the bound.
        let bounded = |radius: f64| sup(radius).is_ok_and(|sup| sup <= bound);
        let (mut radius, mut beyond) = (1.0, FARTHEST);
        let limit = if bounded(FARTHEST) {
            radius = FARTHEST;
            Limit::SearchEnds
        } else {
            while beyond - radius > (-20f64).exp2() {
                let mid = 0.5 * (radius + beyond);
                if bounded(mid) {
                    radius = mid;
                } else {
                    beyond = mid;
                }
            }
            Limit::Diverges
        };
        let (lo, hi) = composition.domain_f64();
        Ok(Self {
            inside,
            bound,
            radius,
            limit,
            excess: 0.5 * (hi - lo) * (radius - 1.0),
            tolerated: tolerated(composition, growth * error_inside),
        })
    }
}

/// sup|P| over the domain stretched by `radius`, rounded up.
fn largest(composition: &Composition<'_>, radius: f64, precision: u32) -> Result<f64> {
    let (lo, hi) = composition.domain();
    let half = Float::with_val(precision, hi - lo) / 2u32;
    let mid = Float::with_val(precision, hi + lo) / 2u32;
    // The certificates reject anything past 1.5, be it by rounding.
    let stretch = if radius >= FARTHEST {
        FARTHEST - (-40f64).exp2()
    } else {
        radius
    };
    let far = Float::with_val_round(precision, half * stretch, Round::Up).0;
    let from = Float::with_val_round(precision, &mid - &far, Round::Down).0;
    let to = Float::with_val_round(precision, &mid + &far, Round::Up).0;
    let none = Float::new(64);
    let chain = Chain::new(composition.stages(), &from, &to, &none, precision)?;
    let (low, high) = chain
        .range()
        .map_or((0.0, 0.0), |range| outward(&range.outer));
    Ok(low.abs().max(high.abs()))
}

/// Distance beyond both ends up to which a scan meets no error above `bound`; at most half of the half-width.
fn tolerated(composition: &Composition<'_>, bound: f64) -> f64 {
    /// Steps to each factor of two in the distance.
    const STEPS: u32 = 256;
    /// Factors of two.
    const OCTAVES: u32 = 40;
    let (lo, hi) = composition.domain_f64();
    let within = |d: f64| {
        [lo - d, hi + d]
            .iter()
            .all(|&x| composition.error(x).abs() <= bound)
    };
    let at = |i: u32| {
        let octaves = f64::from(i) / f64::from(STEPS) - f64::from(OCTAVES);
        0.25 * (hi - lo) * octaves.exp2()
    };
    let Some(first) = (0..=STEPS * OCTAVES).find(|&i| !within(at(i))) else {
        return at(STEPS * OCTAVES);
    };
    let (mut kept, mut lost) = (if first > 0 { at(first - 1) } else { 0.0 }, at(first));
    for _ in 0..30 {
        let mid = 0.5 * (kept + lost);
        if within(mid) {
            kept = mid;
        } else {
            lost = mid;
        }
    }
    kept
}
