//! `equiripple bench units`.

use std::process::ExitCode;

use equiripple_reports::{
    record::Machine,
    table::{Cell, Column, Table},
    write::write_atomic,
};

use super::{UnitsArgs, clock::Clock};
use crate::{
    analyze::{CostTable, Provenance, Units},
    cli::{error::Outcome, output},
    quantity::LogN,
    ring::{
        AlignedWords, Backend, BasisConversion, Modulus, RnsBasis, RnsPoly,
        poly::{Automorphism, Evaluation},
        prime::{Direction, ntt_primes},
        sampler::{Mask, MasterSeed, Seed},
    },
};

/// log2 of the degree that is measured.
const LOG_N: u64 = 16;
/// Primes of ciphertexts, and their bits.
const LIMBS: usize = 28;
const BITS: u32 = 40;
/// Special primes, and their bits.
const SPECIAL: usize = 6;
const SPECIAL_BITS: u32 = 50;
/// Digits of a key switch at full level.
const DIGITS: usize = LIMBS.div_ceil(SPECIAL);

impl UnitsArgs {
    pub(super) fn run(&self) -> Outcome<ExitCode> {
        let table = super::pool(Some(1))?.install(|| self.measure())?;
        let text = serde_json::to_string_pretty(&table)? + "\n";
        if let Some(path) = &self.output {
            write_atomic(path, text.as_bytes())?;
        }
        if self.json {
            output::line(text.trim_end())?;
        } else {
            output::line(listing(&table)?.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn measure(&self) -> Outcome<CostTable> {
        let log_n = LogN::new(LOG_N)?;
        let Bench {
            basis,
            a,
            b,
            conversion,
            key,
            automorphism,
        } = Bench::new(log_n.degree())?;
        let degree = basis.degree();
        // Every prime has roots of its own, which come from memory too.
        let mut words = a.clone();
        let ntt = self.unit(2 * LIMBS, || {
            let mut limbs = basis.tables().iter().zip(words.limbs_mut());
            limbs.try_for_each(|(table, limb)| {
                table.inverse(limb)?;
                Ok(table.forward(limb)?)
            })
        })?;
        let mut targets = AlignedWords::zeros(LIMBS * degree);
        let convert = self.unit(SPECIAL * LIMBS, || {
            let sources: Vec<_> = (0..SPECIAL).map(|i| b.limb(i)).collect();
            let mut targets: Vec<_> = targets.chunks_exact_mut(degree).collect();
            Ok(conversion.convert(&sources, &mut targets)?)
        })?;
        let mut sums = [0, 1].map(|_| AlignedWords::zeros(degree));
        let inner_product = self.unit(2 * DIGITS * LIMBS, || {
            let streams = key.chunks_exact(2 * DIGITS * degree);
            let mut limbs = basis.tables().iter().zip(streams).enumerate();
            limbs.try_for_each(|(i, (table, stream))| {
                let digits: Vec<_> = (0..DIGITS).map(|j| a.limb((i + j) % LIMBS)).collect();
                let [first, second] = &mut sums;
                let pointwise = table.pointwise();
                Ok(pointwise.inner_product(&digits, stream, DIGITS, [first, second])?)
            })
        })?;
        let microseconds = Units {
            ntt,
            product: self.unit(LIMBS, || Ok(a.product(&b)?))?,
            addition: self.unit(LIMBS, || Ok(a.sum(&b)?))?,
            conversion: convert,
            inner_product,
            automorphism: self.unit(LIMBS, || Ok(a.automorphism(&automorphism)?))?,
        };
        let Machine { cpu, .. } = Machine::detect();
        let provenance = Provenance {
            machine: format!("{cpu}, {}, one thread", Backend::detect()?.name()),
            revision: crate::REVISION.into(),
            command: output::command(),
        };
        Ok(CostTable::calibrated(log_n, microseconds, provenance)?)
    }

    /// Microseconds of one of `count` equal parts of `run`.
    fn unit<T>(&self, count: usize, run: impl FnMut() -> Outcome<T>) -> Outcome<f64> {
        let timing = Clock::pick(1).time(self.repeat, run)?;
        Ok(timing.each(count).min * 1e3)
    }
}

/// Data as operations have it.
struct Bench {
    basis: RnsBasis,
    a: RnsPoly<Evaluation>,
    b: RnsPoly<Evaluation>,
    /// From the special primes to all others.
    conversion: BasisConversion,
    /// DIGITS digits for each limb.
    key: AlignedWords,
    automorphism: Automorphism,
}

impl Bench {
    fn new(degree: usize) -> Outcome<Self> {
        let primes = |bits, count| ntt_primes(degree, bits, count, Direction::Down, &[]);
        let q: Vec<Modulus> = primes(BITS, LIMBS)?;
        let basis = RnsBasis::new(&q, degree)?;
        let seed: Seed<Mask> = MasterSeed::from_bytes([1; 32]).seed();
        let poly = |index| RnsPoly::uniform(&basis, &seed.child(index));
        let a = poly(0);
        let mut key = AlignedWords::zeros(2 * DIGITS * LIMBS * degree);
        for (to, from) in key.chunks_exact_mut(2 * DIGITS * degree).zip(a.limbs()) {
            for part in to.chunks_exact_mut(degree) {
                part.copy_from_slice(from);
            }
        }
        Ok(Self {
            conversion: BasisConversion::new(&primes(SPECIAL_BITS, SPECIAL)?, &q)?,
            automorphism: Automorphism::new(5, degree)?,
            b: poly(1),
            basis,
            a,
            key,
        })
    }
}

fn listing(table: &CostTable) -> Outcome<Table> {
    let columns = vec![Column::left("unit"), Column::right("µs per limb")];
    let title = format!("N = 2^{LOG_N}, {}", table.provenance().machine);
    let mut listing = Table::new(columns, &title)?;
    for (unit, time) in table.microseconds().named() {
        listing.push(vec![Cell::text(unit), Cell::text(format!("{time:.2}"))])?;
    }
    Ok(listing)
}
