//! `equiripple infer`: networks on ciphertexts.

mod need;
mod network;
mod plan;
mod run;
mod session;
mod store;
mod timeline;

use clap::{Parser, Subcommand};

use super::error::Outcome;

/// Run networks on encrypted images, or see what that takes
///
/// A network is lowered to ciphertexts once: each layer is one linear transform of one level, ReLUs are polynomials, and
/// bootstraps stand where levels run out, placed so that the modelled time is least. The same program then runs on the
/// simulator or on ciphertexts.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple infer plan resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15
  equiripple infer run resnet20.eqr --data data/cifar-10-batches-bin --activation relu:degrees=15,15 --images 4 --backend sim
  equiripple infer run design/net.eqr --data data/cifar-10-batches-bin --images 20 --out run
  equiripple infer plan --arch squeezenet1_1 --weights squeezenet1_1.safetensors --input 3x227x227 --data imagenet --activation relu:degrees=15,15 --from features.2 --to features.3.concat")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Run(run::Args),
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        match self.command {
            Command::Plan(args) => args.run(),
            Command::Run(args) => args.run(),
        }
    }
}
