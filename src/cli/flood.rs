//! Noise on published decryptions, and their count.

use std::path::{Path, PathBuf};

use num_complex::Complex64;
use serde::Serialize;

use super::{
    error::{Outcome, warn},
    files, number, output,
};
use crate::{
    ckks::{Ciphertext, CkksError, Decryptor, Flooding, serial::Queries},
    quantity::ErrorBits,
    ring::sampler::MasterSeed,
};

/// The arguments of noise flooding.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Add noise that hides the error, for T published results of this key in all
    #[arg(long, value_name = "T", requires = "error_bits")]
    flood: Option<u64>,
    /// Largest error of a slot, as −log2: the forecast of `evaluate` and `simulate` for --flood
    #[arg(long, value_name = "B", value_parser = number::real, requires = "flood", allow_hyphen_values = true)]
    error_bits: Option<f64>,
    /// Bits of security of published results against attackers of any power
    #[arg(long, value_name = "S", default_value_t = 30, requires = "flood")]
    flood_security: u32,
    /// Count of published results; beside the key, its name and .queries, when absent
    #[arg(long, value_name = "FILE", requires = "flood")]
    queries_file: Option<PathBuf>,
}

/// What was added, and what is left.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    queries: u64,
    left: u64,
    log2_security: u32,
    /// −log2 of √E|e|² of the noise of a slot.
    noise_bits: f64,
}

impl Args {
    /// How much noise is asked for, if any.
    pub(super) fn rule(&self) -> Outcome<Option<Flooding>> {
        let (Some(queries), Some(bits)) = (self.flood, self.error_bits) else {
            return Ok(None);
        };
        let rule = Flooding::new(queries, self.flood_security, ErrorBits::new(bits)?);
        Ok(Some(rule.map_err(CkksError::from)?))
    }

    /// Decrypts with noise. The result is counted, on the disk, before anybody sees it.
    pub(super) fn decrypt(
        &self,
        decryptor: &Decryptor,
        ciphertext: &Ciphertext,
        rule: &Flooding,
        key: &Path,
    ) -> Outcome<(Vec<Complex64>, Told)> {
        let path = self.queries_file.clone().unwrap_or_else(|| beside(key));
        let query = files::at(&path, Queries::open(&path, ciphertext.key(), rule))?;
        let shape = ciphertext.shape();
        let deviation = rule.slot_deviation(&shape.scale, shape.slots);
        let noise_bits = -deviation.map_err(CkksError::from)?.log2();
        if noise_bits < 0.0 {
            warn(&format!(
                "the noise of a slot is 2^{:.1}: little is left of results below that; publish fewer, or compute with a smaller error",
                -noise_bits
            ));
        }
        let seed = MasterSeed::from_os().map_err(CkksError::from)?;
        let values = decryptor.decrypt_flooded(ciphertext, rule, &seed)?;
        let left = files::at(&path, query.spend())?;
        let told = Told {
            queries: rule.queries(),
            left,
            log2_security: rule.log2_security(),
            noise_bits,
        };
        Ok((values, told))
    }
}

impl Told {
    pub(super) fn tell(&self) -> Outcome<()> {
        output::line(format!(
            "noise 2^{:.2} in a slot, for {} bits of security; {} of {} results left",
            -self.noise_bits, self.log2_security, self.left, self.queries
        ))
    }
}

/// `secret.key.queries`.
fn beside(key: &Path) -> PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(".queries");
    name.into()
}
