//! `equiripple infer decrypt`.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use super::{client, description::Description, keygen::CLIENT, verdict::Verdict};
use crate::{
    ckks::{Ciphertexts, keys::SecretKey, serial},
    cli::{
        error::{Outcome, warn},
        files, output,
    },
};

/// Decrypt what a network said of an encrypted picture: the label, and how sure it is
///
/// Probabilities are the softmax of the logits. The last digits of logits hold the noise of encryption, which tells about
/// the secret key to whoever sees them and the ciphertexts: publish the label alone.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer decrypt y.ct --keys keys/secret
  equiripple infer decrypt y.ct --keys keys/secret --json")]
pub(super) struct Args {
    /// Ciphertexts, as written by `infer serve`
    ciphertext: PathBuf,
    /// Folder `secret` that `infer keygen` wrote, or the one above
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Print label, probabilities and logits as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let (folder, description) = Description::find(&self.keys, CLIENT)?;
        let context = files::context(None, &folder)?;
        let path = &self.ciphertext;
        let result: Ciphertexts = files::at(path, serial::read(path, &context))?;
        description.check_key(path, result.owner().1)?;
        let interface = &description.interface;
        interface.check_output(path, &result)?;
        let path = folder.join(files::SECRET);
        let secret: SecretKey = files::at(&path, serial::read(&path, &context))?;
        description.check_key(&path, secret.id())?;
        let logits = client::decrypted(&context, &secret, &interface.output, result.as_slice())?;
        let verdict = Verdict::new(logits, &description.classes);
        warn(
            "probabilities and logits hold noise that tells about the secret key; publish the label alone",
        );
        if self.json {
            output::json(&verdict)?;
        } else {
            output::line(verdict.told(&description.classes))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
