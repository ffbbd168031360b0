//! `equiripple encrypt`: numbers into a ciphertext.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use serde::Serialize;

use super::{
    error::Outcome,
    files, number, output,
    values::{Packed, Values},
};
use crate::{
    ckks::{CkksError, Encryptor, keys::PublicKey, serial},
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
        let packed = Packed::read(&self.values, self.slots, parameters.log_n().max_slots())?;
        let Packed { count, slots, .. } = packed;
        let max_level = parameters.max_level();
        let level = self
            .level
            .map_or(Ok(max_level), |l| number::level(l, max_level))?;
        let scale = parameters.scheme().scale(level);
        let plaintext = match &packed.values {
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
