//! `equiripple keygen`: all keys of a new secret.

mod folder;
mod plan;

pub(super) use folder::{Folder, Written, check_empty};
pub(super) use plan::Planned;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use serde::Serialize;

use super::{
    bootstrapping,
    error::{Outcome, warn},
    files, number, output,
    progress::Bar,
};
use crate::{
    bootstrap::{Plan, SlotKind},
    ckks::{Context, keys::KeyGenerator},
    ring::sampler::{MasterSeed, SEED_BYTES},
};

/// Make a secret, the public key that encrypts, and the evaluation keys that compute
///
/// DIR receives params.json, secret.key, public.key and the folder eval. Whoever holds secret.key can decrypt: keep it.
/// Give public.key and params.json to those who encrypt, eval and params.json to those who compute.
///
/// Parameters for bootstrapping have an ephemeral secret; eval then holds the keys to it and back, too. --bootstrap makes all
/// other keys of `bootstrap`, for full or the given numbers of slots, complex, real (--real) or two real ciphertexts at once
/// (--pair): many gigabytes for the largest rings. Its relinearisation key serves all levels between bootstraps.
///
/// Polynomials need the relinearisation key alone; sums and matrices need rotations too. A key for a level serves those
/// below as well, and is smaller than one for all; `evaluate` takes the smallest that serves.
///
/// The secret is written last, right before DIR takes its place: what a killed run leaves behind, a folder .equiripple-…
/// beside DIR, holds none that was used.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple params --levels 10 -o params.json
  equiripple keygen --params params.json --out keys
  equiripple keygen --params params.json --rotations 1,2,4,8 --conjugation --out keys
  equiripple keygen --params params.json --level 10,6 --rotations 1,2,4@6 --out keys
  equiripple keygen --params params.json --bootstrap --slots 2^15,2^12 --out keys")]
pub(super) struct Args {
    /// Parameters, as written by `params -o`
    #[arg(long, value_name = "FILE")]
    params: PathBuf,
    /// Highest level that evaluation keys serve, or several; the highest of the parameters when absent
    #[arg(long, value_name = "L,L,…", value_delimiter = ',')]
    level: Vec<u64>,
    /// Special primes of evaluation keys, at most those of the parameters: fewer make more digits
    #[arg(long, value_name = "K")]
    special: Option<usize>,
    /// Rotations to the left that keys are made for, for the levels of --level or one after @
    #[arg(long, value_name = "K,K,…[@L]", value_parser = plan::rotations)]
    rotations: Vec<plan::Rotations>,
    /// Make a key for complex conjugation
    #[arg(long)]
    conjugation: bool,
    /// Make the keys of bootstrapping, for parameters that have it (`equiripple params --bootstrap`)
    #[arg(long)]
    bootstrap: bool,
    /// Numbers of slots that are bootstrapped, such as 2^12; all N/2 when absent
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = number::slots, requires = "bootstrap")]
    slots: Vec<usize>,
    /// The slots that are bootstrapped are real numbers
    #[arg(long, requires = "bootstrap", conflicts_with = "pair")]
    real: bool,
    /// Two ciphertexts of real slots are bootstrapped at once
    #[arg(long, requires = "bootstrap")]
    pair: bool,
    /// 64 hexadecimal digits that all keys follow from, for tests alone: whoever knows them knows the secret
    #[arg(long, value_name = "HEX", value_parser = seed)]
    seed: Option<MasterSeed>,
    /// Folder for the keys; it must be empty or absent
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) fn seed(text: &str) -> Result<MasterSeed, String> {
    let refused = || {
        format!(
            "a seed of {} characters, or with others than 0-9 and a-f; write {} hexadecimal digits",
            text.len(),
            2 * SEED_BYTES
        )
    };
    if text.len() != 2 * SEED_BYTES || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(refused());
    }
    let mut bytes = [0; SEED_BYTES];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| refused())?;
    }
    Ok(MasterSeed::from_bytes(bytes))
}

#[derive(Serialize)]
struct Summary {
    key: String,
    parameters: String,
    files: Vec<Written>,
    seconds: f64,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        check_empty(&self.out)?;
        let context = Context::new(files::parameters(&self.params)?)?;
        let bootstraps = self.bootstraps(&context)?;
        let wanted = plan::Wanted {
            levels: &self.level,
            special: self.special,
            rotations: &self.rotations,
            conjugation: self.conjugation,
            bootstraps: &bootstraps,
        };
        let planned = wanted.plan(&context)?;
        let master = master(self.seed.as_ref())?;
        let start = Instant::now();
        let encapsulated = u64::from(has_encapsulation(&context));
        let steps = 3 + encapsulated + planned.len() as u64;
        let mut folder = Folder::begin(&self.out, &context, steps)?;
        let generator = KeyGenerator::new(&context, &master)?;
        make(&mut folder, &generator, &planned)?;
        let files = folder.finish()?;
        self.tell(&Summary {
            key: generator.id().to_string(),
            parameters: context.parameters().id().to_string(),
            files,
            seconds: start.elapsed().as_secs_f64(),
        })?;
        Ok(ExitCode::SUCCESS)
    }

    /// The bootstraps that keys are asked for.
    fn bootstraps(&self, context: &Context) -> Outcome<Vec<Plan>> {
        if !self.bootstrap {
            return Ok(vec![]);
        }
        let kind = match (self.real, self.pair) {
            (true, _) => SlotKind::Real,
            (_, true) => SlotKind::Pair,
            _ => SlotKind::Complex,
        };
        let parameters = context.parameters();
        let mut slots = self.slots.clone();
        if slots.is_empty() {
            slots.push(parameters.log_n().max_slots());
        }
        let _bar = Bar::new(0, "planning");
        let plan = |slots: &usize| bootstrapping::plan(parameters, *slots, kind);
        slots.iter().map(plan).collect()
    }

    fn tell(&self, summary: &Summary) -> Outcome<()> {
        if self.json {
            return output::json(summary);
        }
        output::line(format!(
            "keys {} of parameters {}, in {:.2} s, in {}:",
            summary.key,
            summary.parameters,
            summary.seconds,
            self.out.display()
        ))?;
        for file in &summary.files {
            output::line(format!(
                "  {:<34} {:>12}",
                file.file,
                files::mebibytes(file.bytes)
            ))?;
        }
        output::line(
            "secret.key decrypts: it stays with you. eval and params.json are all that computing takes.",
        )
    }
}

/// One key after another, so that one at most is in memory; the secret last, so that it is not left behind.
fn make(folder: &mut Folder<'_>, generator: &KeyGenerator, planned: &[Planned]) -> Outcome<()> {
    folder.parameters(files::PARAMETERS)?;
    folder.write(files::PUBLIC, &generator.public_key()?)?;
    evaluation(folder, generator, planned)?;
    folder.write(files::SECRET, generator.secret_key())
}

/// The folder of evaluation keys.
pub(in crate::cli) fn evaluation(
    folder: &mut Folder<'_>,
    generator: &KeyGenerator,
    planned: &[Planned],
) -> Outcome<()> {
    let context = folder.context;
    for key in planned {
        folder.write(&key.name(context), &key.make(generator)?)?;
    }
    if has_encapsulation(context) {
        let name = format!("{}/encapsulation.key", files::EVALUATION);
        folder.write(&name, &generator.encapsulation_keys()?)?;
    }
    Ok(())
}

/// What all keys follow from: the system's randomness, unless a seed is given.
pub(in crate::cli) fn master(seed: Option<&MasterSeed>) -> Outcome<MasterSeed> {
    let Some(seed) = seed else {
        return Ok(MasterSeed::from_os().map_err(crate::ckks::CkksError::from)?);
    };
    warn("a secret from a seed that was typed is no secret; leave out --seed for real use");
    Ok(seed.clone())
}

/// Whether the parameters have an ephemeral secret for bootstrapping.
fn has_encapsulation(context: &Context) -> bool {
    context.parameters().literal().encapsulation.is_some()
}
