//! How far a search goes.

use super::contraction::WIDEST;
use crate::{ApproxError, Result};

/// Bounds of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Largest odd degree of a stage, 3 to 63.
    pub max_degree: usize,
    /// Levels that each stage may spend above its least depth to save products.
    pub max_extra_levels: usize,
    /// Deepest circuit that is looked at.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_degree: 31,
            max_extra_levels: 1,
            max_depth: 80,
        }
    }
}

impl Limits {
    /// The default limits with another largest degree.
    pub fn degree(max_degree: usize) -> Self {
        Self {
            max_degree,
            ..Self::default()
        }
    }

    /// In words, for errors.
    pub(super) fn describe(&self) -> String {
        format!("degree {} and depth {}", self.max_degree, self.max_depth)
    }
}

/// Rejects a number of bits outside what the tables of contraction reach.
pub(super) fn check_bits(name: &'static str, bits: f64, least: f64) -> Result<()> {
    let most = WIDEST / std::f64::consts::LN_2 - 1.0;
    if bits >= least && bits <= most {
        return Ok(());
    }
    Err(ApproxError::OutOfRange {
        name,
        value: bits.to_string(),
        bound: format!("{least} to {most:.0}"),
    })
}
