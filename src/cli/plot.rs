//! `equiripple plot`: pictures of a coefficient table.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use equiripple_approx::{approximate::Recertified, remez::Budget};
use equiripple_reports::{plot::Rendered, write::write_atomic};

use super::{
    error::{Failure, Outcome},
    export::read_table,
    files, number, output,
};
use crate::curves::{Curves, stage_figure};

/// Draw the error, the function or the stages of a coefficient table
#[derive(Debug, Parser)]
#[command(after_help = "Example:
  equiripple plot relu10/coefficients.json --kind stages -o stages.png")]
pub(super) struct Args {
    /// Coefficients, as written by `approx --out` (JSON or CSV)
    coefficients: PathBuf,
    /// What to draw
    #[arg(long, value_enum, default_value = "error")]
    kind: Kind,
    /// File to write, .svg or .png
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Error curve with its certified bounds
    Error,
    /// The function against its approximation
    Function,
    /// Each stage on the range of the ones before
    Stages,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let png = files::is_png(&self.out)?;
        let table = read_table(&self.coefficients)?;
        let subject = Recertified::new(&table, Budget::unlimited())?;
        let curves = Curves::of(&subject);
        let degrees: Vec<usize> = table.stages.iter().map(|s| s.degree()).collect();
        let title = format!("{} by {}", table.function, number::braces(&degrees));
        let drawn = match self.kind {
            Kind::Error => {
                let (upper, lower) = (subject.bounds.upper.to_f64(), subject.bounds.lower.to_f64());
                curves
                    .error_figure(&format!("Error of {title}"), &[], upper, lower)
                    .render()?
            }
            Kind::Function => curves.function_figure(&title).render()?,
            Kind::Stages if degrees.len() < 2 => {
                return Err(Failure::Usage(format!(
                    "{title} has a single stage; draw it with --kind error"
                )));
            }
            Kind::Stages => stage_figure(&format!("Stages of {title}"), &curves)?,
        };
        let Rendered { svg, png: pixels } = drawn;
        write_atomic(&self.out, if png { &pixels } else { svg.as_bytes() })?;
        output::line(format!("written to {}", self.out.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
