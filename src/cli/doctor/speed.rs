//! How fast this machine is against the one whose times are shipped.

use serde::Serialize;

use crate::{
    analyze::CostTable,
    cli::{
        bench::{clock::Clock, pool},
        error::Outcome,
        output,
    },
    quantity::LogN,
    ring::{
        Modulus, RnsBasis, RnsPoly,
        poly::Evaluation,
        prime::{Direction, ntt_primes},
        sampler::{Mask, MasterSeed, Seed},
    },
};

/// As the shipped table was measured: degree 2^16, and primes enough that their roots come from memory.
const LOG_N: u64 = 16;
const PRIMES: usize = 28;
const BITS: u32 = 40;
/// Of which the least time counts.
const REPEAT: usize = 10;

/// Microseconds of a number-theoretic transform of degree 2^16, one thread.
#[derive(Debug, Serialize)]
pub(super) struct Speed {
    ntt_microseconds: f64,
    /// On the machine of the table.
    table_microseconds: f64,
    table_machine: String,
    /// Ours over theirs.
    pub(super) slower: f64,
}

impl Speed {
    pub(super) fn measure() -> Outcome<Self> {
        let table = CostTable::shipped()?;
        let ntt_microseconds = pool(Some(1))?.install(microseconds)?;
        let table_microseconds = table.microseconds().ntt;
        Ok(Self {
            ntt_microseconds,
            table_microseconds,
            table_machine: table.provenance().machine.clone(),
            slower: ntt_microseconds / table_microseconds,
        })
    }

    pub(super) fn tell(&self) -> Outcome<()> {
        let compared = if self.slower >= 1.0 {
            format!("{:.2} times as slow", self.slower)
        } else {
            format!("{:.2} times as fast", 1.0 / self.slower)
        };
        output::line(format!(
            "  speed            {:.0} µs for a transform of degree 2^{LOG_N}: {compared} as the machine of the forecasts ({})",
            self.ntt_microseconds, self.table_machine
        ))
    }
}

/// There and back under every prime.
fn microseconds() -> Outcome<f64> {
    let degree = LogN::new(LOG_N)?.degree();
    let q: Vec<Modulus> = ntt_primes(degree, BITS, PRIMES, Direction::Down, &[])?;
    let basis = RnsBasis::new(&q, degree)?;
    let seed: Seed<Mask> = MasterSeed::from_bytes([1; 32]).seed();
    let mut words = RnsPoly::<Evaluation>::uniform(&basis, &seed);
    let timing = Clock::pick(1).time(REPEAT, || {
        let mut limbs = basis.tables().iter().zip(words.limbs_mut());
        limbs.try_for_each(|(table, limb)| {
            table.inverse(limb)?;
            Ok(table.forward(limb)?)
        })
    })?;
    Ok(timing.each(2 * PRIMES).min * 1e3)
}
