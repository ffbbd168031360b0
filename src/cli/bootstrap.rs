//! `equiripple bootstrap`: levels again.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use clap::Parser;
use serde::Serialize;

use super::{
    bootstrapping::{self, Precision, Time},
    error::{Failure, Outcome},
    files,
    forecast::tell_time,
    key_files::KeyFiles,
    memory, output,
    progress::Bar,
};
use crate::{
    bootstrap::{Bootstrapper, Plan, SlotKind},
    circuit::lowered,
    ckks::{BootstrapMemory, Ciphertext, CkksEvaluator, Context, keys::bootstrap_keys, serial},
};

/// Bring ciphertexts that have no levels left back to many levels
///
/// The message stays; it may have real and imaginary parts from -1 to 1, and nobody can check an encrypted one. Slots are
/// complex unless --real says that they are real: then imaginary parts, noise included, are removed, which is faster. Two
/// ciphertexts are taken for real ones, and bootstrapped together as the real and imaginary parts of one.
///
/// A ciphertext at a higher level than bootstrapping begins at is brought down first, and loses what it has above.
///
/// It takes the keys that `keygen --bootstrap` made for this number and kind of slots, reads no others, and never a secret
/// key. Before it reads them it forecasts the memory, and refuses where there is too little.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple params --set general -o params.json
  equiripple keygen --params params.json --bootstrap --out keys
  equiripple bootstrap x.ct --keys keys/eval -o fresh.ct
  equiripple bootstrap a.ct b.ct --keys keys/eval -o fresh-a.ct fresh-b.ct --max-memory 8GiB")]
pub(super) struct Args {
    /// One ciphertext, or two of real slots
    #[arg(value_name = "CIPHERTEXT", num_args = 1..=2, required = true)]
    ciphertexts: Vec<PathBuf>,
    /// Folder of evaluation keys, as written by `keygen --bootstrap`
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Parameters; params.json in the folder of the keys or above when absent
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// The slots are real numbers
    #[arg(long)]
    real: bool,
    /// Most memory to take, such as 8GiB; what the machine has left when absent
    #[arg(long, value_name = "SIZE", value_parser = memory::bytes)]
    max_memory: Option<u64>,
    /// Ciphertext to write, or two for two
    #[arg(short, long, value_name = "FILE", num_args = 1..=2, required = true)]
    out: Vec<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    slots: usize,
    kind: SlotKind,
    level_in: u8,
    /// Where bootstrapping began, after a ciphertext that was higher was brought down.
    level_begin: u8,
    level_out: u8,
    /// What the simulator leaves of uniform messages.
    expected: Precision,
    forecast: Time,
    /// Forecast, by what it is for.
    memory: BootstrapMemory,
    forecast_bytes: u64,
    /// The most that the process took, where the system tells.
    peak_bytes: Option<u64>,
    keys_read: usize,
    load_seconds: f64,
    seconds: f64,
    bytes: u64,
}

impl Args {
    fn kind(&self) -> SlotKind {
        match (self.ciphertexts.len(), self.real) {
            (2, _) => SlotKind::Pair,
            (_, true) => SlotKind::Real,
            (_, false) => SlotKind::Complex,
        }
    }

    /// The ciphertexts, of one number of slots.
    fn inputs(&self, context: &Context) -> Outcome<Vec<Ciphertext>> {
        let (given, wanted) = (self.out.len(), self.ciphertexts.len());
        if given != wanted {
            return Err(Failure::Usage(format!(
                "{wanted} ciphertexts give as many results, and -o names {given}; name one file for each, after the ciphertexts"
            )));
        }
        if wanted == 2 && self.out[0] == self.out[1] {
            return Err(Failure::Usage(format!(
                "both results would be written to {}; name two files",
                self.out[0].display()
            )));
        }
        let read = |path: &PathBuf| files::at(path, serial::read(path, context));
        let inputs: Vec<Ciphertext> = self.ciphertexts.iter().map(read).collect::<Outcome<_>>()?;
        if let [a, b] = inputs.as_slice() {
            a.shape().check_slots(b.shape().slots)?;
        }
        Ok(inputs)
    }

    /// Refuses what is below the level that the plan begins at.
    fn check_levels(&self, inputs: &[Ciphertext], plan: &Plan) -> Outcome<()> {
        for (path, input) in self.ciphertexts.iter().zip(inputs) {
            let (found, need) = (input.shape().level, plan.input_level());
            if found < need {
                return Err(Failure::Usage(format!(
                    "{} is at level {found}, and this bootstrap begins at level {need}; stop the circuit before it at level {need} or above, because nothing else brings a ciphertext up",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    pub(super) fn run(self) -> Outcome {
        let context =
            files::of_evaluation(self.params.as_deref(), &self.keys, "keygen --bootstrap")?;
        crate::infer::how(context.parameters())?;
        let inputs = self.inputs(&context)?;
        let shape = inputs[0].shape();
        let bar = Bar::new(0, "planning");
        let plan = bootstrapping::plan(context.parameters(), shape.slots, self.kind())?;
        self.check_levels(&inputs, &plan)?;
        let threads = rayon::current_num_threads();
        let forecast = BootstrapMemory::new(&context, &[&plan], threads)?;
        memory::check(&forecast, self.max_memory)?;
        let wanted = bootstrap_keys(&context, &[&plan])?;
        let owner = inputs[0].key();
        let files = KeyFiles::find(&self.keys, &context, owner, &wanted, &remedy(&plan))?;
        let expected = Precision::simulated(context.parameters(), &plan)?;
        let time = Time::forecast(context.parameters(), &plan)?;
        drop(bar);
        if !self.json {
            announce(&plan, &forecast, &expected, &time)?;
        }
        let start = Instant::now();
        let keys_read = files.count();
        let evaluator = CkksEvaluator::new(&context, Arc::new(files.load(&context)?))?;
        let load_seconds = start.elapsed().as_secs_f64();
        let bar = Bar::new(0, "bootstrapping");
        let start = Instant::now();
        let lower = |input| lowered(&evaluator, input, plan.input_level());
        let level_in = inputs.iter().map(|input| input.shape().level).max();
        let inputs: Vec<_> = inputs.iter().map(lower).collect::<Result<_, _>>()?;
        let begin = plan.input_level().get();
        let bootstrapper = Bootstrapper::new(&evaluator, plan)?;
        let results = bootstrapper.bootstrap(&evaluator, &inputs)?;
        let seconds = start.elapsed().as_secs_f64();
        drop(bar);
        let mut bytes = 0;
        for (path, result) in self.out.iter().zip(&results) {
            files::at(path, serial::write(path, result, &context))?;
            bytes += std::fs::metadata(path)?.len();
        }
        self.tell(&Summary {
            slots: bootstrapper.plan().slots(),
            kind: self.kind(),
            level_in: level_in.map_or(begin, |level| level.get()),
            level_begin: begin,
            level_out: results[0].shape().level.get(),
            expected,
            forecast: time,
            forecast_bytes: forecast.peak(),
            memory: forecast,
            peak_bytes: memory::peak(),
            keys_read,
            load_seconds,
            seconds,
            bytes,
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, s: &Summary) -> Outcome<()> {
        if self.json {
            return output::json(s);
        }
        let down = if s.level_in > s.level_begin {
            format!(
                "brought down from level {} to {}, ",
                s.level_in, s.level_begin
            )
        } else {
            String::new()
        };
        output::line(format!(
            "  levels           {down}bootstrapped from {} to {}",
            s.level_begin, s.level_out
        ))?;
        output::line(format!(
            "  time             {:.2} s, after {:.2} s to read {} keys",
            s.seconds, s.load_seconds, s.keys_read
        ))?;
        if let Some(peak) = s.peak_bytes {
            output::line(format!("  peak memory      {}", memory::human(peak)))?;
        }
        let written: Vec<String> = self.out.iter().map(|p| p.display().to_string()).collect();
        output::line(format!(
            "  written          {}, {}",
            written.join(" and "),
            files::mebibytes(s.bytes)
        ))
    }
}

/// What will be done, and what it will take.
fn announce(plan: &Plan, m: &BootstrapMemory, expected: &Precision, time: &Time) -> Outcome<()> {
    output::line(format!(
        "bootstrapping {} {} slots{}",
        plan.slots(),
        if plan.kind() == SlotKind::Complex {
            "complex"
        } else {
            "real"
        },
        if plan.kind() == SlotKind::Pair {
            " of each of two ciphertexts"
        } else {
            ""
        }
    ))?;
    output::line(format!(
        "  memory           about {}: {} for {} keys, {} for transforms, {} to compute",
        memory::human(m.peak()),
        memory::human(m.key_bytes),
        m.keys,
        memory::human(m.transform_bytes),
        memory::human(m.working_bytes + m.table_bytes)
    ))?;
    tell_time(time.seconds, &time.machine)?;
    output::line(format!(
        "  expected         {:.1} bits in the mean, {:.1} at least (simulated, uniform messages)",
        expected.mean_bits, expected.min_bits
    ))
}

/// What to do where keys are missing.
fn remedy(plan: &Plan) -> String {
    format!(
        "make the keys of {slots} {kind} slots by `equiripple keygen --bootstrap --slots {slots}{option}`",
        slots = plan.slots(),
        kind = plan.kind(),
        option = match plan.kind() {
            SlotKind::Complex => "",
            SlotKind::Real => " --real",
            SlotKind::Pair => " --pair",
        }
    )
}
