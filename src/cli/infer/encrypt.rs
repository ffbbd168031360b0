//! `equiripple infer encrypt`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use serde::Serialize;

use super::{
    client,
    description::{Description, Interface},
    keygen::CLIENT,
};
use crate::{
    ckks::{CkksError, keys::PublicKey, serial},
    cli::{
        error::{Failure, Outcome},
        files, output,
    },
    nn::data::{Dataset, Preprocessing},
    ring::sampler::MasterSeed,
};

/// Encrypt a picture for a network
///
/// The picture is prepared as network.json beside the keys says, its numbers are put into the slots of one or more
/// ciphertexts as the network takes them, and all of these are written to one file. It takes public.key and never
/// secret.key, and no network.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer encrypt cat.png --keys keys/secret -o cat.ct
  equiripple infer serve design/net.eqr --keys keys/eval cat.ct -o y.ct")]
pub(super) struct Args {
    /// Picture, PNG or JPEG
    picture: PathBuf,
    /// Folder `secret` that `infer keygen` wrote, or the one above
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Ciphertexts to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    network: String,
    key: String,
    ciphertexts: usize,
    slots: usize,
    level: usize,
    bytes: u64,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let (folder, description) = Description::find(&self.keys, CLIENT)?;
        let context = files::context(None, &folder)?;
        let interface = &description.interface;
        let image = prepared(&self.picture, &description.preprocessing, interface)?;
        let path = folder.join(files::PUBLIC);
        let key: PublicKey = files::at(&path, serial::read(&path, &context))?;
        description.check_key(&path, key.id())?;
        let seed = MasterSeed::from_os().map_err(CkksError::from)?;
        let sent = client::encrypted(&context, &key, interface, &image, &seed)?;
        files::at(&self.out, serial::write(&self.out, &sent, &context))?;
        let summary = Summary {
            ciphertexts: interface.input.ciphertexts(),
            slots: interface.input.slots(),
            level: interface.input_level,
            bytes: std::fs::metadata(&self.out)?.len(),
            network: description.network,
            key: description.key,
        };
        if self.json {
            output::json(&summary)?;
        } else {
            output::line(format!(
                "{} for {}: {} of {} slots at level {}, {}, written to {}",
                self.picture.display(),
                summary.network,
                match summary.ciphertexts {
                    1 => "a ciphertext".to_string(),
                    several => format!("{several} ciphertexts"),
                },
                summary.slots,
                summary.level,
                files::mebibytes(summary.bytes),
                self.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The numbers of a picture as the network takes them.
fn prepared(
    path: &Path,
    preprocessing: &Preprocessing,
    interface: &Interface,
) -> Outcome<Vec<f32>> {
    let picture = Dataset::picture(path, preprocessing.clone())?;
    let batch = picture.batch(0..1, preprocessing)?;
    let [_, c, h, w] = batch.shape;
    if batch.shape[1..] != *interface.image.axes() {
        return Err(Failure::Usage(format!(
            "the network takes images of {}, and {} is {c}×{h}×{w} after preprocessing; give a picture of that size",
            interface.image,
            path.display()
        )));
    }
    Ok(batch.images)
}
