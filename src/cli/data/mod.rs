//! `equiripple data`: images for networks.

mod fetch;
mod show;

use clap::{Parser, Subcommand};

use super::error::Outcome;

/// Fetch data sets of images, and look at them
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Fetch(fetch::Args),
    Show(show::Args),
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        match self.what {
            What::Fetch(args) => args.run(),
            What::Show(args) => args.run(),
        }
    }
}
