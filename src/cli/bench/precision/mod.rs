//! `equiripple bench precision`.

mod measure;

use std::process::ExitCode;

use equiripple_reports::table::{Cell, Column, Table};
use serde::Serialize;

use super::{PrecisionArgs, publish::Publication};
use crate::{
    ckks::{Context, Parameters},
    cli::{error::Outcome, progress::Bar},
};
use measure::{Errors, Expected, Operation, errors, expected, literal, signs};

/// Keys that the encryptions are divided among.
const KEYS: u32 = 10;
/// Bits of the scale and of the levels.
const SCALE: u32 = 40;
/// Probability that some slot of a ciphertext exceeds its bound: the default of the project.
const LOG2_FAILURE: f64 = -20.0;
/// Probability that some slot of the whole run exceeds the run's bound.
const LOG2_RUN_FAILURE: f64 = -7.0;
/// How much more precise than the run's bound the least precise slot may be.
const SLACK: f64 = 1.0;
/// Bits that encryption may cost beyond log2 N.
const LOSS: f64 = 2.0;

#[derive(Debug, Serialize)]
struct Row {
    log_n: u8,
    /// Whether the parameters reach 128 bits of security.
    secure: bool,
    operation: Operation,
    mean_bits: f64,
    min_bits: f64,
    /// What no slot of a ciphertext exceeds but with probability 2^-20.
    bound_bits: f64,
    /// What no slot of all encryptions exceeds but with probability 2^-7.
    run_bound_bits: f64,
    /// The bound of the run holds, and the least precise slot is within a bit of it.
    min_at_bound: bool,
    /// The mean loses no more than log2 N + 2 bits of the scale.
    mean_as_expected: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    encryptions: u32,
    keys: u32,
    log2_scale: u32,
    log2_failure: f64,
    log2_run_failure: f64,
    rows: Vec<Row>,
}

impl PrecisionArgs {
    pub(super) fn run(&self) -> Outcome<ExitCode> {
        let pool = super::pool(self.threads)?;
        let report = pool.install(|| self.measure())?;
        let table = table(&report)?;
        let publication = Publication {
            title: "Precision of RNS-CKKS",
            name: "precision",
            seed: None,
            out: self.out.as_ref(),
            splice: None,
            json: self.json,
        };
        publication.publish(&report, &table)
    }

    fn measure(&self) -> Outcome<Report> {
        let keys = KEYS.min(self.encryptions);
        let mut rows = vec![];
        let bar = Bar::new(self.log_n.len() as u64 * u64::from(keys), "tables");
        for log_n in &self.log_n {
            let context = Context::new(Parameters::new(literal(*log_n))?)?;
            let messages = [1u64, 2, 3].map(|k| signs(context.parameters().log_n().max_slots(), k));
            let expected = expected(&context, &messages, self.encryptions)?;
            let mut all: Vec<Errors> = vec![];
            for key in 0..keys {
                bar.step(format!("N = 2^{log_n}, key {} of {keys}", key + 1));
                let own = (0..self.encryptions).filter(|number| number % keys == key);
                let own: Vec<u32> = own.collect();
                all.extend(errors(&context, key, &own, &messages, &expected)?);
            }
            rows.extend(self.rows(&context, &all, &expected));
        }
        Ok(Report {
            encryptions: self.encryptions,
            keys,
            log2_scale: SCALE,
            log2_failure: LOG2_FAILURE,
            log2_run_failure: LOG2_RUN_FAILURE,
            rows,
        })
    }

    fn rows(&self, context: &Context, all: &[Errors], expected: &[Expected]) -> Vec<Row> {
        let log_n = context.parameters().log_n();
        let count = log_n.max_slots() as f64 * f64::from(self.encryptions);
        let row = |(i, operation): (usize, Operation)| {
            let sum: f64 = all.iter().map(|errors| errors[i].0).sum();
            let largest = all.iter().map(|errors| errors[i].1).fold(0.0, f64::max);
            let (mean_bits, min_bits) = (-(sum / count).log2(), -f64::log2(largest));
            let [bound_bits, run_bound_bits] = expected[i].bounds;
            let floor = f64::from(SCALE) - f64::from(log_n.get()) - LOSS;
            Row {
                log_n: log_n.get(),
                secure: context.parameters().is_secure(),
                operation,
                mean_bits,
                min_bits,
                bound_bits,
                run_bound_bits,
                min_at_bound: (0.0..=SLACK).contains(&(min_bits - run_bound_bits)),
                mean_as_expected: mean_bits >= floor,
            }
        };
        let operations = Operation::ALL.into_iter().enumerate();
        operations.map(row).collect()
    }
}

fn table(report: &Report) -> Outcome<Table> {
    let columns = vec![
        Column::right("log2 N"),
        Column::left("operation"),
        Column::right("mean bits"),
        Column::right("min bits"),
        Column::right("bound"),
        Column::right("bound of the run"),
        Column::left("within a bit"),
        Column::left("mean ≥ scale − log2 N − 2"),
    ];
    let title = format!(
        "{} encryptions, {} keys, scale 2^{}, bounds at 2^{} for a ciphertext and 2^{} for the run",
        report.encryptions,
        report.keys,
        report.log2_scale,
        report.log2_failure,
        report.log2_run_failure
    );
    let mut table = Table::new(columns, &title)?;
    let bits = |x: f64| Cell::text(format!("{x:.2}"));
    let yes = |x: bool| Cell::text(if x { "yes" } else { "no" });
    for row in &report.rows {
        table.push(vec![
            Cell::text(format!(
                "{}{}",
                row.log_n,
                if row.secure { "" } else { " (toy)" }
            )),
            Cell::text(row.operation.name()),
            bits(row.mean_bits),
            bits(row.min_bits),
            bits(row.bound_bits),
            bits(row.run_bound_bits),
            yes(row.min_at_bound),
            yes(row.mean_as_expected),
        ])?;
    }
    Ok(table)
}
