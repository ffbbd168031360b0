//! `equiripple net import`: a network as a file of its own.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use super::{describe::Summary, source::Source};
use crate::{
    cli::{
        error::{Failure, Outcome},
        files, output,
    },
    nn::{file, pass},
};

/// Read a network and write it as a file of its own
///
/// Every node and weight is checked. Nodes that change nothing are left out; the network computes the same.
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    /// Fold batch norms into the convolutions and linear layers before them
    #[arg(long)]
    fold: bool,
    /// Fold quadratics a·x²+b·x+c to pure squares too: one level each, their factors and constants in other layers
    #[arg(long)]
    fold_squares: bool,
    /// File to write
    #[arg(short, long, value_name = "FILE", default_value = "net.eqr")]
    out: PathBuf,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        if super::source::is_onnx(&self.out) {
            return Err(Failure::Usage(format!(
                "{} would be read as ONNX; write to a name that ends in .eqr",
                self.out.display()
            )));
        }
        let graph = pass::remove_identities(&self.source.read()?)?;
        let graph = match (self.fold_squares, self.fold) {
            (true, _) => pass::fold_squares(&graph)?,
            (false, true) => pass::fold_affine(&graph)?,
            (false, false) => graph,
        };
        let bytes = file::to_bytes(&graph)?;
        equiripple_reports::write::write_atomic(&self.out, &bytes)?;
        let summary = Summary::of(&graph)?;
        if self.json {
            output::json(&summary)?;
        } else {
            summary.tell()?;
            let size = files::mebibytes(bytes.len() as u64);
            output::line(format!("written to {} ({size})", self.out.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
