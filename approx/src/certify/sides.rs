//! Compositions on both sides of zero: what odd stages say of one side holds for the other.

use rug::Float;

use super::{Bounds, Chain, gap};
use crate::{
    Result,
    poly::{Chebyshev, Parity},
    remez::Budget,
};

/// Whether the composition is odd since every stage is.
pub(crate) fn all_odd(polys: &[Chebyshev]) -> bool {
    polys.iter().all(|p| p.parity() == Parity::Odd)
}

/// Bounds of `sup |sign(x) − P(x)|` over `[−b, −ε] ∪ [ε, b]`, and the chain over `[ε, b]`.
///
/// # Errors
/// Those of [`Chain::new`].
pub(crate) fn sign_error(
    polys: &[Chebyshev],
    epsilon: &Float,
    end: &Float,
    bits: u32,
) -> Result<(Bounds, Chain)> {
    let zero = Float::new(64);
    let chain = Chain::new(polys, epsilon, end, &zero, bits)?;
    let mut bounds = distance(&chain, 1);
    if !all_odd(polys) {
        let (from, to) = (-end.clone(), -epsilon.clone());
        let mirror = Chain::new(polys, &from, &to, &zero, bits)?;
        bounds = bounds.max(distance(&mirror, -1));
    }
    Ok((bounds, chain))
}

/// Bounds of `sup ||x|/2 − x·P(x) − offset|` over `[−1, 1]`, and the chain over `[0, 1]` or `[−1, 1]`.
///
/// # Errors
/// Those of [`Chain::new`] and [`gap::relu_error`].
pub(crate) fn relu_error(
    polys: &[Chebyshev],
    offset: &Float,
    bits: u32,
    budget: Budget,
) -> Result<(Bounds, Chain)> {
    let (one, zero) = (Float::with_val(64, 1), Float::new(64));
    let low = match all_odd(polys) {
        true => zero.clone(),
        false => Float::with_val(64, -1),
    };
    let chain = Chain::new(polys, &low, &one, &zero, bits)?;
    let bounds = gap::relu_error(&chain, 1.0, offset, budget)?.bounds;
    Ok((bounds, chain))
}

fn distance(chain: &Chain, center: i32) -> Bounds {
    chain.range().map_or(
        Bounds {
            lower: Float::new(64),
            upper: Float::with_val(64, f64::INFINITY),
        },
        |range| Bounds::of_distance(center, range),
    )
}
