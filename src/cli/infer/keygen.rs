//! `equiripple infer keygen`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use serde::Serialize;

use super::{
    description::{Description, NETWORK},
    need,
    network::NetworkArgs,
    part::Part,
};
use crate::{
    analyze::CostTable,
    ckks::{
        keys::KeyGenerator,
        serial::{encapsulation_file_bytes, evaluation_file_bytes},
    },
    cli::{
        bench, disk,
        error::Outcome,
        files,
        keygen::{Folder, Planned, check_empty, evaluation, master, seed},
        memory, output,
        progress::Bar,
    },
    ring::sampler::MasterSeed,
};

/// Name of the folder that stays with the client.
pub(super) const CLIENT: &str = "secret";

/// Make the keys that a network takes: a secret one, one that encrypts, and those that compute
///
/// DIR receives two folders. `secret` stays with the client: whoever holds secret.key in it can decrypt. `eval` goes to
/// the server: it is all that `infer serve` takes besides the network. In both are the parameters and network.json, which
/// says what the keys are made for: the network by its SHA-256, the polynomials in place of its functions and their
/// ranges, how pictures are prepared, names of classes, and where numbers lie in ciphertexts. So nobody but the server
/// needs the network itself afterwards.
///
/// Polynomials that a network brings along (`net design`) have their ranges; for others --data, --calibrate or --range
/// give them. Preprocessing and names of classes are those of --data; without it pictures keep their size, and colours
/// are normalised as ImageNet's.
///
/// The secret is written last, right before DIR takes its place: what a killed run leaves behind, a folder .equiripple-…
/// beside DIR, holds none that was used.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer keygen design/net.eqr --data data/cifar-10-batches-bin --out keys
  equiripple infer keygen resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --out keys
  equiripple infer encrypt cat.png --keys keys/secret -o cat.ct       with the client
  equiripple infer serve design/net.eqr --keys eval cat.ct -o y.ct    where eval was copied to
  equiripple infer decrypt y.ct --keys keys/secret                    with the client again")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// 64 hexadecimal digits that all keys follow from, for measurements alone: whoever knows them knows the secret
    #[arg(long, value_name = "HEX", value_parser = seed)]
    seed: Option<MasterSeed>,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// Folder for the keys; it must be empty or absent
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    network: String,
    set: &'static str,
    key: String,
    parameters: String,
    /// Those of the ephemeral secret counted as one.
    evaluation_keys: usize,
    /// Of all files.
    bytes: u64,
    /// What a server takes to compute, layers that are encoded ahead apart.
    memory_bytes: u64,
    seconds: f64,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        check_empty(&self.out)?;
        let pool = bench::pool(self.threads)?;
        let summary = pool.install(|| self.make())?;
        if self.json {
            output::json(&summary)?;
        } else {
            self.tell(&summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn make(&self) -> Outcome<Summary> {
        let network = self.network.read(&Part::whole())?;
        let clock = Instant::now();
        let bar = Bar::new(0, "which keys");
        let need::Planned {
            program,
            context,
            need,
            ..
        } = network.planned(CostTable::shipped()?, 0)?;
        drop(bar);
        let mut bytes = encapsulation_file_bytes(&context)?;
        for (_, request) in &need.keys {
            bytes += evaluation_file_bytes(&context, *request)?;
        }
        disk::fits(&self.out, bytes, "what these keys are stored in")?;
        let generator = KeyGenerator::new(&context, &master(self.seed.as_ref())?)?;
        let description = Description::new(&network, &program, generator.id())?.to_json()?;
        let planned = need.keys.iter();
        let planned: Vec<_> = planned
            .map(|(key, request)| Planned::new(*key, *request))
            .collect();
        let mut folder = Folder::begin(&self.out, &context, planned.len() as u64 + 7)?;
        for part in [CLIENT, files::EVALUATION] {
            folder.parameters(&format!("{part}/{}", files::PARAMETERS))?;
            folder.text(&format!("{part}/{NETWORK}"), &description)?;
        }
        folder.write(
            &format!("{CLIENT}/{}", files::PUBLIC),
            &generator.public_key()?,
        )?;
        evaluation(&mut folder, &generator, &planned)?;
        folder.write(
            &format!("{CLIENT}/{}", files::SECRET),
            generator.secret_key(),
        )?;
        let written = folder.finish()?;
        Ok(Summary {
            network: network.graph.name().into(),
            set: network.set,
            key: generator.id().to_string(),
            parameters: network.parameters.id().to_string(),
            evaluation_keys: need.keys.len() + 1,
            bytes: written.iter().map(|file| file.bytes).sum(),
            memory_bytes: need.memory.bytes(),
            seconds: clock.elapsed().as_secs_f64(),
        })
    }

    fn tell(&self, summary: &Summary) -> Outcome<()> {
        let out = self.out.display();
        output::line(format!(
            "keys {} for {}, parameters {}, in {:.1} s",
            summary.key, summary.network, summary.set, summary.seconds
        ))?;
        output::line(format!(
            "  {out}/{CLIENT}  stays with you: secret.key decrypts, public.key encrypts"
        ))?;
        output::line(format!(
            "  {out}/{}    is for the server: {} evaluation keys, all files {}; computing takes {} of memory and that of encoded layers",
            files::EVALUATION,
            summary.evaluation_keys,
            memory::human(summary.bytes),
            memory::human(summary.memory_bytes)
        ))
    }
}
