//! What a table holds, and how each rendering shows it.

use serde::{Deserialize, Serialize};

/// One entry of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words, shown as they are.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number shown to some decimals.
    Number {
        /// The value.
        value: f64,
        /// Decimals shown to people; CSV has the value in full.
        decimals: u8,
    },
    /// A power of two, such as an error of 2^-13.296.
    PowerOfTwo {
        /// The exponent.
        exponent: f64,
        /// Decimals of the exponent.
        decimals: u8,
    },
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// A number; one that is not finite becomes the words `NaN`, `inf` or `-inf`, which JSON keeps.
    #[must_use]
    pub fn number(value: f64, decimals: u8) -> Self {
        if value.is_finite() {
            Self::Number { value, decimals }
        } else {
            Self::Text(value.to_string())
        }
    }

    /// 2 to the given exponent; one that is not finite becomes words, as for [`Cell::number`].
    #[must_use]
    pub fn power_of_two(exponent: f64, decimals: u8) -> Self {
        if exponent.is_finite() {
            Self::PowerOfTwo { exponent, decimals }
        } else {
            Self::Text(format!("2^{exponent}"))
        }
    }

    /// The cell for people, in plain text, on one line.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(words) => one_line(words),
            Self::Integer(value) => value.to_string(),
            Self::Number { value, decimals } => fixed(*value, *decimals),
            Self::PowerOfTwo { exponent, decimals } => format!("2^{}", fixed(*exponent, *decimals)),
        }
    }
}

/// `text` with every run of control characters, line ends included, made one space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_control() {
            gap = true;
            continue;
        }
        if gap {
            line.push(' ');
        }
        gap = false;
        line.push(c);
    }
    line
}

/// Fixed decimals without a negative zero.
pub(super) fn fixed(value: f64, decimals: u8) -> String {
    let text = format!("{value:.*}", usize::from(decimals));
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.into(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(Cell::number(-0.0004, 2).plain(), "0.00");
        assert_eq!(Cell::number(-0.04, 2).plain(), "-0.04");
    }

    #[test]
    fn words_stay_on_one_line() {
        assert_eq!(Cell::text("a\r\nb").plain(), "a b");
    }
}
