//! Decimal literals as exact fractions.

use std::str::FromStr;

use rug::ops::Pow;
use rug::{Integer, Rational};

/// Decimal exponents beyond this are refused: the literal is kept as an exact fraction.
const MAX_EXPONENT: i32 = 10_000;

/// The literal at the start of the text and its length in bytes, or the offset of an error and what was expected.
pub(super) fn literal(text: &str) -> Result<(Rational, usize), (usize, String)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let mut length = whole;
    let mut mantissa = text[..whole].to_owned();
    let mut places = 0;
    if let Some(fraction) = text[length..].strip_prefix('.') {
        places = digits(fraction);
        mantissa.push_str(&fraction[..places]);
        length += 1 + places;
    }
    if mantissa.is_empty() {
        return Err((0, "expected a digit beside the point".into()));
    }
    let mut exponent = 0;
    if let Some(tail) = text[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(tail.starts_with(['+', '-']));
        let count = digits(&tail[sign..]);
        if count == 0 {
            let why = "expected the digits of a decimal exponent";
            return Err((length + 1 + sign, why.into()));
        }
        exponent = tail[..sign + count].parse().unwrap_or(i32::MAX);
        length += 1 + sign + count;
    }
    if exponent.unsigned_abs() > MAX_EXPONENT.unsigned_abs() {
        return Err((
            0,
            format!("expected a decimal exponent of at most {MAX_EXPONENT} in size"),
        ));
    }
    let value = Integer::from_str(&mantissa).map_err(|error| (0, error.to_string()))?;
    let places = u32::try_from(places).map_err(|_| (0, "expected fewer digits".into()))?;
    let scale = Integer::from(10).pow(exponent.unsigned_abs());
    let unscaled = Rational::from((value, Integer::from(10).pow(places)));
    let value = if exponent < 0 {
        unscaled / scale
    } else {
        unscaled * scale
    };
    Ok((value, length))
}
