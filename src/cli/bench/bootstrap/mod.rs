//! `equiripple bench bootstrap`.

mod measure;
mod message;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use equiripple_reports::table::{Cell, Column, Table};

use crate::{
    bootstrap::SlotKind,
    ckks::params::sets,
    cli::{
        bench::{
            peer::{Peer, PeerBootstrap},
            publish::Publication,
        },
        error::{Failure, Outcome},
        number,
    },
};
use measure::{Report, Row};
use message::Message;

/// Bootstraps: time, precision, memory, against what simulator and analyzer say
///
/// One bootstrap warms up; then each message is encrypted, bootstrapped and decrypted, and
/// compared with what it was. Time is the median over the messages: CPU time of the one thread with `--threads 1`,
/// otherwise wall-clock time. Slots are complex, all N/2 of them, unless said otherwise.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple bench bootstrap --threads 1
  equiripple bench bootstrap --set small --real
  equiripple bench bootstrap --slots 2^15,2^14,2^13,2^12 --threads 1 --out reports/results/bootstrap
  equiripple bench bootstrap --message uniform,ends,relu --messages 100 --seed 2 --json")]
pub(super) struct Args {
    /// Named parameters, as `params --bootstrap` lists them; several to compare
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_values_t = [String::from("general")])]
    set: Vec<String>,
    /// Slots, as 2^15 or 32768; all N/2 when absent, several to compare
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = number::slots)]
    slots: Vec<usize>,
    /// Real slots, beside complex ones with --complex
    #[arg(long)]
    real: bool,
    /// Complex slots: the default, to be named where --real is
    #[arg(long)]
    complex: bool,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// What is bootstrapped; several to compare
    #[arg(long, value_enum, value_name = "KINDS", value_delimiter = ',', default_values_t = [Message::Uniform])]
    message: Vec<Message>,
    /// How many messages of each kind
    #[arg(long, value_name = "M", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    messages: u64,
    /// What keys, messages and errors follow from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Times of other libraries beside them, as written by benches/peers/openfhe_bootstrap.py and benches/peers/poulpy
    #[arg(long, value_name = "FILES", value_delimiter = ',')]
    beside: Vec<PathBuf>,
    /// Write bootstrap.json and bootstrap.md there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Put the table between the marks `bootstrap` of this Markdown file
    #[arg(long, value_name = "FILE")]
    splice: Option<PathBuf>,
    /// Print the rows as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(&self) -> Outcome<ExitCode> {
        let mut named = vec![];
        for name in &self.set {
            named.push(sets::named(name).ok_or_else(|| {
                let known: Vec<_> = sets::SETS.iter().map(|set| set.name).collect();
                Failure::Usage(format!(
                    "no set is called `{name}`; choose from {}",
                    known.join(", ")
                ))
            })?);
        }
        let pool = super::pool(self.threads)?;
        let threads = pool.current_num_threads();
        let peers = self.beside.iter().map(|file| Peer::read(file));
        let peers = peers.collect::<Outcome<Vec<_>>>()?;
        let mut report = pool.install(|| measure::report(self, &named, threads))?;
        report.peers = peers;
        let table = table(&report)?;
        let publication = Publication {
            title: "Bootstraps",
            name: "bootstrap",
            seed: Some(self.seed),
            out: self.out.as_ref(),
            splice: self.splice.as_ref(),
            json: self.json,
        };
        publication.publish(&report, &table)
    }
}

fn table(report: &Report) -> Outcome<Table> {
    let columns = [
        "slots",
        "threads",
        "message",
        "seconds",
        "ratio",
        "mean bits",
        "min bits",
        "simulated",
        "levels left",
        "failure",
        "keys, GiB",
        "keys made, s",
        "peak, GiB",
    ];
    let mut all = vec![Column::left("set")];
    all.extend(columns.map(Column::right));
    let title = format!(
        "{} messages of each kind, {}, {}",
        report.messages, report.backend, report.clock
    );
    let mut table = Table::new(all, &title)?;
    for row in &report.rows {
        table.push(cells(row))?;
    }
    for peer in &report.peers {
        for theirs in &peer.rows {
            table.push(peer_cells(&peer.library, theirs, &report.rows))?;
        }
    }
    Ok(table)
}

/// The ratio is to the first of our rows with as many slots and threads in the same ring.
fn peer_cells(library: &str, theirs: &PeerBootstrap, ours: &[Row]) -> Vec<Cell> {
    let same = |row: &&Row| {
        (row.log_n, row.slots, row.kind, row.threads)
            == (theirs.log_n, theirs.slots, theirs.kind, theirs.threads)
    };
    let ratio = ours
        .iter()
        .find(same)
        .map(|row| theirs.seconds / row.seconds);
    vec![
        Cell::text(library),
        slot_cell(theirs.slots, theirs.kind),
        Cell::text(theirs.threads.to_string()),
        Cell::text("uniform"),
        Cell::text(format!("{:.2}", theirs.seconds)),
        ratio.map_or(Cell::Empty, |ratio| Cell::text(format!("{ratio:.1}"))),
        Cell::text(format!("{:.1}", theirs.mean_bits)),
        Cell::text(format!("{:.1}", theirs.min_bits)),
        Cell::Empty,
        Cell::text(theirs.levels_left.to_string()),
        Cell::Empty,
        Cell::Empty,
        Cell::text(format!("{:.1}", theirs.keygen_seconds)),
        theirs.peak_memory_bytes.map_or(Cell::Empty, gibibytes),
    ]
}

fn slot_cell(slots: usize, kind: SlotKind) -> Cell {
    Cell::text(format!("2^{} {kind}", slots.ilog2()))
}

fn gibibytes(bytes: u64) -> Cell {
    Cell::text(format!("{:.2}", bytes as f64 / 1024f64.powi(3)))
}

fn cells(row: &Row) -> Vec<Cell> {
    let failure = row
        .failure_log2
        .map_or("impossible".into(), |log2| format!("2^{log2:.0}"));
    vec![
        Cell::text(row.set),
        slot_cell(row.slots, row.kind),
        Cell::text(row.threads.to_string()),
        Cell::text(row.message.to_string()),
        Cell::text(format!("{:.2}", row.seconds)),
        Cell::Empty,
        Cell::text(format!("{:.1}", row.precision.mean_bits)),
        Cell::text(format!("{:.1}", row.precision.min_bits)),
        Cell::text(format!(
            "{:.1} / {:.1}",
            row.simulated.mean_bits, row.simulated.min_bits
        )),
        Cell::text(row.levels_left.to_string()),
        Cell::text(failure),
        gibibytes(row.key_bytes),
        Cell::text(format!("{:.1}", row.keygen_seconds)),
        row.peak_memory_bytes.map_or(Cell::Empty, gibibytes),
    ]
}
