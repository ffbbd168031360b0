//! `equiripple evaluate`: a function of what is encrypted.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use clap::Parser;
use serde::Serialize;

use super::{
    error::{Failure, Outcome},
    files,
    forecast::Forecast,
    function, output,
    progress::Bar,
};
use crate::{
    circuit::{Scheme, Shape, polynomial},
    ckks::{
        Ciphertext, CkksEvaluator, Context,
        keys::{EvaluationKey, EvaluationKeys, KeyRequest},
        serial::{self, Kind},
    },
    quantity::Level,
};

/// Evaluate a function on a ciphertext
///
/// The function becomes a certified polynomial or composition, as `approx` makes it, with coefficients rounded to f64, or
/// is read from a table that `approx --out` wrote. It takes evaluation keys alone and never a secret key. The certified
/// error holds for numbers in the function's domain, [-1, 1] for relu; the noise of encryption comes on top. Before it
/// computes, the command forecasts that noise and the time; `simulate` shows more of both without any key.
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
    #[command(flatten)]
    function: function::Choice,
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
    forecast: Forecast,
    seconds: f64,
    bytes: u64,
}

impl Args {
    /// The smallest relinearisation key that serves a level, whatever its file is called: not read yet.
    fn relinearization(&self, context: &Context, level: Level) -> Outcome<(PathBuf, KeyRequest)> {
        let mut best: Option<(PathBuf, KeyRequest, u64)> = None;
        for path in files::inside(&self.keys)? {
            if !matches!(serial::kind(&path), Ok(Kind::EvaluationKey)) {
                continue;
            }
            let head = files::at(&path, serial::evaluation_head(&path, context))?;
            let bytes = std::fs::metadata(&path)?.len();
            let smaller = best.as_ref().is_none_or(|best| bytes < best.2);
            if head.exponent.is_none() && head.request.level >= level && smaller {
                best = Some((path, head.request, bytes));
            }
        }
        let (path, request, _) = best.ok_or_else(|| {
            Failure::Usage(format!(
                "{} holds no relinearisation key for level {level}; make one by `keygen`, or encrypt at a lower level",
                self.keys.display()
            ))
        })?;
        Ok((path, request))
    }

    fn evaluator(path: &Path, context: &Context) -> Outcome<CkksEvaluator> {
        let key: EvaluationKey = files::at(path, serial::read(path, context))?;
        let mut keys = EvaluationKeys::new(context.parameters().id(), key.key().id());
        key.add_to(&mut keys)?;
        Ok(CkksEvaluator::new(context, Arc::new(keys))?)
    }

    pub(super) fn run(self) -> Outcome {
        let context = files::of_evaluation(self.params.as_deref(), &self.keys, "keygen")?;
        let input: Ciphertext =
            files::at(&self.ciphertext, serial::read(&self.ciphertext, &context))?;
        let subject = self.function.subject()?;
        let Shape { level, slots, .. } = input.shape();
        subject.check_level(level)?;
        let (key, request) = self.relinearization(&context, level)?;
        let scheme = with_special(context.parameters().scheme(), request.special)?;
        let forecast = Forecast::new(&scheme, &subject, level, slots)?;
        if !self.json {
            subject.tell()?;
            forecast.tell()?;
        }
        let evaluator = Self::evaluator(&key, &context)?;
        let bar = Bar::new(0, "evaluating");
        let start = Instant::now();
        let result = polynomial::evaluate(&evaluator, &subject.circuit, &[input])?;
        let seconds = start.elapsed().as_secs_f64();
        drop(bar);
        files::at(&self.out, serial::write(&self.out, &result, &context))?;
        let level_out = result.shape().level.get();
        self.tell(&Summary {
            degrees: subject.degrees(),
            log2_error_upper: subject.table.log2_upper,
            function: subject.table.function,
            levels: usize::from(level.get() - level_out),
            level_in: level.get(),
            level_out,
            mults: subject.cost.nonscalar_mults,
            forecast,
            seconds,
            bytes: std::fs::metadata(&self.out)?.len(),
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, s: &Summary) -> Outcome<()> {
        if self.json {
            return output::json(s);
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

/// The scheme as a key of fewer special primes sees it.
fn with_special(scheme: &Scheme, special: usize) -> Outcome<Scheme> {
    let mut literal = scheme.literal().clone();
    literal.p.truncate(special);
    Ok(Scheme::new(literal)?)
}
