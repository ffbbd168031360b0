//! `equiripple export`: a coefficient table for other programs.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use equiripple_approx::coeffs::{CoefficientTable, Format};
use equiripple_reports::write::write_atomic;

use super::{
    error::{Failure, Outcome},
    output,
};

/// Export a coefficient table for OpenFHE, Lattigo, NumPy, Sollya, LaTeX, Markdown or as JSON
///
/// Every coefficient is written, exact zeros included. OpenFHE halves the constant coefficient of its Chebyshev series:
/// the header allows for that.
#[derive(Debug, Parser)]
#[command(after_help = "Example:
  equiripple approx relu --alpha 10 --out relu10
  equiripple export relu10/coefficients.json --format openfhe -o relu10.h")]
pub(super) struct Args {
    /// Coefficients, as written by `approx --out` (JSON or CSV)
    coefficients: PathBuf,
    /// openfhe, lattigo, numpy, sollya, latex, markdown or json
    #[arg(long, value_name = "F")]
    format: Format,
    /// Basis of the coefficients, where the format leaves a choice (json, csv, latex, markdown)
    #[arg(long, value_enum, default_value = "chebyshev")]
    basis: BasisName,
    /// Name of what is defined
    #[arg(long, default_value = "approximation")]
    name: String,
    /// File to write; standard output when absent
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum BasisName {
    Chebyshev,
    Monomial,
}

/// Bits of monomial coefficients: enough for those of f64 Chebyshev coefficients to be exact.
const MONOMIAL_BITS: u32 = 512;

/// Reads a table, JSON or CSV by its first character.
pub(super) fn read_table(path: &std::path::Path) -> Outcome<CoefficientTable> {
    let text = output::read(path)?;
    if text.trim_start().starts_with('{') {
        Ok(CoefficientTable::from_json(&text)?)
    } else {
        Ok(CoefficientTable::from_csv(&text)?)
    }
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let mut table = read_table(&self.coefficients)?;
        if self.basis == BasisName::Monomial {
            let free = [Format::Json, Format::Csv, Format::Latex, Format::Markdown];
            if !free.contains(&self.format) {
                let format = self.format;
                return Err(Failure::Usage(format!(
                    "{format} has a basis of its own; leave out --basis, or export json, csv, latex or markdown"
                )));
            }
            table = table.to_monomial(MONOMIAL_BITS)?;
        }
        let text = self.format.export(&table, &self.name)?;
        match &self.out {
            Some(path) => write_atomic(path, text.as_bytes())?,
            None => output::line(text.trim_end())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
