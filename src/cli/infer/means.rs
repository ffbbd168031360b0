//! What a machine gives to a run.

use std::path::PathBuf;

use clap::Args;

use crate::{
    analyze::CostTable,
    cli::{
        error::{Failure, Outcome},
        memory, output,
    },
};

/// Memory, and time.
#[derive(Debug, Args)]
pub(super) struct Means {
    /// Most memory for layers that are encoded ahead
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory::bytes)]
    pub(super) encoded_memory: u64,
    /// Refuse before keys are made what would take more; when absent what the machine has left, and plans are only told so
    #[arg(long, value_name = "SIZE", value_parser = memory::bytes)]
    pub(super) max_memory: Option<u64>,
    /// Times of this machine, which `equiripple bench units --output` writes: levels and bootstraps are placed and seconds
    /// forecast by them, and not by those of the machine that this program was tuned on
    #[arg(long, value_name = "FILE")]
    costs: Option<PathBuf>,
}

impl Means {
    /// The times.
    pub(super) fn costs(&self) -> Outcome<CostTable> {
        match &self.costs {
            None => Ok(CostTable::shipped()?),
            Some(path) => {
                let text = output::read(path)?;
                CostTable::from_json(&text)
                    .map_err(|refused| Failure::Usage(format!("{}: {refused}", path.display())))
            }
        }
    }
}
