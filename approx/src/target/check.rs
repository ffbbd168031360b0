//! Whether a function is finite, or a weight positive, on a whole domain: proved by bisection with enclosures.
//!
//! A check that cannot be closed is refused with the place where it stuck. Bisection ends at a relative width of
//! 2^-60, and after a fixed number of pieces, so both checks terminate on every input.

use rug::Float;

use super::{Expr, Scalar, enclose, enclose_centered, eval};
use crate::domain::Domain;
use crate::interval::Interval;
use crate::{ApproxError, Result};

/// Bisections of one interval on top of each other.
const MAX_DEPTH: u32 = 60;

/// Pieces looked at in all.
const MAX_PIECES: usize = 1 << 16;

/// Bits the pieces are kept with, at least.
const MIN_PREC: u32 = 128;

/// Splits the domain until `proved` holds on every piece; `refuse` names what is wrong with a piece that is too small
/// to be split.
fn prove(
    domain: &Domain,
    mut proved: impl FnMut(&Interval) -> Result<bool>,
    refuse: impl Fn(&Interval) -> ApproxError,
) -> Result<()> {
    let prec = domain.prec().max(MIN_PREC);
    let mut pieces: Vec<_> = domain
        .iter()
        .rev()
        .map(|piece| (piece.with_prec(prec), 0))
        .collect();
    let mut seen = 0;
    while let Some((piece, depth)) = pieces.pop() {
        seen += 1;
        if proved(&piece)? {
            continue;
        }
        if depth == MAX_DEPTH || seen > MAX_PIECES {
            return Err(refuse(&piece));
        }
        let (left, right) = piece.bisect();
        pieces.push((right, depth + 1));
        pieces.push((left, depth + 1));
    }
    Ok(())
}

fn points(piece: &Interval) -> [Float; 3] {
    [piece.lo().clone(), piece.hi().clone(), piece.mid()]
}

/// Proves that the expression is defined and finite on the domain, and tries that it can be evaluated there.
///
/// # Errors
/// [`ApproxError::NonFinite`] with a point where it is not, or near which it could not be shown.
pub fn check_finite(expr: &Expr, domain: &Domain) -> Result<()> {
    prove(
        domain,
        |piece| {
            // Also where the enclosure is finite, as that of sin(10^10000) is: no float can carry the argument.
            for x in points(piece) {
                eval(expr, &x)?;
            }
            Ok(enclose(expr, piece).is_ok_and(|range| range.is_finite()))
        },
        |piece| ApproxError::NonFinite {
            what: expr.to_string(),
            at: piece.mid().describe(),
        },
    )
}

/// Proves that a weight is positive and finite on the domain.
///
/// # Errors
/// [`ApproxError::NonPositiveWeight`] with a point where it is not, or near which it could not be shown;
/// [`ApproxError::NonFinite`] where it is undefined.
pub fn check_positive(expr: &Expr, domain: &Domain) -> Result<()> {
    prove(
        domain,
        |piece| {
            if enclose_centered(expr, piece).is_ok_and(|range| *range.lo() > 0 && range.is_finite())
            {
                // As in `check_finite`: the weight must also be within what floats carry.
                eval(expr, &piece.mid())?;
                return Ok(true);
            }
            for x in points(piece) {
                let at = x.describe();
                let value = enclose(expr, &Interval::point(x)?)?;
                if *value.hi() <= 0 {
                    return Err(ApproxError::NonPositiveWeight {
                        value: value.mid().describe(),
                        at,
                    });
                }
            }
            Ok(false)
        },
        |piece| {
            let at = piece.mid();
            let value =
                eval(expr, &at).map_or_else(|_| "undefined".into(), |value| value.describe());
            ApproxError::NonPositiveWeight {
                value: format!("about {value}, not provably above 0,"),
                at: at.describe(),
            }
        },
    )
}
