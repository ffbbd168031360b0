//! Numbers of a CSV file, one to a line: real, or real and imaginary part.

use std::path::Path;

use num_complex::Complex64;

use super::{
    error::{Failure, Outcome},
    output,
};

/// The values of a file in the slots of a ciphertext.
pub(super) struct Packed {
    /// As many as there are slots, zeros at the end.
    pub(super) values: Values,
    /// How many the file held.
    pub(super) count: usize,
    /// A power of two.
    pub(super) slots: usize,
}

impl Packed {
    /// In the number of slots that is given, or the next power of two.
    pub(super) fn read(path: &Path, slots: Option<usize>, max_slots: usize) -> Outcome<Self> {
        let most = slots.unwrap_or(max_slots).min(max_slots);
        let mut values = Values::parse(&output::read(path)?, most)
            .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        let count = values.len();
        let slots = slots.unwrap_or(count.next_power_of_two());
        check_slots(slots, max_slots)?;
        values.pad(slots);
        Ok(Self {
            values,
            count,
            slots,
        })
    }
}

/// Refuses a number of slots that no ciphertext has.
pub(super) fn check_slots(slots: usize, max_slots: usize) -> Outcome<()> {
    if slots.is_power_of_two() && slots <= max_slots {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--slots {slots} is out of range; it must be a power of two up to {max_slots}"
    )))
}

/// The slots of a file.
#[derive(Debug)]
pub(super) enum Values {
    /// One column.
    Real(Vec<f64>),
    /// Two columns.
    Complex(Vec<Complex64>),
}

impl Values {
    /// Reads at most `most` lines; empty ones and those that start with # do not count.
    fn parse(text: &str, most: usize) -> Outcome<Self> {
        let mut rows: Vec<(f64, Option<f64>)> = vec![];
        for (i, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refused = |what: String| Failure::Usage(format!("line {}: {what}", i + 1));
            let row = row(line).map_err(refused)?;
            if rows.len() == most {
                return Err(refused(format!(
                    "there are more than {most} values, which is all that one ciphertext holds here; split the file, or use larger --slots or parameters"
                )));
            }
            if rows
                .first()
                .is_some_and(|first| first.1.is_some() != row.1.is_some())
            {
                return Err(refused(
                    "the number of columns changes; give one (real) or two (real, imaginary) in every line".into(),
                ));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(Failure::Usage(
                "the file holds no value; give one number to a line".into(),
            ));
        }
        let complex = rows
            .iter()
            .map(|(re, im)| im.map(|im| Complex64::new(*re, im)));
        Ok(match complex.collect() {
            Some(values) => Self::Complex(values),
            None => Self::Real(rows.into_iter().map(|row| row.0).collect()),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Real(values) => values.len(),
            Self::Complex(values) => values.len(),
        }
    }

    /// The same as complex numbers.
    pub(super) fn complex(&self) -> Vec<Complex64> {
        match self {
            Self::Real(values) => values.iter().map(|x| (*x).into()).collect(),
            Self::Complex(values) => values.clone(),
        }
    }

    /// Zeros up to a number of slots.
    fn pad(&mut self, slots: usize) {
        match self {
            Self::Real(values) => values.resize(slots, 0.0),
            Self::Complex(values) => values.resize(slots, Complex64::default()),
        }
    }
}

fn row(line: &str) -> Result<(f64, Option<f64>), String> {
    match line.split(',').collect::<Vec<_>>()[..] {
        [re] => Ok((number(re)?, None)),
        [re, im] => Ok((number(re)?, Some(number(im)?))),
        ref columns => Err(format!(
            "{} columns; give one (real) or two (real, imaginary)",
            columns.len()
        )),
    }
}

fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let value = text.parse::<f64>().map_err(|_| {
        format!("`{text}` is no number; write decimals such as -0.25, and no heading")
    })?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(format!(
            "`{text}` is not finite; only finite numbers can be encrypted"
        ))
    }
}

/// The same as text, lossless; the imaginary parts only if they are asked for.
pub(super) fn to_csv(values: &[Complex64], real: bool) -> String {
    let line = |x: &Complex64| match real {
        true => format!("{}\n", x.re),
        false => format!("{},{}\n", x.re, x.im),
    };
    values.iter().map(line).collect()
}
