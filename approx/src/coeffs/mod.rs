//! Coefficients as they are stored and handed to others: a lossless table, its files, and source code for other tools.
//!
//! [`CoefficientTable`] is plain data. Its numbers are [`Exact`]: every finite MPFR number has a hexadecimal text that
//! reads back as the same value. Readers check everything and answer with [`crate::ApproxError::Parse`] and the place;
//! writers and exporters return text and leave files to the caller.

mod convert;
mod csv;
mod exact;
pub mod export;
mod json;
mod plain;
mod table;

#[cfg(test)]
mod tests;

pub use exact::Exact;
pub use export::Format;
pub use plain::read_plain;
pub use table::{Basis, CoefficientTable, Provenance, StageTable};

/// The version of the file format that is written; no other is read.
pub const SCHEMA: u32 = 1;

/// Most stages of a composition.
pub const MAX_STAGES: usize = 64;

/// Largest degree of a stage.
pub const MAX_DEGREE: usize = 4095;

/// Most significant bits of a number.
pub const MAX_BITS: u32 = 1 << 16;

/// Longest file that is read, in bytes.
pub const MAX_FILE: usize = 1 << 26;

/// Longest free text (function, domain, provenance) in bytes.
pub const MAX_TEXT: usize = 1 << 14;
