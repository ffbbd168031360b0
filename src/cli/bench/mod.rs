//! `equiripple bench`: how fast the ciphertext backend is on this machine.

mod ckks;
mod clock;
mod peer;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use super::error::Outcome;

/// Time the ciphertext backend on this machine
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Ckks(CkksArgs),
}

/// Operations of RNS-CKKS: products, rotations, polynomials, keys
///
/// One chain of 27 levels of 40 bits above a prime of 50, with 6 special primes of 50 bits. Every operation is run once to
/// warm up, then repeated; the median and the least time count: CPU time of the one thread with `--threads 1`,
/// otherwise wall-clock time.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple bench ckks --threads 1
  equiripple bench ckks --log-n 15 --levels 14 --only rotate_top,chebyshev_27 --json")]
struct CkksArgs {
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// log2 of the ring degree
    #[arg(long, value_name = "K", default_value_t = 16)]
    log_n: u8,
    /// Levels; at least 13
    #[arg(long, value_name = "L", default_value_t = 27)]
    levels: u32,
    /// Bits of the levels and of the scale
    #[arg(long, value_name = "BITS", default_value_t = 40)]
    scale: u32,
    /// Special primes
    #[arg(long, value_name = "N", default_value_t = 6)]
    special: u32,
    /// Repetitions of each operation
    #[arg(long, value_name = "R", default_value_t = 5)]
    repeat: usize,
    /// Only these operations
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// Times of another library beside them, as written by benches/peers/openfhe_ckks.py
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,
    /// Put the table between the marks `ckks` of this Markdown file
    #[arg(long, value_name = "FILE")]
    splice: Option<PathBuf>,
    /// Write ckks.json and ckks.md there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the rows as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self) -> Outcome<ExitCode> {
        match self.what {
            What::Ckks(args) => args.run(),
        }
    }
}
