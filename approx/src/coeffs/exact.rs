//! Numbers with a text that loses nothing.

use std::{fmt, str::FromStr};

use rug::{Float, Integer, float};

use super::MAX_BITS;
use crate::{ApproxError, Result};

/// Fewest bits that a number is held in.
const MIN_PREC: u32 = 53;

/// Longest text of a number that is looked at: a decimal of [`MAX_BITS`] bits, and then some.
const MAX_CHARS: usize = MAX_BITS as usize / 2;

/// Decimal digits up to which the shortest faithful form is searched for.
const SHORT_DIGITS: usize = 17;

/// A finite binary number, held in as many bits as its value needs (at least 53).
///
/// The precision that a [`Float`] was computed in is no part of its value and is not kept.
///
/// ```
/// use equiripple_approx::coeffs::Exact;
/// use rug::Float;
/// let x = Exact::new(&Float::with_val(200, -0.1875))?;
/// assert_eq!(x.to_string(), "-0x1.8p-3");
/// assert_eq!(x.decimal(), "-0.1875");
/// assert_eq!("-0x1.8p-3".parse::<Exact>()?, x);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Exact(Float);

impl Exact {
    /// The value of a [`Float`].
    ///
    /// # Errors
    /// An infinity or NaN, or more significant bits than [`MAX_BITS`].
    pub fn new(value: &Float) -> Result<Self> {
        if !value.is_finite() {
            return Err(ApproxError::NonFinite {
                what: "a coefficient".into(),
                at: value.to_string(),
            });
        }
        let Some((mantissa, _)) = odd_mantissa(value) else {
            return Ok(Self(Float::with_val(MIN_PREC, value)));
        };
        let bits = mantissa.significant_bits();
        if bits > MAX_BITS {
            return Err(ApproxError::OutOfRange {
                name: "significant bits of a coefficient",
                value: bits.to_string(),
                bound: format!("at most {MAX_BITS}"),
            });
        }
        Ok(Self(Float::with_val(bits.max(MIN_PREC), value)))
    }

    /// The value.
    pub fn value(&self) -> &Float {
        &self.0
    }

    /// A decimal that reads back as the same value at the precision of [`Self::value`]: the shortest one if that is
    /// short.
    pub fn decimal(&self) -> String {
        (1..=SHORT_DIGITS)
            .map(|digits| decimal_text(&self.0, Some(digits)))
            .find(|text| read_decimal(text, self.0.prec()).is_ok_and(|x| x == self.0))
            .unwrap_or_else(|| decimal_text(&self.0, None))
    }

    /// Exponents `(low, high)` of the least and above the most significant bit, `None` for zero.
    pub(super) fn bits(&self) -> Option<(i64, i64)> {
        let (mantissa, exponent) = odd_mantissa(&self.0)?;
        let exponent = i64::from(exponent);
        Some((exponent, exponent + i64::from(mantissa.significant_bits())))
    }

    /// Odd integer `m` and exponent `e` with value `m·2^e`; zeros for zero.
    pub(super) fn dyadic(&self) -> (Integer, i32) {
        odd_mantissa(&self.0).map_or((Integer::new(), 0), |(m, e)| {
            (if self.0.is_sign_negative() { -m } else { m }, e)
        })
    }

    /// Reads the hexadecimal form, or says what is wrong with it.
    pub(super) fn read(text: &str) -> std::result::Result<Self, String> {
        let expected = "expected a hexadecimal number like -0x1.8p-3";
        if text.len() > MAX_CHARS {
            return Err(format!("{expected}, found {} characters", text.len()));
        }
        let wrong = || format!("{expected}, found `{}`", excerpt(text));
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let rest = rest
            .strip_prefix("0x")
            .or_else(|| rest.strip_prefix("0X"))
            .ok_or_else(wrong)?;
        let (digits, exponent) = rest.split_once(['p', 'P']).ok_or_else(wrong)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let hex = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit());
        if whole.is_empty() || !hex(whole) || !hex(fraction) {
            return Err(wrong());
        }
        let exponent: i64 = exponent.parse().map_err(|_| wrong())?;
        let shift = exponent.saturating_sub(4 * fraction.len() as i64);
        let mantissa =
            Integer::from_str_radix(&format!("{whole}{fraction}"), 16).map_err(|_| wrong())?;
        let bits = mantissa.significant_bits().max(MIN_PREC);
        let limits = i64::from(float::exp_min())..=i64::from(float::exp_max());
        let top = shift.saturating_add(i64::from(mantissa.significant_bits()));
        let mut value = Float::with_val(bits, &mantissa);
        if mantissa != 0 {
            if !limits.contains(&top) {
                return Err(format!(
                    "the exponent of `{}` is out of range",
                    excerpt(text)
                ));
            }
            let shift = i32::try_from(shift).map_err(|_| wrong())?;
            value <<= shift;
        }
        Self::new(&if negative { -value } else { value }).map_err(|e| e.to_string())
    }
}

impl Default for Exact {
    /// Zero.
    fn default() -> Self {
        Self(Float::new(MIN_PREC))
    }
}

impl From<i32> for Exact {
    fn from(value: i32) -> Self {
        Self(Float::with_val(MIN_PREC, value))
    }
}

impl fmt::Display for Exact {
    /// `0x1.8p-3`: one leading digit, no trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        let Some((mantissa, exponent)) = odd_mantissa(&self.0) else {
            return f.write_str("0x0p+0");
        };
        let places = mantissa.significant_bits() - 1;
        let digits = (mantissa << (places.div_ceil(4) * 4 - places)).to_string_radix(16);
        let exponent = i64::from(exponent) + i64::from(places);
        match digits.split_at(1) {
            (_, "") => write!(f, "0x1p{exponent:+}"),
            (_, fraction) => write!(f, "0x1.{fraction}p{exponent:+}"),
        }
    }
}

impl FromStr for Exact {
    type Err = ApproxError;

    /// Reads the hexadecimal form, of any number of digits.
    fn from_str(text: &str) -> Result<Self> {
        Self::read(text).map_err(|why| ApproxError::Parse {
            what: "an exact number",
            place: format!("`{}`", excerpt(text)),
            why,
        })
    }
}

/// Odd `m` and `e` with `|x| = m·2^e`, `None` for zero.
fn odd_mantissa(x: &Float) -> Option<(Integer, i32)> {
    let (mut mantissa, exponent) = x.to_integer_exp()?;
    mantissa.abs_mut();
    let zeros = mantissa.find_one(0)?;
    Some((mantissa >> zeros, exponent.saturating_add_unsigned(zeros)))
}

/// The beginning of a text that is quoted in an error.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The number in decimal, rounded to `digits` digits or with as many as it takes to read it back at its precision;
/// no trailing zeros, and an exponent only where it makes the text shorter.
pub(super) fn decimal_text(x: &Float, digits: Option<usize>) -> String {
    let (negative, digits, exponent) = x.to_sign_string_exp(10, digits);
    let sign = if negative { "-" } else { "" };
    let digits = digits.trim_end_matches('0');
    let Some(exponent) = exponent.filter(|_| !digits.is_empty()) else {
        return format!("{sign}0");
    };
    // The value is 0.digits times ten to the exponent.
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    match exponent {
        -4..=0 => format!("{sign}0.{}{digits}", zeros(-exponent)),
        1..=21 if count <= exponent => format!("{sign}{digits}{}", zeros(exponent - count)),
        1..=21 => {
            let (whole, fraction) = digits.split_at(usize::try_from(exponent).unwrap_or(0));
            format!("{sign}{whole}.{fraction}")
        }
        _ => {
            let exponent = i64::from(exponent) - 1;
            match digits.split_at(1) {
                (whole, "") => format!("{sign}{whole}e{exponent}"),
                (whole, fraction) => format!("{sign}{whole}.{fraction}e{exponent}"),
            }
        }
    }
}

/// The nearest number of `prec` bits to a decimal `[+-]d.d[e±d]`, or what is wrong with the text.
pub(super) fn read_decimal(text: &str, prec: u32) -> std::result::Result<Float, String> {
    let expected = "expected a decimal number like -1.25e-3";
    if text.len() > MAX_CHARS {
        return Err(format!("{expected}, found {} characters", text.len()));
    }
    let wrong = || format!("{expected}, found `{}`", excerpt(text));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let exponent_is_fine = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        (1..=12).contains(&e.len()) && digits(e)
    });
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) || !exponent_is_fine
    {
        return Err(wrong());
    }
    let parsed = Float::parse(text).map_err(|e| format!("{}: {e}", wrong()))?;
    let value = Float::with_val(prec, parsed);
    let zero = mantissa.bytes().all(|b| b == b'0' || b == b'.');
    if !value.is_finite() || value.is_zero() != zero {
        return Err(format!(
            "the exponent of `{}` is out of range",
            excerpt(text)
        ));
    }
    Ok(value)
}
