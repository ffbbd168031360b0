//! Times of other libraries, measured beside ours.

use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bootstrap::SlotKind,
    cli::{error::Outcome, output},
};

/// What a script of benches/peers/ prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Peer<Row> {
    /// Name and version.
    pub(super) library: String,
    clock: String,
    pub(super) rows: Vec<Row>,
}

/// Times of an operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PeerOperation {
    operation: String,
    threads: usize,
    median_ms: f64,
    min_ms: f64,
}

/// Time and precision of a bootstrap.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PeerBootstrap {
    pub(super) log_n: u8,
    pub(super) slots: usize,
    pub(super) kind: SlotKind,
    pub(super) threads: usize,
    pub(super) seconds: f64,
    pub(super) mean_bits: f64,
    pub(super) min_bits: f64,
    pub(super) levels_left: u32,
    pub(super) keygen_seconds: f64,
    pub(super) peak_memory_bytes: Option<u64>,
}

impl<Row: DeserializeOwned> Peer<Row> {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        Ok(serde_json::from_str(&output::read(path)?)?)
    }
}

impl Peer<PeerOperation> {
    /// Median time of an operation with as many threads.
    pub(super) fn median(&self, operation: &str, threads: usize) -> Option<f64> {
        let same = |row: &&PeerOperation| row.operation == operation && row.threads == threads;
        self.rows.iter().find(same).map(|row| row.median_ms)
    }
}
