//! Circuits on error terms and costs: how many levels, how long, and which error binds.
//!
//! An [`Analyzer`] carries, beside the exact value of each slot, the standard deviation of its error as labelled terms
//! ([`Affine`]), to first order; [`Analyzer::report`] reads them off. Every operation is counted at its level, and
//! [`CostTable`] turns counts into seconds.
//!
//! Slots may be fewer than the ciphertext has: a power of two of them stands for their periodic continuation, so a grid
//! of the domain shows the error of an activation everywhere on it.
//!
//! A [`Counter`] counts the same operations without values and errors, in no time: for whole networks.

mod affine;
pub mod cost;
mod counter;
pub mod error;
mod formulas;
mod moments;
mod periodic;
mod quantile;
mod report;
mod terms;
mod units;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]
mod tests;

pub use affine::Affine;
pub use cost::{CostReport, CostTable, Provenance};
pub use counter::{Blank, Counter};
pub use error::CostError;
pub use report::{ErrorReport, Part, Secret};
pub use units::Units;

use crate::{
    circuit::{
        CircuitError, Scheme, Shape,
        shadow::{self, Event, Key, Operation, Shadow, Shadowed, Slots},
    },
    quantity::Level,
};
use cost::Tally;
use num_complex::Complex64;
use std::{
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

/// An analyzed ciphertext.
pub type Ciphertext = Shadowed<Affine>;

/// The interpreter that says what a circuit costs, and how far its result errs.
#[derive(Debug)]
pub struct Analyzer<S = Affine> {
    scheme: Scheme,
    table: CostTable,
    /// Special primes of the keys that serve each level, from 0 on.
    special: Vec<usize>,
    tally: Mutex<Tally>,
    slots: PhantomData<fn() -> S>,
}

impl<S> Analyzer<S> {
    fn empty(scheme: Scheme, table: CostTable) -> Self {
        Self {
            special: vec![],
            scheme,
            table,
            tally: Mutex::default(),
            slots: PhantomData,
        }
    }

    /// For keys of so many special primes, and digits of as many primes, by the level that they serve, from 0 on; beyond the
    /// last one they have all of them, as those of [`Analyzer::new`] have. Fewer make a key switch at a low level cheaper;
    /// errors are said to be those of all, as either is far below that of the division.
    #[must_use]
    pub fn with_special(mut self, special: Vec<usize>) -> Self {
        self.special = special;
        self
    }

    /// What was done so far.
    #[must_use]
    pub fn cost(&self) -> CostReport {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        CostReport::new(&tally, &self.table, self.scheme.log_n())
    }
}

impl Analyzer {
    /// Counts from nothing; costs are by `table`.
    #[must_use]
    pub fn new(scheme: Scheme, table: CostTable) -> Self {
        Self::empty(scheme, table)
    }

    /// An input of `slots` slots, encrypted under the public key at the canonical scale of `level`; `values` is one period
    /// of them. Inputs of one `nonce` err in the same way, so take another for each.
    ///
    /// # Errors
    /// When there is no such level, `slots` is no power of two up to N/2, `values` are not a power of two up to `slots`, or
    /// one is not finite or does not fit the modulus.
    pub fn encrypt(
        &self,
        values: &[Complex64],
        slots: usize,
        level: Level,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        self.fresh(values, slots, level, Key::Public, nonce)
    }

    /// As [`Analyzer::encrypt`], under the secret key.
    ///
    /// # Errors
    /// As [`Analyzer::encrypt`].
    pub fn encrypt_secret(
        &self,
        values: &[Complex64],
        slots: usize,
        level: Level,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        self.fresh(values, slots, level, Key::Secret, nonce)
    }

    /// What the slots would hold without error, one period.
    #[must_use]
    pub fn values<'a>(&self, a: &'a Ciphertext) -> &'a [Complex64] {
        a.slots().values()
    }

    /// How far a ciphertext errs, and why.
    #[must_use]
    pub fn report(&self, a: &Ciphertext) -> ErrorReport {
        ErrorReport::new(a.shape(), a.slots())
    }

    fn fresh(
        &self,
        values: &[Complex64],
        slots: usize,
        level: Level,
        key: Key,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        if !values.len().is_power_of_two() || values.len() > slots {
            return Err(CircuitError::SlotCount {
                found: values.len(),
                max: slots,
            });
        }
        let input = Affine::exact(values);
        let fresh = shadow::encrypt(self, input, slots, level, key, nonce)?;
        self.record(Operation::Encrypt, fresh.shape(), 1);
        Ok(fresh)
    }
}

impl<S: Slots> Shadow for Analyzer<S> {
    type Slots = S;

    fn parameters(&self) -> &Scheme {
        &self.scheme
    }

    fn seed(&self) -> Event {
        Event::seeded(0)
    }

    fn record(&self, operation: Operation, shape: &Shape, times: u64) {
        let all = self.scheme.literal().p.len();
        let level = usize::from(shape.level.get());
        let special = self
            .special
            .get(level)
            .map_or(all, |special| (*special).clamp(1, all.max(1)));
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.add(operation, shape, special, times);
    }
}
