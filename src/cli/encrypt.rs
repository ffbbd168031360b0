//! `equiripple encrypt`: numbers into a ciphertext.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use serde::Serialize;

use super::{
    error::{Failure, Outcome},
    files, output,
    values::Values,
};
use crate::{
    ckks::{CkksError, Encryptor, keys::PublicKey, serial},
    quantity::Level,
    ring::sampler::MasterSeed,
};

/// Encrypt the numbers of a CSV file under a public key
///
/// One number to a line, or a real and an imaginary part; at most N/2 of them. They fill up the slots of one ciphertext,
/// the next power of two, with zeros at the end. Approximations are made for a domain: ReLU takes numbers in [-1, 1], and
/// nobody can check an encrypted one.
#[derive(Debug, Parser)]
#[command(after_help = "Example:
  echo -0.25 > values.csv
  equiripple encrypt --key keys/public.key values.csv -o values.ct")]
pub(super) struct Args {
    /// Numbers
    values: PathBuf,
    /// Public key, as written by `keygen`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Parameters; params.json beside the key when absent
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Level of the ciphertext; the highest when absent. A lower one makes it smaller
    #[arg(long, value_name = "L")]
    level: Option<u64>,
    /// Number of slots, a power of two
    #[arg(long, value_name = "N")]
    slots: Option<usize>,
    /// Ciphertext to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    values: usize,
    slots: usize,
    level: u8,
    bytes: u64,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let context = files::context(self.params.as_deref(), files::folder_of(&self.key))?;
        let parameters = context.parameters();
        let max_slots = parameters.log_n().max_slots();
        let most = self.slots.unwrap_or(max_slots).min(max_slots);
        let mut values = Values::parse(&output::read(&self.values)?, most)
            .map_err(|error| Failure::Usage(format!("{}: {error}", self.values.display())))?;
        let count = values.len();
        let slots = self.slots.unwrap_or(count.next_power_of_two());
        if !slots.is_power_of_two() || slots > max_slots {
            return Err(Failure::Usage(format!(
                "--slots {slots} is out of range; it must be a power of two up to {max_slots}"
            )));
        }
        values.pad(slots);
        let level = match self.level {
            None => parameters.max_level(),
            Some(level) => Level::new(level)
                .ok()
                .filter(|level| *level <= parameters.max_level())
                .ok_or_else(|| {
                    let max = parameters.max_level();
                    Failure::Usage(format!(
                        "--level {level} is out of range; it must be from 0 to {max}"
                    ))
                })?,
        };
        let scale = parameters.scheme().scale(level);
        let plaintext = match &values {
            Values::Real(values) => context.encode_real(values, level, scale)?,
            Values::Complex(values) => context.encode(values, level, scale)?,
        };
        let key: PublicKey = files::at(&self.key, serial::read(&self.key, &context))?;
        let seed = MasterSeed::from_os().map_err(CkksError::from)?;
        let ciphertext = Encryptor::new(&context, &seed).encrypt(&key, &plaintext)?;
        files::at(&self.out, serial::write(&self.out, &ciphertext, &context))?;
        let summary = Summary {
            values: count,
            slots,
            level: level.get(),
            bytes: std::fs::metadata(&self.out)?.len(),
        };
        if self.json {
            output::json(&summary)?;
        } else {
            output::line(format!(
                "{count} values in {slots} slots at level {level}, {}, written to {}",
                files::mebibytes(summary.bytes),
                self.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
