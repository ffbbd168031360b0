//! What a command may fail with.

use std::{io::Write, path::PathBuf};

use equiripple_approx::ApproxError;
use equiripple_reports::{
    plot::PlotError, record::RecordError, splice::SpliceError, table::TableError, write::WriteError,
};
use thiserror::Error;

use crate::{
    analyze::CostError,
    bootstrap::BootstrapError,
    circuit::CircuitError,
    ckks::{CkksError, ParametersError, SerialError},
    infer::InferError,
    nn::{
        GraphError, WeightsError,
        arch::ArchError,
        data::{DataError, fetch::FetchError},
        design::DesignError,
        file::FileError,
        inference::InferenceError,
        noise::NoiseError,
        onnx::OnnxError,
    },
    quantity::QuantityError,
    ring::{RingError, RnsError},
};

/// A failed command.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Approx(#[from] ApproxError),
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    #[error(transparent)]
    Ckks(#[from] CkksError),
    #[error(transparent)]
    Cost(#[from] CostError),
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Design(#[from] DesignError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Arch(#[from] ArchError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Infer(#[from] InferError),
    #[error(transparent)]
    Inference(#[from] InferenceError),
    #[error(transparent)]
    NetFile(#[from] FileError),
    #[error(transparent)]
    Noise(#[from] NoiseError),
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Rns(#[from] RnsError),
    #[error(transparent)]
    Plot(#[from] PlotError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Splice(#[from] SpliceError),
    #[error("cannot read {path}: {reason}; check the path and its permissions", path = path.display())]
    Read {
        path: PathBuf,
        reason: std::io::Error,
    },
    #[error("cannot read {path}: {bytes} bytes are more than the {limit} allowed; give a coefficient file", path = path.display())]
    TooLarge {
        path: PathBuf,
        bytes: u64,
        limit: u64,
    },
    #[error("{path}: {reason}", path = path.display())]
    File { path: PathBuf, reason: SerialError },
    #[error("{0}")]
    Usage(String),
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The outcome of a command.
pub(super) type Outcome<T = std::process::ExitCode> = Result<T, Failure>;

/// Something the user must know before relying on the outcome, on standard error.
pub(super) fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {text}");
}

/// Says what failed, on standard error.
pub(super) fn report(failure: &Failure) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {failure}");
}
