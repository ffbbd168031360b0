//! Times of another library, measured beside ours.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cli::{error::Outcome, output};

/// What a script of benches/peers/ prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Peer {
    /// Name and version.
    pub(super) library: String,
    clock: String,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    operation: String,
    threads: usize,
    median_ms: f64,
    min_ms: f64,
}

impl Peer {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        Ok(serde_json::from_str(&output::read(path)?)?)
    }

    /// Median time of an operation with as many threads.
    pub(super) fn median(&self, operation: &str, threads: usize) -> Option<f64> {
        let same = |row: &&Row| row.operation == operation && row.threads == threads;
        self.rows.iter().find(same).map(|row| row.median_ms)
    }
}
