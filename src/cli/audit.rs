//! `equiripple audit`: other people's coefficients, certified or refuted.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use equiripple_approx::{
    audit::{Audit, Claimed, Verdict, audit},
    coeffs::{Basis, CoefficientTable, read_plain},
};
use rug::Float;
use serde::Serialize;

use super::{approx::budget, error::Outcome, export::read_table, number, output};

/// Certify or refute that published coefficients reach a precision α
///
/// Reads JSON or CSV as written by `approx --out`, or the published plain form: one number per line, stage after stage
/// in rising degree, all powers or the odd ones, with a file of degrees. All ranges are computed afresh from the
/// coefficients.
///
/// Exit code 0: certified. 1: refuted, with a witness. 3: undecided. 2: the files or the claim make no sense.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple audit --coefficients coeffs.txt --degrees degs.txt --function relu --alpha 13
  equiripple audit --coefficients d5.txt --degrees 5 --function relu --alpha 4 --input-scale 2")]
pub(super) struct Args {
    /// JSON, CSV, or one number per line
    #[arg(long, value_name = "F")]
    coefficients: PathBuf,
    /// File of degrees for the plain form, or the degrees themselves, as in 15,15,27
    #[arg(long, value_name = "F")]
    degrees: Option<String>,
    /// Function that is claimed: sign, relu or max
    #[arg(long)]
    function: Claimed,
    /// Precision that is claimed
    #[arg(long, value_name = "A", value_parser = number::real)]
    alpha: f64,
    /// What the input is multiplied by before the first stage
    #[arg(long, value_name = "S", default_value = "1", value_parser = number::constant)]
    input_scale: Float,
    /// Basis of the plain form
    #[arg(long, value_enum, default_value = "monomial")]
    basis: BasisName,
    /// Give up after this many seconds
    #[arg(long, value_name = "S", value_parser = number::real)]
    time_limit: Option<f64>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BasisName {
    Monomial,
    Chebyshev,
}

#[derive(Serialize)]
struct Outcomes {
    verdict: Verdict,
    function: Claimed,
    alpha: f64,
    input_scale: f64,
    degrees: Vec<usize>,
    log2_error_claimed: f64,
    log2_error_lower: f64,
    log2_error_upper: f64,
    witness: f64,
    error_at_witness: f64,
    stages: Vec<StageRange>,
}

#[derive(Serialize)]
struct StageRange {
    input: (f64, f64),
    output: (f64, f64),
}

impl Args {
    fn table(&self) -> Outcome<CoefficientTable> {
        let Some(degrees) = &self.degrees else {
            return read_table(&self.coefficients);
        };
        // A list of degrees may stand in place of the file.
        let degrees = if number::degrees(degrees).is_ok() {
            degrees.clone()
        } else {
            output::read(degrees.as_ref())?
        };
        let basis = match self.basis {
            BasisName::Monomial => Basis::Monomial,
            BasisName::Chebyshev => Basis::Chebyshev,
        };
        Ok(read_plain(
            &output::read(&self.coefficients)?,
            &degrees,
            basis,
            number::BITS,
        )?)
    }

    pub(super) fn run(self) -> Outcome {
        let table = self.table()?;
        let audit = audit(
            &table,
            self.function,
            self.alpha,
            &self.input_scale,
            budget(self.time_limit)?,
        )?;
        let outcome = Outcomes {
            verdict: audit.verdict,
            function: self.function,
            alpha: self.alpha,
            input_scale: self.input_scale.to_f64(),
            degrees: table.stages.iter().map(|s| s.degree()).collect(),
            log2_error_claimed: audit.log2_claim,
            log2_error_lower: audit.bounds.log2_lower(),
            log2_error_upper: audit.bounds.log2_upper(),
            witness: audit.witness,
            error_at_witness: audit.error_at_witness,
            stages: audit
                .ranges
                .iter()
                .map(|&(input, output)| StageRange { input, output })
                .collect(),
        };
        if self.json {
            output::json(&outcome)?;
        } else {
            show(&outcome, &audit)?;
        }
        Ok(ExitCode::from(match audit.verdict {
            Verdict::Certified => 0,
            Verdict::Refuted => 1,
            Verdict::Undecided => 3,
        }))
    }
}

fn show(o: &Outcomes, audit: &Audit) -> Outcome<()> {
    let verdict = match o.verdict {
        Verdict::Certified => "certified",
        Verdict::Refuted => "refuted",
        Verdict::Undecided => "undecided",
    };
    output::line(format!(
        "{verdict}: {} of degrees {} to precision α = {}",
        o.function,
        number::braces(&o.degrees),
        o.alpha
    ))?;
    output::line(format!("  claimed error   2^{:.6}", o.log2_error_claimed))?;
    output::line(format!(
        "  certified       2^{:.6} … 2^{:.6}",
        o.log2_error_lower, o.log2_error_upper
    ))?;
    output::line(format!(
        "  worst point     x = {:.12}: error at least {:.6e}",
        o.witness, o.error_at_witness
    ))?;
    for (i, (input, range)) in audit.ranges.iter().enumerate() {
        output::line(format!(
            "  stage {}         [{:.9}, {:.9}] → [{:.9}, {:.9}]",
            i + 1,
            input.0,
            input.1,
            range.0,
            range.1
        ))?;
    }
    Ok(())
}
