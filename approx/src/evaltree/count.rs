//! Depth and products of a degree, without coefficients: what a degree search asks for thousands of times.

use serde::{Deserialize, Serialize};

use super::powers::{Shape, log2_ceil};
use super::search::{self, Scheme};
use crate::error::{ApproxError, Result};

/// Largest degree that is planned for; the search takes seconds there, and milliseconds below 100.
pub const MAX_DEGREE: usize = 2047;

/// Most levels above the minimum that may be offered; products do not get fewer beyond.
pub const MAX_EXTRA_LEVELS: usize = 8;

/// What is to be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// p(y), p odd: [`Plan::odd`](super::Plan::odd).
    Odd,
    /// x·p(y), p odd, x kept from above: [`Plan::folded`](super::Plan::folded).
    Folded,
    /// p(y) and then one product with x: [`Plan::product_last`](super::Plan::product_last).
    ProductLast,
    /// p(x), p even: [`Plan::even`](super::Plan::even).
    Even,
    /// p(x): [`Plan::general`](super::Plan::general).
    General,
}

/// What a plan may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanOptions {
    /// Levels that may be spent above the minimum, at most [`MAX_EXTRA_LEVELS`]. They are spent only where they save
    /// products.
    pub extra_levels: usize,
}

impl PlanOptions {
    /// What is left for the rest of a plan that spends one extra level itself.
    pub(super) fn one_level_fewer(self) -> Option<Self> {
        let extra_levels = self.extra_levels.checked_sub(1)?;
        Some(Self { extra_levels })
    }
}

/// What a polynomial without zero coefficients costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Levels, scalar products included.
    pub depth: usize,
    /// Products of two ciphertexts.
    pub mults: usize,
}

/// Depth and products of the circuit that [`Plan`](super::Plan) builds for `degree`, by the dynamic program alone.
///
/// # Errors
/// [`ApproxError::Degree`] for a degree of the wrong parity, 0, or above [`MAX_DEGREE`];
/// [`ApproxError::OutOfRange`] for too many extra levels.
pub fn mult_count(degree: usize, kind: Kind, extra_levels: usize) -> Result<Count> {
    let options = PlanOptions { extra_levels };
    match kind {
        Kind::Odd => super::odd::route(degree, options).map(|route| route.count()),
        Kind::Folded => super::folded::choose(degree, options).map(|choice| choice.count()),
        Kind::ProductLast => {
            super::odd::route(degree, options).map(|route| route.count().after_one_more())
        }
        Kind::Even => {
            super::even::scheme(degree, options).map(|scheme| Count::of(&scheme).after_one_more())
        }
        Kind::General => {
            super::paterson_stockmeyer::scheme(degree, options).map(|scheme| Count::of(&scheme))
        }
    }
}

impl Count {
    pub(super) fn of(scheme: &Scheme) -> Self {
        Self {
            depth: scheme.depth,
            mults: scheme.mults,
        }
    }

    /// What plans are chosen by: products, then depth.
    pub(super) fn rank(self) -> (usize, usize) {
        (self.mults, self.depth)
    }

    /// With one product before or after all of it.
    pub(super) fn after_one_more(self) -> Self {
        Self {
            depth: self.depth + 1,
            mults: self.mults + 1,
        }
    }
}

/// The scheme with the fewest products within the extra levels, and of those the shallowest.
pub(super) fn cheapest(shape: Shape, degree: usize, options: PlanOptions) -> Result<Scheme> {
    check_extra(options)?;
    let least = log2_ceil(degree + 1);
    let mut best: Option<Scheme> = None;
    for depth in least..=least + options.extra_levels {
        let limit = best.as_ref().map_or(usize::MAX, |known| known.mults);
        best = search::best(shape, degree, depth, limit).or(best);
    }
    best.ok_or_else(|| ApproxError::NoDesign {
        target: format!("degree {degree}"),
        limits: format!("{least} levels"),
    })
}

/// Rejects a degree outside 1 ..= [`MAX_DEGREE`], or of the wrong parity.
pub(super) fn check_degree(degree: usize, remainder: Option<usize>) -> Result<()> {
    let min = if remainder == Some(0) { 2 } else { 1 };
    let parity = remainder.is_none_or(|odd| degree % 2 == odd);
    if (min..=MAX_DEGREE).contains(&degree) && parity {
        return Ok(());
    }
    let why = match remainder {
        Some(1) => "an odd polynomial has an odd degree",
        Some(_) => "an even polynomial has an even degree",
        None => "a constant needs no ciphertext",
    };
    Err(ApproxError::Degree {
        degree,
        min,
        max: MAX_DEGREE,
        why: why.into(),
    })
}

fn check_extra(options: PlanOptions) -> Result<()> {
    if options.extra_levels <= MAX_EXTRA_LEVELS {
        return Ok(());
    }
    Err(ApproxError::OutOfRange {
        name: "extra_levels",
        value: options.extra_levels.to_string(),
        bound: format!("at most {MAX_EXTRA_LEVELS}"),
    })
}
