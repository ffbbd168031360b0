//! Bootstraps of other libraries, measured beside ours.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    bootstrap::SlotKind,
    cli::{error::Outcome, output},
};

/// What a script of benches/peers/ prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Peer {
    /// Name and version.
    pub(super) library: String,
    clock: String,
    pub(super) rows: Vec<PeerRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PeerRow {
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

impl Peer {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        Ok(serde_json::from_str(&output::read(path)?)?)
    }
}
