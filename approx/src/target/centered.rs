//! Enclosures that tighten quadratically: a Taylor polynomial at the middle and a remainder over the whole interval.

use super::{Expr, enclose, taylor};
use crate::Result;
use crate::interval::Interval;

/// The intersection of [`enclose`] with `f(m) + f'(m)(x−m) + f''(x)/2·(x−m)²`, `m` the middle of `x`: on narrow
/// intervals free of the overestimation that repeated occurrences of the variable cause.
///
/// # Errors
/// As [`enclose`].
pub fn enclose_centered(expr: &Expr, x: &Interval) -> Result<Interval> {
    let plain = enclose(expr, x)?;
    if !x.is_finite() || !plain.is_finite() {
        return Ok(plain);
    }
    let mid = Interval::point(x.mid())?;
    let (Ok(at_mid), Ok(over_x)) = (taylor(expr, &mid, 1), taylor(expr, x, 2)) else {
        return Ok(plain);
    };
    let ([value, slope], [_, _, curvature]) = (
        at_mid.coefficients.as_slice(),
        over_x.coefficients.as_slice(),
    ) else {
        // A kink: only the value is enclosed.
        return Ok(plain);
    };
    let offset = x.sub(&mid);
    let mut range = value.clone();
    range.add_mul(slope, &offset);
    range.add_mul(curvature, &offset.sqr());
    // Both contain the range of the function, so they meet.
    Ok(plain.intersect(&range).unwrap_or(plain))
}
