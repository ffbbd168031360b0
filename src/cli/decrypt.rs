//! `equiripple decrypt`: a ciphertext into numbers.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::write::write_atomic;
use num_complex::Complex64;
use serde::Serialize;

use super::{
    error::{Failure, Outcome, warn},
    files, flood, output, values,
};
use crate::ckks::{Ciphertext, Decryptor, keys::SecretKey, serial};

/// Decrypt a ciphertext to numbers
///
/// Prints a line for each slot: real and imaginary part.
///
/// A decrypted value is the message and the noise of encryption, and the noise tells about the secret key: who sees
/// results as they are, and the ciphertexts, can find the key (Li and Micciancio 2021, on IND-CPA-D security). Keep such
/// results to yourself. To publish one, round it by --public-precision to steps far above the noise, 10 bits at least.
/// What is left to an attacker are the rare values at the edge between two steps: far less, though not provably nothing.
///
/// Provably nothing, to S bits, is left by --flood T: Gaussian noise of √(12T)·2^(S/2) times the error of the ciphertext
/// (Li, Micciancio, Schultz, Sorrell 2022, ePrint 2022/816) on the T results of one key that are ever published. They are
/// counted in a file beside the key, and after T of them the command refuses. --error-bits B promises that no slot errs
/// by more than 2^-B: give the forecast that `evaluate` prints for --flood. It is a model and no proof, for its circuit on
/// fresh ciphertexts of numbers in the domain, zeros that fill up slots included. Where an error can be larger than
/// promised, the key is in danger. This noise takes 25 bits and more from full slots: give such results a large scale.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple decrypt --key keys/secret.key relu.ct --count 2 --real
  equiripple decrypt --key keys/secret.key relu.ct --public-precision 9 -o relu.csv
  equiripple decrypt --key keys/secret.key relu.ct --flood 100 --error-bits 20.5 -o relu.csv")]
pub(super) struct Args {
    /// Ciphertext
    ciphertext: PathBuf,
    /// Secret key, as written by `keygen`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Parameters; params.json beside the key when absent
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Print so many values, and not those of all slots
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    /// Print real parts alone
    #[arg(long)]
    real: bool,
    /// Round to multiples of 2^-BITS, so that results can be shown to others
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(0..=60))]
    public_precision: Option<u32>,
    #[command(flatten)]
    flood: flood::Args,
    /// File to write; standard output when absent
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the values as JSON, or with -o the outcome
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    slots: usize,
    level: u8,
    log2_scale: f64,
    public_precision: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flood: Option<flood::Told>,
    /// Real and imaginary parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<[f64; 2]>>,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let context = files::context(self.params.as_deref(), files::folder_of(&self.key))?;
        let ciphertext: Ciphertext =
            files::at(&self.ciphertext, serial::read(&self.ciphertext, &context))?;
        let shape = ciphertext.shape();
        let count = self.count.unwrap_or(shape.slots);
        if count > shape.slots {
            return Err(Failure::Usage(format!(
                "--count {count} is out of range; the ciphertext has {} slots",
                shape.slots
            )));
        }
        let key: SecretKey = files::at(&self.key, serial::read(&self.key, &context))?;
        let decryptor = Decryptor::new(&context, &key)?;
        let (mut values, flooded) = match self.flood.rule()? {
            Some(rule) => {
                let (values, told) =
                    self.flood
                        .decrypt(&decryptor, &ciphertext, &rule, &self.key)?;
                (values, Some(told))
            }
            None => (decryptor.decrypt(&ciphertext)?, None),
        };
        values.truncate(count);
        if let Some(bits) = self.public_precision {
            round(&mut values, bits);
        } else if flooded.is_none() {
            warn(
                "these results hold noise that tells about the secret key; do not publish them as they are, but with --public-precision or --flood",
            );
        }
        if self.real {
            values.iter_mut().for_each(|x| x.im = 0.0);
        }
        let summary = Summary {
            slots: shape.slots,
            level: shape.level.get(),
            log2_scale: shape.scale.log2(),
            public_precision: self.public_precision,
            flood: flooded,
            values: (self.json && self.out.is_none())
                .then(|| values.iter().map(|x| [x.re, x.im]).collect()),
        };
        let text = values::to_csv(&values, self.real);
        if let Some(path) = &self.out {
            write_atomic(path, text.as_bytes())?;
        }
        match (self.json, &self.out) {
            (true, _) => output::json(&summary)?,
            (false, None) => output::line(text.trim_end())?,
            (false, Some(path)) => {
                output::line(format!("{count} values written to {}", path.display()))?;
                summary.flood.as_ref().map_or(Ok(()), flood::Told::tell)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// To the nearest multiples of 2^-bits, ties to even; −0 becomes 0.
fn round(values: &mut [Complex64], bits: u32) {
    let steps = f64::from(bits).exp2();
    let rounded = |x: f64| (x * steps).round_ties_even() / steps + 0.0;
    for value in values {
        *value = Complex64::new(rounded(value.re), rounded(value.im));
    }
}
