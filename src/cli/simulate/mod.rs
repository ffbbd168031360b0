//! `equiripple simulate`: what `evaluate` would give, without keys.

mod bootstrap;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::write::write_atomic;
use num_complex::Complex64;
use serde::Serialize;

use super::{
    error::{Failure, Outcome, warn},
    files,
    forecast::Forecast,
    function::{self, Subject},
    number, output,
    values::{self, Packed},
};
use crate::{
    circuit::{clear, polynomial},
    ckks::Parameters,
    quantity::ErrorBits,
    sim::Simulator,
};

/// Show what evaluating a function or bootstrapping would give: accuracy, levels and time, without any key
///
/// The circuit of `evaluate` runs on numbers to which every operation adds the noise that encryption would, drawn at
/// random from --seed, and on an analyzer that bounds this noise and counts the work. The time is that of the machine it
/// names. Both know the noise of fresh ciphertexts of a public key, and of the relinearisation key that `keygen` makes.
///
/// With --bootstrap the circuit is that of `bootstrap`. What it cannot see, this command refuses: values beyond its range.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple simulate --params params.json --function relu --alpha 10
  equiripple simulate values.csv --params params.json --function gelu --domain '[-6,6]' --alpha 8 -o y.csv
  equiripple simulate --params params.json --coefficients relu10/coefficients.json --level 9 --json
  equiripple simulate values.csv --params params.json --bootstrap --real -o fresh.csv")]
pub(super) struct Args {
    /// Numbers, as for `encrypt`; a grid over the domain of the function when absent, or uniform in [-1,1] for --bootstrap
    values: Option<PathBuf>,
    /// Parameters, as written by `params -o`
    #[arg(long, value_name = "FILE")]
    params: PathBuf,
    #[command(flatten)]
    function: function::Choice,
    /// Bootstrap in place of a function, with parameters that have it (`equiripple params --bootstrap`)
    #[arg(long, conflicts_with_all = ["function", "alpha", "domain", "coefficients"])]
    bootstrap: bool,
    /// Level of the ciphertext; when absent the highest, or where bootstrapping begins
    #[arg(long, value_name = "L")]
    level: Option<u64>,
    /// Number of slots, a power of two
    #[arg(long, value_name = "N")]
    slots: Option<usize>,
    /// What the noise is drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Write real parts alone; with --bootstrap, the slots are real
    #[arg(long)]
    real: bool,
    /// File for the values as they would be decrypted
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

/// Errors over the values, as −log2; none where there is no error at all.
#[derive(Debug, Serialize)]
struct Errors {
    mean_bits: Option<f64>,
    max_bits: Option<f64>,
}

#[derive(Serialize)]
struct Summary {
    function: String,
    degrees: Vec<usize>,
    log2_error_upper: Option<f64>,
    values: usize,
    slots: usize,
    /// Values that are no real numbers of the domain.
    outside: usize,
    levels: usize,
    level_in: u8,
    level_out: u8,
    /// Against the function; of real values, and of a function that has a name.
    error: Option<Errors>,
    /// Against its polynomials in the clear: the noise.
    noise: Errors,
    forecast: Forecast,
}

impl Errors {
    fn new(found: &[Complex64], expected: impl Iterator<Item = Complex64>) -> Self {
        let errors = found.iter().zip(expected).map(|(x, y)| (x - y).norm());
        let (sum, max) = errors.fold((0.0, 0.0), |(sum, max), e| (sum + e, f64::max(max, e)));
        let bits = |error| ErrorBits::of(error).ok().map(ErrorBits::get);
        Self {
            mean_bits: bits(sum / found.len() as f64),
            max_bits: bits(max),
        }
    }

    fn tell(&self, against: &str) -> Outcome<()> {
        let bits = |bits: Option<f64>| bits.map_or("0".into(), |bits| format!("2^{:.2}", -bits));
        output::line(format!(
            "  {against:<16} mean {}, largest {}",
            bits(self.mean_bits),
            bits(self.max_bits)
        ))
    }
}

impl Args {
    /// The slots, and how many of them are values.
    fn inputs(
        &self,
        parameters: &Parameters,
        subject: &Subject,
    ) -> Outcome<(Vec<Complex64>, usize)> {
        let max_slots = parameters.log_n().max_slots();
        if let Some(path) = &self.values {
            let packed = Packed::read(path, self.slots, max_slots)?;
            return Ok((packed.values.complex(), packed.count));
        }
        let slots = self.slots.unwrap_or(max_slots);
        values::check_slots(slots, max_slots)?;
        let grid = subject.grid(slots).into_iter().map(Into::into);
        Ok((grid.collect(), slots))
    }

    pub(super) fn run(self) -> Outcome {
        if self.bootstrap {
            return self.bootstrap();
        }
        if self.real && self.out.is_none() {
            return Err(Failure::Usage(
                "--real is about the values that are written; give --out FILE, too".into(),
            ));
        }
        let parameters = files::parameters(&self.params)?;
        let scheme = parameters.scheme();
        let max_level = parameters.max_level();
        let level = self
            .level
            .map_or(Ok(max_level), |l| number::level(l, max_level))?;
        let subject = self.function.subject()?;
        subject.check_level(level)?;
        let (inputs, count) = self.inputs(&parameters, &subject)?;
        let forecast = Forecast::new(scheme, &subject, level, inputs.len())?;
        let simulator = Simulator::new(scheme.clone(), self.seed);
        let encrypted = simulator.encrypt(&inputs, level, 0)?;
        let result = polynomial::evaluate(&simulator, &subject.circuit, &[encrypted])?;
        let found = &simulator.decrypt(&result)[..count];
        let polynomial = clear::evaluate(&subject.circuit, std::slice::from_ref(&inputs))?;
        // A function of the real line.
        let real = inputs.iter().all(|x| x.im.abs() <= 0.0);
        let exact = subject.exact().filter(|_| real);
        let outside = inputs[..count]
            .iter()
            .filter(|x| !subject.admits(**x))
            .count();
        if outside > 0 {
            warn(&format!(
                "{outside} of {count} values are outside {}, where {} is approximated",
                subject.domain(),
                subject.table.function
            ));
        }
        let level_out = result.shape().level.get();
        let summary = Summary {
            degrees: subject.degrees(),
            log2_error_upper: subject.table.log2_upper,
            values: count,
            slots: inputs.len(),
            outside,
            levels: usize::from(level.get() - level_out),
            level_in: level.get(),
            level_out,
            error: exact.map(|f| Errors::new(found, inputs.iter().map(|x| f(x.re).into()))),
            noise: Errors::new(found, polynomial.into_iter()),
            forecast,
            function: subject.table.function.clone(),
        };
        if let Some(path) = &self.out {
            write_atomic(path, values::to_csv(found, self.real).as_bytes())?;
        }
        if self.json {
            output::json(&summary)?;
        } else {
            self.tell(&summary, &subject)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, s: &Summary, subject: &Subject) -> Outcome<()> {
        subject.tell()?;
        output::line(format!(
            "  levels           {} used, from level {} to {}",
            s.levels, s.level_in, s.level_out
        ))?;
        output::line(format!(
            "  simulated        {} values in {} slots, noise of seed {}",
            s.values, s.slots, self.seed
        ))?;
        if let Some(error) = &s.error {
            error.tell("error")?;
        }
        s.noise.tell("noise alone")?;
        s.forecast.tell()?;
        s.forecast.tell_operations()?;
        match &self.out {
            Some(path) => output::line(format!("  written          {}", path.display())),
            None => Ok(()),
        }
    }
}
