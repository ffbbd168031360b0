//! `equiripple infer`: networks on ciphertexts.

mod alternatives;
mod analyzed;
mod client;
pub(in crate::cli) mod compare;
mod decrypt;
mod description;
mod encrypt;
mod judge;
mod keygen;
mod means;
mod need;
mod network;
mod part;
mod plan;
mod published;
mod run;
mod serve;
mod session;
mod stand_ins;
mod store;
mod summary;
mod timeline;
mod trace;
mod verdict;

use clap::{Parser, Subcommand};

use super::error::Outcome;

/// Run networks on encrypted images, or see what that takes
///
/// A network is lowered to ciphertexts once: each layer is one linear transform of one level, ReLUs are polynomials, and
/// bootstraps stand where levels run out, placed so that the modelled time is least. The same program then runs on the
/// simulator or on ciphertexts.
///
/// `run` is client and server in one. Apart, they are `keygen`, `encrypt` and `decrypt` with the client and `serve` with the
/// server, and share files alone: the server never sees a secret.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer plan resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15
  equiripple infer run resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 4 --backend sim
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 20 --out run
  equiripple infer keygen design/net.eqr --data data/cifar-10-batches-bin --out keys
  equiripple infer encrypt cat.png --keys keys/secret -o cat.ct
  equiripple infer serve design/net.eqr --keys keys/eval cat.ct -o y.ct
  equiripple infer decrypt y.ct --keys keys/secret
  equiripple infer plan --arch squeezenet1_1 --weights squeezenet1_1.safetensors --input 3x227x227 --data imagenet --activation relu:degrees=15,15 --from features.2 --to features.3.concat")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Run(run::Args),
    Keygen(keygen::Args),
    Encrypt(encrypt::Args),
    Serve(serve::Args),
    Decrypt(decrypt::Args),
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        match self.command {
            Command::Plan(args) => args.run(),
            Command::Run(args) => args.run(),
            Command::Keygen(args) => args.run(),
            Command::Encrypt(args) => args.run(),
            Command::Serve(args) => args.run(),
            Command::Decrypt(args) => args.run(),
        }
    }
}
