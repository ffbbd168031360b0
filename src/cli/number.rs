//! Numbers and lists as they are typed: `2^-9`, `1/3`, `15,15,27`.

use equiripple_approx::{
    domain::Domain,
    target::{self, Expr},
};
use equiripple_reports::table::Cell;
use rug::Float;

use super::error::{Failure, Outcome};
use crate::quantity::Level;

/// Bits at which constants of the command line are evaluated.
pub(super) const BITS: u32 = 256;

/// A constant expression such as `2^-9`, `1/512`, `0.001` or `sqrt(2)/2`.
pub(super) fn constant(text: &str) -> Result<Float, String> {
    let expr: Expr = text
        .parse()
        .map_err(|e: equiripple_approx::ApproxError| e.to_string())?;
    if !expr.is_constant() {
        return Err(format!(
            "`{text}` depends on x; a number such as 2^-9, 1/512 or 0.002 is wanted"
        ));
    }
    target::eval(&expr, &Float::with_val(BITS, 0)).map_err(|e| e.to_string())
}

/// A positive number of seconds, an α, and the like.
pub(super) fn real(text: &str) -> Result<f64, String> {
    let value = constant(text)?.to_f64();
    if value.is_finite() {
        Ok(value)
    } else {
        Err(format!("`{text}` is not finite"))
    }
}

/// Degrees, as in `15,15,27`.
pub(super) fn degrees(text: &str) -> Result<Vec<usize>, String> {
    text.split(',')
        .map(|d| match d.trim().parse::<usize>() {
            Ok(0) => Err("degree 0 is a constant; degrees start at 1".to_string()),
            Ok(d) if d > 4095 => Err(format!("degree {d} is above the largest supported, 4095")),
            Ok(d) => Ok(d),
            Err(_) => Err(format!(
                "`{d}` is not a degree; write degrees as in 15,15,27"
            )),
        })
        .collect()
}

/// A union of intervals.
pub(super) fn domain(text: &str) -> Result<Domain, String> {
    Domain::parse(text, BITS).map_err(|e| e.to_string())
}

/// A range of α, as in `4..14` (both ends included), or a list.
pub(super) fn alphas(text: &str) -> Result<Vec<u32>, String> {
    let number = |t: &str| {
        t.trim()
            .parse::<u32>()
            .ok()
            .filter(|a| (1..=40).contains(a))
            .ok_or_else(|| format!("`{t}` is not an α from 1 to 40"))
    };
    let list = match text.split_once("..") {
        Some((from, to)) => (number(from)?..=number(to.trim_start_matches('='))?).collect(),
        None => text
            .split(',')
            .map(number)
            .collect::<Result<Vec<u32>, String>>()?,
    };
    if list.is_empty() {
        Err(format!("`{text}` holds no α; write 4..14 or 10,13"))
    } else {
        Ok(list)
    }
}

/// The level that `--level` asks for.
pub(super) fn level(given: u64, max: Level) -> Outcome<Level> {
    let level = Level::new(given).ok().filter(|level| *level <= max);
    level.ok_or_else(|| {
        Failure::Usage(format!(
            "--level {given} is out of range; it must be from 0 to {max}"
        ))
    })
}

/// A number of slots, as `4096` or `2^12`.
pub(super) fn slots(text: &str) -> Result<usize, String> {
    let refused = || format!("`{text}` is no number of slots; write 4096 or 2^12");
    let slots = match text.trim().split_once('^') {
        Some(("2", log2)) => log2.parse().ok().and_then(|k| 1usize.checked_shl(k)),
        Some(_) => None,
        None => text.trim().parse().ok(),
    };
    slots.ok_or_else(refused)
}

/// `{15,15,27}`.
pub(super) fn braces(degrees: &[usize]) -> String {
    let list: Vec<String> = degrees.iter().map(usize::to_string).collect();
    format!("{{{}}}", list.join(","))
}

/// A cell for an upper bound, rounded up so that what is shown is a bound too.
pub(super) fn bound_cell(log2: f64, decimals: u8) -> Cell {
    let scale = 10f64.powi(i32::from(decimals));
    Cell::number((log2 * scale).ceil() / scale, decimals)
}
