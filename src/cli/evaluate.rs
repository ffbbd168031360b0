//! `equiripple evaluate`: a function of what is encrypted.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use clap::Parser;
use equiripple_approx::{
    approximate::{Goal, Request, approximate},
    coeffs::CoefficientTable,
    domain::Domain,
    evaltree::{Cost, Dag},
    remez::Budget,
    rounding::Rounding,
};
use serde::Serialize;

use super::{
    approx,
    error::{Failure, Outcome},
    export, files, number, output,
    progress::Bar,
};
use crate::{
    circuit::{
        activation::{Activation, from_table},
        polynomial,
    },
    ckks::{
        Ciphertext, CkksEvaluator, Context,
        keys::EvaluationKeys,
        serial::{self, EvaluationKey},
    },
};

/// Evaluate a function on a ciphertext
///
/// The function becomes a certified polynomial or composition, as `approx` makes it, with coefficients rounded to f64, or
/// is read from a table that `approx --out` wrote. It takes evaluation keys alone and never a secret key. The certified
/// error holds for numbers in the function's domain, [-1, 1] for relu; the noise of encryption comes on top.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple evaluate values.ct --keys keys/eval --function relu --alpha 10 -o relu.ct
  equiripple evaluate values.ct --keys keys/eval --function gelu --domain '[-6,6]' --alpha 8 -o y.ct
  equiripple approx relu --alpha 10 --out relu10
  equiripple evaluate values.ct --keys keys/eval --coefficients relu10/coefficients.json -o relu.ct")]
pub(super) struct Args {
    /// Ciphertext, as written by `encrypt`
    ciphertext: PathBuf,
    /// Folder of evaluation keys, as written by `keygen`
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Parameters; params.json in the folder of the keys or above when absent
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Name or expression in x, as for `approx`
    #[arg(
        long,
        value_name = "F",
        requires = "alpha",
        required_unless_present = "coefficients"
    )]
    function: Option<String>,
    /// Precision: error 2^-A
    #[arg(long, value_name = "A", value_parser = number::real, requires = "function")]
    alpha: Option<f64>,
    /// Domain of a function other than sign and relu, such as '[-6,6]'
    #[arg(long, value_name = "I", value_parser = number::domain, allow_hyphen_values = true, requires = "function")]
    domain: Option<Domain>,
    /// Table of coefficients in place of a function, as written by `approx --out`
    #[arg(long, value_name = "FILE", conflicts_with = "function")]
    coefficients: Option<PathBuf>,
    /// Ciphertext to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    function: String,
    degrees: Vec<usize>,
    log2_error_upper: Option<f64>,
    levels: usize,
    level_in: u8,
    level_out: u8,
    mults: usize,
    seconds: f64,
    bytes: u64,
}

impl Args {
    /// The table that is read or made.
    fn table(&self) -> Outcome<CoefficientTable> {
        if let Some(path) = &self.coefficients {
            return export::read_table(path);
        }
        let (Some(function), Some(alpha)) = (&self.function, self.alpha) else {
            return Err(Failure::Usage(
                "what to evaluate is missing; give --function F --alpha A, or --coefficients FILE"
                    .into(),
            ));
        };
        let mut request = Request::new(approx::target(function)?, Goal::Alpha(alpha));
        request.domain.clone_from(&self.domain);
        // What the evaluator uses.
        request.rounding = Rounding::F64;
        let bar = Bar::new(0, "approximating");
        let made = approximate(&request, Budget::unlimited(), &|p| bar.search(p))?;
        Ok(made.table)
    }

    /// The circuit of a table, of one input.
    fn circuit(table: &CoefficientTable) -> Outcome<Dag<f64>> {
        if table.function == "max" {
            return Err(Failure::Usage(
                "max takes two inputs, and here is one; evaluate relu on their difference".into(),
            ));
        }
        Ok(from_table(table, Activation::Table)?)
    }

    fn evaluator(&self, context: &Context) -> Outcome<CkksEvaluator> {
        let path = self.keys.join(files::RELINEARIZATION);
        let key: EvaluationKey = files::at(&path, serial::read(&path, context))?;
        let mut keys = EvaluationKeys::new(context.parameters().id(), key.key().id());
        key.add_to(&mut keys)?;
        Ok(CkksEvaluator::new(context, Arc::new(keys))?)
    }

    pub(super) fn run(self) -> Outcome {
        files::refuse_secrets(&self.keys)?;
        if !self.keys.is_dir() {
            return Err(Failure::Usage(format!(
                "{} is no folder; give the folder `eval` that `keygen` wrote",
                self.keys.display()
            )));
        }
        let context = files::context(self.params.as_deref(), &self.keys)?;
        let input: Ciphertext =
            files::at(&self.ciphertext, serial::read(&self.ciphertext, &context))?;
        let table = self.table()?;
        let circuit = Self::circuit(&table)?;
        let cost = Cost::of(&circuit);
        let level = input.shape().level;
        if usize::from(level.get()) < cost.depth {
            return Err(Failure::Usage(format!(
                "{} takes {} levels, and the ciphertext has {level}; encrypt at a higher level, make parameters with --levels {} or more, or ask for a smaller --alpha",
                table.function, cost.depth, cost.depth
            )));
        }
        let evaluator = self.evaluator(&context)?;
        let bar = Bar::new(0, "evaluating");
        let start = Instant::now();
        let result = polynomial::evaluate(&evaluator, &circuit, &[input])?;
        let seconds = start.elapsed().as_secs_f64();
        drop(bar);
        files::at(&self.out, serial::write(&self.out, &result, &context))?;
        let level_out = result.shape().level.get();
        self.tell(&Summary {
            degrees: table.stages.iter().map(|stage| stage.degree()).collect(),
            log2_error_upper: table.log2_upper,
            function: table.function,
            levels: usize::from(level.get() - level_out),
            level_in: level.get(),
            level_out,
            mults: cost.nonscalar_mults,
            seconds,
            bytes: std::fs::metadata(&self.out)?.len(),
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, s: &Summary) -> Outcome<()> {
        if self.json {
            return output::json(s);
        }
        output::line(format!("{} by {}", s.function, number::braces(&s.degrees)))?;
        if let Some(upper) = s.log2_error_upper {
            output::line(format!(
                "  certified error  2^{upper:.4}, noise not included"
            ))?;
        }
        output::line(format!(
            "  levels           {} used, from level {} to {}",
            s.levels, s.level_in, s.level_out
        ))?;
        output::line(format!(
            "  multiplications  {} in {:.3} s",
            s.mults, s.seconds
        ))?;
        output::line(format!(
            "  written          {}, {}",
            self.out.display(),
            files::mebibytes(s.bytes)
        ))
    }
}
