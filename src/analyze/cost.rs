//! What operations cost.
//!
//! Six units, each on one limb of N residues: transform, product, addition, one source limb to one target limb of a basis
//! conversion, one digit times one component of a key, automorphism. Every [`Operation`] is so many of each, a whole
//! number; a [`CostTable`] says how long one takes.

use super::{error::CostError, formulas, units::Units};
use crate::{
    circuit::{Shape, shadow::Operation},
    quantity::{Level, LogN},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the times of a table come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Processor, and threads used.
    pub machine: String,
    /// Of this repository.
    pub revision: String,
    /// That measured them.
    pub command: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Literal {
    log_n: LogN,
    provenance: Provenance,
    microseconds: Units<f64>,
}

/// Microseconds of each unit at one degree. At another one, transforms scale as N·log N and the rest as N.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Literal", into = "Literal")]
pub struct CostTable {
    log_n: LogN,
    provenance: Provenance,
    microseconds: Units<f64>,
}

/// The largest time of a unit, in µs.
const MOST: f64 = 1e9;

impl CostTable {
    /// From times measured at degree 2^`log_n`.
    ///
    /// # Errors
    /// When a time is not positive or not below 1e9 µs.
    pub fn calibrated(
        log_n: LogN,
        microseconds: Units<f64>,
        provenance: Provenance,
    ) -> Result<Self, CostError> {
        let sound = |time: f64| time > 0.0 && time < MOST;
        let refused = microseconds.named().into_iter().find(|(_, t)| !sound(*t));
        match refused {
            Some((unit, found)) => Err(CostError::Time { unit, found }),
            None => Ok(Self {
                log_n,
                provenance,
                microseconds,
            }),
        }
    }

    /// The table that comes with the library.
    ///
    /// # Errors
    /// When its file was damaged.
    pub fn shipped() -> Result<Self, CostError> {
        Self::from_json(include_str!("costs.json"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When the text is no table, or a time is refused.
    pub fn from_json(text: &str) -> Result<Self, CostError> {
        serde_json::from_str::<Literal>(text)
            .map_err(|e| CostError::Format {
                reason: e.to_string(),
            })?
            .try_into()
    }

    /// Where its times come from.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Microseconds of each unit at the degree that was measured.
    #[must_use]
    pub const fn microseconds(&self) -> &Units<f64> {
        &self.microseconds
    }

    /// Seconds of that much work at degree 2^`log_n`.
    #[must_use]
    pub fn seconds(&self, units: &Units, log_n: LogN) -> f64 {
        let size = log_n.degree() as f64 / self.log_n.degree() as f64;
        let depth = f64::from(log_n.get()) / f64::from(self.log_n.get());
        let times = self.microseconds.named();
        let products = units
            .named()
            .into_iter()
            .zip(times)
            .map(|((unit, count), (_, time))| {
                let factor = if unit == "ntt" { depth } else { 1.0 };
                count as f64 * time * factor
            });
        products.sum::<f64>() * size * 1e-6
    }
}

impl TryFrom<Literal> for CostTable {
    type Error = CostError;

    fn try_from(literal: Literal) -> Result<Self, CostError> {
        Self::calibrated(literal.log_n, literal.microseconds, literal.provenance)
    }
}

impl From<CostTable> for Literal {
    fn from(table: CostTable) -> Self {
        Self {
            log_n: table.log_n,
            provenance: table.provenance,
            microseconds: table.microseconds,
        }
    }
}

/// Counts while they grow. Sums of whole numbers, so the same in whatever order.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    operations: BTreeMap<(Level, Operation), u64>,
    units: BTreeMap<Level, Units>,
}

impl Tally {
    pub(super) fn add(&mut self, operation: Operation, shape: &Shape, special: usize, times: u64) {
        if times == 0 {
            return;
        }
        *self.operations.entry((shape.level, operation)).or_default() += times;
        let units = formulas::units(operation, shape.level, special, shape.components);
        *self.units.entry(shape.level).or_default() += units * times;
    }
}

/// What a circuit costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostReport {
    /// How often each operation happens at each level.
    pub operations: Vec<(Level, Operation, u64)>,
    /// Their work in units, and in seconds, at each level.
    pub levels: Vec<(Level, Units, f64)>,
    /// Seconds of all.
    pub seconds: f64,
}

impl CostReport {
    pub(super) fn new(tally: &Tally, table: &CostTable, log_n: LogN) -> Self {
        let operations = tally.operations.iter().map(|((l, op), n)| (*l, *op, *n));
        let seconds = |(l, units): (&Level, &Units)| (*l, *units, table.seconds(units, log_n));
        let levels: Vec<_> = tally.units.iter().map(seconds).collect();
        Self {
            operations: operations.collect(),
            seconds: levels.iter().map(|level| level.2).sum(),
            levels,
        }
    }

    /// How often slots are rotated or conjugated, each a switch of keys, whether hoisted or not.
    #[must_use]
    pub fn rotations(&self) -> u64 {
        let kinds = [
            Operation::Rotate,
            Operation::HoistedRotation,
            Operation::BabyStep,
            Operation::GiantStep,
        ];
        kinds.iter().map(|kind| self.count(*kind)).sum()
    }

    /// How often an operation happens, at all levels.
    #[must_use]
    pub fn count(&self, operation: Operation) -> u64 {
        let of = |(_, op, times): &(_, Operation, u64)| if *op == operation { *times } else { 0 };
        self.operations.iter().map(of).sum()
    }
}
