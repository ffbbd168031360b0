//! Source code and tables for other tools, as text.
//!
//! Every exporter evaluates the same function as [`CoefficientTable::eval`]; the tests run what they write.

mod latex;
mod lattigo;
mod markdown;
mod names;
mod numpy;
mod openfhe;
mod sollya;

use std::{fmt, str::FromStr};

use super::{
    CoefficientTable, Exact,
    exact::{decimal_text, excerpt},
};
use crate::{ApproxError, Result};

/// What a table can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The lossless JSON file.
    Json,
    /// The lossless CSV file.
    Csv,
    /// A C++ header for OpenFHE's `EvalChebyshevSeries`.
    OpenFhe,
    /// Go source for Lattigo's `bignum.Polynomial`.
    Lattigo,
    /// A Python module with `numpy.polynomial.Chebyshev` objects.
    Numpy,
    /// A Sollya script with exact polynomials.
    Sollya,
    /// A LaTeX table.
    Latex,
    /// A Markdown table.
    Markdown,
}

/// Every format with its name, in the order of help texts.
const LIST: &[(Format, &str)] = &[
    (Format::Json, "json"),
    (Format::Csv, "csv"),
    (Format::OpenFhe, "openfhe"),
    (Format::Lattigo, "lattigo"),
    (Format::Numpy, "numpy"),
    (Format::Sollya, "sollya"),
    (Format::Latex, "latex"),
    (Format::Markdown, "markdown"),
];

impl Format {
    /// Every format with its name, in the order of help texts.
    pub fn list() -> &'static [(Self, &'static str)] {
        LIST
    }

    /// The usual ending of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::OpenFhe => "hpp",
            Self::Lattigo => "go",
            Self::Numpy => "py",
            Self::Sollya => "sollya",
            Self::Latex => "tex",
            Self::Markdown => "md",
        }
    }

    /// The table in this format. Identifiers of source code are made from `name`, whatever it is.
    ///
    /// # Errors
    /// Those of [`CoefficientTable::polys`], and a number too large for the f64 of OpenFHE and NumPy.
    pub fn export(self, table: &CoefficientTable, name: &str) -> Result<String> {
        table.validate()?;
        let name = names::identifier(name);
        match self {
            Self::Json => table.to_json(),
            Self::Csv => table.to_csv(),
            Self::OpenFhe => openfhe::header(table, &name),
            Self::Lattigo => lattigo::source(table, &name),
            Self::Numpy => numpy::module(table),
            Self::Sollya => sollya::script(table, &name),
            Self::Latex => Ok(latex::tabular(table)),
            Self::Markdown => Ok(markdown::document(table)),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = LIST.iter().find(|(format, _)| format == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Format {
    type Err = ApproxError;

    fn from_str(name: &str) -> Result<Self> {
        let found = LIST.iter().find(|(_, known)| *known == name);
        found.map(|(format, _)| *format).ok_or_else(|| {
            let known: Vec<&str> = LIST.iter().map(|(_, name)| *name).collect();
            ApproxError::Parse {
                what: "a format",
                place: format!("`{}`", excerpt(name)),
                why: format!("expected one of {}", known.join(", ")),
            }
        })
    }
}

/// A number as f64 source text that C++ and Python read alike.
fn double(x: &Exact) -> Result<String> {
    let rounded = x.value().to_f64();
    if !rounded.is_finite() {
        return Err(ApproxError::OutOfRange {
            name: "coefficient of an f64 export",
            value: decimal_text(x.value(), Some(6)),
            bound: "below 2^1024 in modulus".into(),
        });
    }
    Ok(format!("{rounded:?}"))
}

/// Joins numbers, a line each, indented.
fn lines(items: impl IntoIterator<Item = String>, indent: &str) -> String {
    items
        .into_iter()
        .map(|item| format!("{indent}{item},\n"))
        .collect()
}
