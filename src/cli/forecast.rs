//! What a circuit will take, and how far its result will err, before it runs.

use std::collections::BTreeMap;

use num_complex::Complex64;
use serde::Serialize;

use super::{error::Outcome, function::Subject, output};
use crate::{
    analyze::{Analyzer, CostReport, CostTable, Part, Secret},
    circuit::{Scheme, polynomial, shadow::Operation},
    quantity::Level,
};

/// Points of the domain.
const POINTS: usize = 256;
/// log2 of the probability that any slot errs by more than is said.
const FAILURE: f64 = -20.0;
/// The same where an attacker would wait for it.
const FLOODING_FAILURE: f64 = -128.0;
/// Terms of the error that are told.
const TOLD: usize = 3;

/// Time, noise and operations of a circuit, by the analyzer, for inputs all over the domain.
#[derive(Debug, Serialize)]
pub(super) struct Forecast {
    /// Without encryption.
    seconds: f64,
    /// Whose seconds.
    machine: String,
    /// No slot errs by more than 2^-bits, noise alone, but with probability 2^`log2_failure`.
    error_bits: f64,
    log2_failure: f64,
    /// The same for probability 2^-128: what `decrypt --flood` asks for.
    flooding_error_bits: f64,
    /// Standard deviations where the error is largest; the first binds.
    terms: Vec<Term>,
    operations: Vec<Count>,
}

#[derive(Debug, Serialize)]
struct Term {
    cause: String,
    bits: f64,
}

#[derive(Debug, Serialize)]
struct Count {
    operation: String,
    count: u64,
}

impl Forecast {
    /// For a ciphertext of so many slots at a level.
    pub(super) fn new(
        scheme: &Scheme,
        subject: &Subject,
        level: Level,
        slots: usize,
    ) -> Outcome<Self> {
        let table = CostTable::shipped()?;
        let machine = table.provenance().machine.clone();
        let points: Vec<Complex64> = subject.grid(POINTS).into_iter().map(Into::into).collect();
        let run = |some: &[Complex64]| {
            let analyzer = Analyzer::new(scheme.clone(), table.clone());
            let input = analyzer.encrypt(some, slots, level, 0)?;
            let encryption = analyzer.cost().seconds;
            let result = polynomial::evaluate(&analyzer, &subject.circuit, &[input])?;
            let cost = analyzer.cost();
            let seconds = cost.seconds - encryption;
            Outcome::Ok((analyzer.report(&result), cost, seconds))
        };
        // As many at once as there are slots.
        let at_once = slots.min(POINTS);
        let (first, others) = points.split_at(at_once);
        let (mut report, cost, seconds) = run(first)?;
        for some in others.chunks(at_once) {
            let (other, ..) = run(some)?;
            if other.deviations[other.worst] > report.deviations[report.worst] {
                report = other;
            }
        }
        let bound = |log2| report.bound(Part::Complex, Secret::Random, log2);
        let term = |(label, deviation): &(_, f64)| Term {
            cause: format!("{label}"),
            bits: -deviation.log2(),
        };
        Ok(Self {
            seconds,
            machine,
            error_bits: bound(FAILURE)?.get(),
            log2_failure: FAILURE,
            flooding_error_bits: bound(FLOODING_FAILURE)?.get(),
            terms: report.terms.iter().map(term).collect(),
            operations: operations(&cost),
        })
    }

    /// Time, noise, and what it mostly comes from.
    pub(super) fn tell(&self) -> Outcome<()> {
        tell_time(self.seconds, &self.machine)?;
        output::line(format!(
            "  forecast noise   below 2^{:.2} in all slots, but with probability 2^{}; {:.2} bits for --flood",
            -self.error_bits, self.log2_failure, self.flooding_error_bits
        ))?;
        let term = |t: &Term| format!("{} 2^{:.2}", t.cause, -t.bits);
        let terms: Vec<String> = self.terms.iter().take(TOLD).map(term).collect();
        output::line(format!("  binding          {}", terms.join(", ")))
    }

    /// How often each operation happens.
    pub(super) fn tell_operations(&self) -> Outcome<()> {
        let count = |c: &Count| format!("{} × {}", c.count, c.operation);
        let all: Vec<String> = self.operations.iter().map(count).collect();
        output::line(format!("  operations       {}", all.join(", ")))
    }
}

fn operations(cost: &CostReport) -> Vec<Count> {
    let mut counts = BTreeMap::<Operation, u64>::new();
    for (_, operation, count) in &cost.operations {
        if *operation != Operation::Encrypt {
            *counts.entry(*operation).or_default() += count;
        }
    }
    let named = |(operation, count): (Operation, u64)| Count {
        operation: operation.to_string(),
        count,
    };
    counts.into_iter().map(named).collect()
}

/// Seconds, and whose.
pub(super) fn tell_time(seconds: f64, machine: &str) -> Outcome<()> {
    output::line(format!("  forecast time    {seconds:.3} s ({machine})"))
}
