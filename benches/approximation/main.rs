//! CPU time of solving and certifying, on one thread, and of the same work by Sollya as a process in the same run.
//!
//! ```text
//! cargo bench --bench approximation [-- --out FOLDER --splice README.md]
//! ```
//!
//! Both sides count user and system time. Sollya's includes its start, which has a row of its own; it works at the
//! same number of bits, to the same levelling, and with the same tolerance of certificates. `--out` writes the record
//! and the table, `--splice` puts the table between the markers of a file.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark prints its table to the terminal"
)]

mod clock;
mod sollya;
mod work;

use std::{error::Error, path::PathBuf};

use equiripple_reports::{
    record::Record,
    splice::splice_file,
    table::{Cell, Column, Table},
    write::OutputFolder,
};
use serde::Serialize;

use clock::{Clock, Measured, measure};
use sollya::{measure_sollya, sollya_version};
use work::{Work, works};

/// What was measured for one piece of work.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    seconds: Option<f64>,
    runs: Option<usize>,
    log2_error: Option<f64>,
    sollya_seconds: Option<f64>,
    sollya_runs: Option<usize>,
    /// None where Sollya was stopped at the limit.
    sollya_log2_error: Option<f64>,
    ratio: Option<f64>,
}

impl Row {
    fn new(work: &Work, ours: Option<&Measured>, theirs: Option<&Measured>) -> Self {
        let log2 = |m: &Measured| m.error.is_finite().then(|| m.error.log2());
        Self {
            name: work.name,
            seconds: ours.map(|m| m.seconds),
            runs: ours.map(|m| m.runs),
            log2_error: ours.and_then(log2),
            sollya_seconds: theirs.map(|m| m.seconds),
            sollya_runs: theirs.map(|m| m.runs),
            sollya_log2_error: theirs.and_then(log2),
            ratio: ours.zip(theirs).map(|(o, t)| t.seconds / o.seconds),
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let stopped = if self.sollya_seconds.is_some() && self.sollya_log2_error.is_none() {
            "> "
        } else {
            ""
        };
        let text = |value: Option<f64>, mark: &str, decimals: usize| {
            value.map_or(Cell::Empty, |v| Cell::text(format!("{mark}{v:.decimals$}")))
        };
        vec![
            Cell::text(self.name),
            text(self.seconds.map(|s| s * 1e3), "", 2),
            text(self.sollya_seconds.map(|s| s * 1e3), stopped, 0),
            text(self.ratio, stopped, 1),
            text(self.log2_error, "", 6),
            text(self.sollya_log2_error, "", 6),
        ]
    }
}

#[derive(Default)]
struct Options {
    out: Option<PathBuf>,
    splice: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || {
            args.next()
                .map(PathBuf::from)
                .ok_or(format!("{arg} needs a path"))
        };
        match arg.as_str() {
            "--bench" => {}
            "--out" => options.out = Some(value()?),
            "--splice" => options.splice = Some(value()?),
            other => {
                return Err(format!(
                    "unknown argument {other}; known: --out FOLDER, --splice FILE"
                ));
            }
        }
    }
    Ok(options)
}

fn revision() -> String {
    let output = std::process::Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output();
    output.map_or("unknown".into(), |o| {
        String::from_utf8_lossy(&o.stdout).trim().to_string()
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let sollya = sollya_version();
    let clock = Clock::pick().name();
    match &sollya {
        Some(version) => println!("{version}, at {} bits; clock: {clock}", sollya::SOLLYA_BITS),
        None => println!("Sollya cannot be run here (needs `sollya` and `bash`); clock: {clock}"),
    }
    let columns = vec![
        Column::left("work, one thread"),
        Column::right("equiripple, ms"),
        Column::right("Sollya, ms"),
        Column::right("ratio"),
        Column::right("log2 error"),
        Column::right("Sollya's"),
    ];
    let mut table = Table::new(columns, "Median CPU time; Sollya as a process")?;
    let mut rows = vec![];
    for work in works() {
        println!("{} …", work.name);
        let ours = work.run.map(measure).transpose()?;
        let theirs = match (&sollya, &work.script) {
            (Some(_), Some(script)) => Some(measure_sollya(script)?),
            _ => None,
        };
        let row = Row::new(&work, ours.as_ref(), theirs.as_ref());
        table.push(row.cells())?;
        rows.push(row);
    }
    println!("{}", table.to_text());
    if let Some(folder) = options.out {
        let data = serde_json::json!({ "clock": clock, "sollya": sollya, "sollya_bits": sollya::SOLLYA_BITS, "rows": rows });
        let command = "cargo bench --bench approximation -- --out reports/results/approximation-speed --splice README.md";
        let record = Record::new(
            "Solving and certifying against Sollya",
            command,
            &revision(),
            env!("CARGO_PKG_VERSION"),
        )
        .with_data(data);
        let mut folder = OutputFolder::create(folder)?;
        folder.stage("speed.json", record.to_json()?.as_bytes())?;
        folder.stage("speed.md", table.to_markdown().as_bytes())?;
        folder.commit()?;
    }
    if let Some(file) = options.splice {
        splice_file(&file, &[("speed", &table.to_markdown())])?;
    }
    Ok(())
}
