//! Where a panel is divided: in equal parts, at zero, or around an exact zero of the target.

use std::cmp::Ordering;

use rug::Float;

use super::local::Problem;
use super::model::is_zero;
use super::panel::Panel;
use crate::Result;
use crate::interval::Interval;
use crate::target::{Scalar, enclose};
use crate::{ApproxError, target::Expr};

/// Bisections towards a zero of the target, and bits after the binary point of the zeros that are recognised.
const ZERO_BITS: u32 = 24;

/// At zero, where named functions have their kinks, else in the middle.
pub(super) fn at_kink(panel: &Panel, prec: u32) -> Option<Vec<Panel>> {
    if panel.lo < 0 && panel.hi > 0 {
        return panel.cut(&[Float::new(prec)], prec);
    }
    panel.parts(2, prec)
}

/// A zero of the target in the panel that is a number of few bits.
fn exact_zero(problem: &Problem<'_>, panel: &Panel) -> Result<Option<Float>> {
    let inside = |x: &Float| *x >= panel.lo && *x <= panel.hi;
    let mut candidates = vec![
        panel.center.clone(),
        panel.lo.clone(),
        panel.hi.clone(),
        Float::new(problem.prec),
    ];
    if let Some(near) = sign_change(problem, panel)? {
        let grid = Float::with_val(problem.prec, &near << ZERO_BITS).round() >> ZERO_BITS;
        candidates.push(grid);
    }
    for x in candidates {
        if inside(&x) && vanishes(problem.target, &x)? {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

fn vanishes(target: &Expr, x: &Float) -> Result<bool> {
    Ok(is_zero(&enclose(target, &Interval::point(x.clone())?)?))
}

/// A number near a change of sign from end to end of the panel.
fn sign_change(problem: &Problem<'_>, panel: &Panel) -> Result<Option<Float>> {
    let (mut lo, mut hi) = (panel.lo.clone(), panel.hi.clone());
    let left = problem.sign(&lo)?;
    if !opposite(left, problem.sign(&hi)?) {
        return Ok(None);
    }
    for _ in 0..2 * ZERO_BITS {
        let middle = Float::with_val(problem.prec, &lo + &hi) / 2u32;
        match problem.sign(&middle)? {
            None | Some(Ordering::Equal) => return Ok(Some(middle)),
            sign if sign == left => lo = middle,
            _ => hi = middle,
        }
    }
    Ok(Some(lo))
}

fn opposite(a: Option<Ordering>, b: Option<Ordering>) -> bool {
    matches!(
        (a, b),
        (Some(Ordering::Less), Some(Ordering::Greater))
            | (Some(Ordering::Greater), Some(Ordering::Less))
    )
}

/// The parts of a panel where the target may vanish; the one about an exact zero is centred there, so that the zero
/// cancels in the quotient of the series.
///
/// # Errors
/// [`ApproxError::NonFinite`] if the target does vanish and the error does not.
pub(super) fn at_zero(
    problem: &Problem<'_>,
    panel: &Panel,
    error_is_nonzero: bool,
) -> Result<Option<Vec<Panel>>> {
    let prec = problem.prec;
    let zero = exact_zero(problem, panel)?;
    if error_is_nonzero {
        let near = match &zero {
            Some(zero) => Some(zero.clone()),
            None => sign_change(problem, panel)?,
        };
        if let Some(at) = near {
            return Err(ApproxError::NonFinite {
                what: "the relative error".into(),
                at: at.describe(),
            });
        }
    }
    match zero {
        Some(zero) => Ok(around(panel, &zero, prec)),
        None => Ok(panel.parts(2, prec)),
    }
}

/// Parts of a panel of which one is centred at the given point, and a quarter as wide where it was so already.
pub(super) fn around(panel: &Panel, zero: &Float, prec: u32) -> Option<Vec<Panel>> {
    let mut reach = Float::with_val(prec, &panel.radius / 4u32);
    if panel.center != *zero {
        // The widest that keeps the neighbours of similar size.
        reach *= 2u32;
    }
    let depth = panel.depth + 1;
    let (left, right) = (
        Float::with_val(prec, zero - &reach),
        Float::with_val(prec, zero + &reach),
    );
    let mut parts = vec![];
    let mut from = panel.lo.clone();
    if left > panel.lo {
        parts.push(Panel::new(panel.lo.clone(), left.clone(), prec, depth));
        from = left;
    }
    let mut to = panel.hi.clone();
    if right < panel.hi {
        parts.push(Panel::new(right.clone(), panel.hi.clone(), prec, depth));
        to = right;
    }
    (from < *zero || *zero < to).then(|| {
        parts.push(Panel::about(from, to, zero.clone(), depth));
        parts
    })
}
