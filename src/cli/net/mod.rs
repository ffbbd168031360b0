//! `equiripple net`: networks, from files and by name.

mod accuracy;
pub(super) mod activation;
pub(super) mod calibration;
mod check;
mod compare;
mod describe;
mod design;
pub(super) mod images;
mod import;
mod noise;
mod noisy;
mod picture;
mod ranges;
pub(super) mod replace;
mod show;
pub(super) mod source;
mod sweep;

use clap::{Parser, Subcommand};

use super::error::Outcome;

/// Import networks, show their layers and levels, and check what encrypted computing lacks for them
///
/// A network is a file of its own (net.eqr, as `net import` writes), an ONNX model, or an architecture by name with
/// weights from a safetensors file or a seed.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple net import model.onnx -o net.eqr
  equiripple net import --arch resnet20 --weights resnet20.safetensors -o resnet20.eqr
  equiripple net show --arch resnet18 --random 1 --out resnet18.svg
  equiripple net check model.onnx
  equiripple net ranges resnet20.eqr --data data/cifar-10-batches-bin
  equiripple net accuracy resnet20.eqr --data data/cifar-10-batches-bin --activation relu:alpha=13
  equiripple net sweep resnet20.eqr --data data/cifar-10-batches-bin --alphas 4..14 --out sweep
  equiripple net design resnet20.eqr --data data/cifar-10-batches-bin --max-loss 0.5% --out design")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Args),
    Show(show::Args),
    Check(check::Args),
    Ranges(ranges::Args),
    Accuracy(accuracy::Args),
    Sweep(sweep::Args),
    Design(design::Args),
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        match self.command {
            Command::Import(args) => args.run(),
            Command::Show(args) => args.run(),
            Command::Check(args) => args.run(),
            Command::Ranges(args) => args.run(),
            Command::Accuracy(args) => args.run(),
            Command::Sweep(args) => args.run(),
            Command::Design(args) => args.run(),
        }
    }
}
