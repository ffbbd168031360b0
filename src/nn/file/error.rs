//! What keeps a network's file from being read or written.

use super::{super::GraphError, VERSION};
use crate::nn::WeightsError;
use equiripple_approx::ApproxError;
use equiripple_reports::write::WriteError;
use safetensors::SafeTensorError;
use thiserror::Error;

/// Why a network is not read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The arrays cannot be read.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The file cannot be put in its place.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Weights without a graph.
    #[error(
        "{origin} holds weights and no network; say whose they are, by --arch NAME --weights FILE"
    )]
    NoNetwork {
        /// Name of the file.
        origin: String,
    },
    /// Another version of the format.
    #[error(
        "{origin} is of version {found} of the format, and {VERSION} is read; import the network again"
    )]
    Version {
        /// Name of the file.
        origin: String,
        /// Its version.
        found: u32,
    },
    /// A graph that is not written as it should be.
    #[error("{origin} is damaged: its graph is not readable ({reason}); import the network again")]
    Contents {
        /// Name of the file.
        origin: String,
        /// What the reader said.
        reason: serde_json::Error,
    },
    /// Nodes that do not fit together.
    #[error("{origin} is damaged: {reason}; import the network again")]
    Graph {
        /// Name of the file.
        origin: String,
        /// Which do not fit.
        reason: GraphError,
    },
    /// A node whose coefficient table is not there.
    #[error(
        "{origin} is damaged: node `{node}` names none of its {tables} coefficient tables; import the network again"
    )]
    MissingTable {
        /// Name of the file.
        origin: String,
        /// Name of the node.
        node: String,
        /// Tables that it has.
        tables: usize,
    },
    /// Arrays of no node.
    #[error(
        "{origin} is damaged: it has {found} arrays, and its nodes {needed}; import the network again"
    )]
    LeftOver {
        /// Name of the file.
        origin: String,
        /// Arrays that it has.
        found: usize,
        /// Arrays of its nodes.
        needed: usize,
    },
    /// A coefficient table that is not valid.
    #[error(transparent)]
    Table(ApproxError),
    /// The graph does not become JSON.
    #[error("the graph cannot be written: {0}")]
    Json(serde_json::Error),
    /// The arrays do not become a safetensors file.
    #[error("the arrays cannot be written: {0}")]
    Arrays(SafeTensorError),
}
