//! The written form of a domain: `[-1,-2^-9]∪[2^-9,1]`.

use std::fmt;

use rug::Float;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Domain;
use crate::interval::{Interval, check_precision};
use crate::target::{Expr, eval};
use crate::{ApproxError, Result};

/// Bits added while an irrational end is computed.
const GUARD_BITS: u32 = 64;

/// Decimal digits up to which the shortest faithful form is searched for.
const SHORT_DIGITS: usize = 20;

/// Precision of a stored domain that does not name one.
const DEFAULT_PREC: u32 = 256;

impl Domain {
    /// Reads a union of intervals, joined by `∪`, `U` or `u`, whose ends are constant expressions (`2^-9`, `1/3`,
    /// `pi`, `sqrt(2)`), rounded to the nearest number of `prec` bits.
    ///
    /// # Errors
    /// [`ApproxError::Parse`] with the column, or an error of [`Domain::new`].
    pub fn parse(text: &str, prec: u32) -> Result<Self> {
        check_precision(prec)?;
        let mut ends = Vec::new();
        let mut rest = Rest { text, column: 1 };
        if rest.next().is_none() {
            return Err(ApproxError::EmptyDomain {
                found: "no interval".into(),
            });
        }
        loop {
            rest.expect(&['['], "`[`")?;
            let (lo, column) = rest.until(',')?;
            let lo = end(lo, column, prec)?;
            let (hi, column) = rest.until(']')?;
            ends.push((lo, end(hi, column, prec)?));
            if rest.next().is_none() {
                return Self::new(ends);
            }
            rest.expect(&['∪', 'U', 'u'], "`∪`, `U` or the end")?;
        }
    }
}

/// What is still to be read, and where that begins.
struct Rest<'a> {
    text: &'a str,
    column: usize,
}

fn fail(column: usize, why: String) -> ApproxError {
    ApproxError::Parse {
        what: "a domain",
        place: format!("column {column}"),
        why,
    }
}

impl<'a> Rest<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.text.split_at(bytes);
        self.column += taken.chars().count();
        self.text = rest;
        taken
    }

    fn next(&mut self) -> Option<char> {
        let trimmed = self.text.trim_start();
        self.take(self.text.len() - trimmed.len());
        trimmed.chars().next()
    }

    fn expect(&mut self, wanted: &[char], name: &str) -> Result<()> {
        match self.next() {
            Some(found) if wanted.contains(&found) => {
                self.take(found.len_utf8());
                Ok(())
            }
            Some(found) => Err(fail(
                self.column,
                format!("expected {name}, found `{found}`"),
            )),
            None => Err(fail(self.column, format!("expected {name}, found the end"))),
        }
    }

    /// The text before the next `stop` outside parentheses, and its column; the stop is taken too.
    fn until(&mut self, stop: char) -> Result<(&'a str, usize)> {
        let column = self.column;
        let mut open = 0_usize;
        let length = self.text.char_indices().find_map(|(at, c)| {
            match c {
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ if c == stop && open == 0 => return Some(at),
                _ => {}
            }
            None
        });
        let Some(length) = length else {
            return Err(fail(
                column,
                format!("expected `{stop}` after this end of an interval"),
            ));
        };
        let part = self.take(length);
        self.take(stop.len_utf8());
        Ok((part, column))
    }
}

/// The value of one end.
fn end(text: &str, column: usize, prec: u32) -> Result<Float> {
    let expr = Expr::parse_from(text, column)?;
    if !expr.is_constant() {
        return Err(fail(
            column,
            format!("expected a constant, found `{}`", text.trim()),
        ));
    }
    Ok(match expr.rational() {
        Some(value) => Float::with_val(prec, &value),
        None => Float::with_val(
            prec,
            eval(&expr, &Float::new(prec.saturating_add(GUARD_BITS)))?,
        ),
    })
}

/// A decimal that reads back as the same number at the same precision, the shortest one if that is short.
pub(crate) fn decimal(x: &Float) -> String {
    let trimmed = |text: String| {
        let (mantissa, exponent) = text.split_at(text.find('e').unwrap_or(text.len()));
        if !mantissa.contains('.') {
            return text;
        }
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        format!("{mantissa}{exponent}")
    };
    let faithful = |text: &String| {
        Float::parse(text).is_ok_and(|parsed| Float::with_val(x.prec(), parsed) == *x)
    };
    (1..=SHORT_DIGITS)
        .map(|digits| x.to_string_radix(10, Some(digits)))
        .find(faithful)
        .map_or_else(|| trimmed(x.to_string_radix(10, None)), trimmed)
}

pub(super) fn interval(interval: &Interval) -> String {
    format!("[{},{}]", decimal(interval.lo()), decimal(interval.hi()))
}

impl fmt::Display for Domain {
    /// Reads back as the same domain at the same precision.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, part) in self.iter().enumerate() {
            if k > 0 {
                f.write_str("∪")?;
            }
            f.write_str(&interval(part))?;
        }
        Ok(())
    }
}

/// Stored as its text and the precision that makes it exact: `[0.1,1]@256`.
impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self}@{}", self.prec()))
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (text, prec) = match text.rsplit_once('@') {
            None => (text.as_str(), DEFAULT_PREC),
            Some((text, prec)) => (text, prec.trim().parse().map_err(de::Error::custom)?),
        };
        Self::parse(text, prec).map_err(de::Error::custom)
    }
}
