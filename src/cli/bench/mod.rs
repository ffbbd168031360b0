//! `equiripple bench`: how fast the ciphertext backend is on this machine, and how precise.

mod bootstrap;
mod ckks;
pub(super) mod clock;
mod forecast;
mod peer;
mod precision;
mod publish;
mod units;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::{Failure, Outcome};

/// Time and test the ciphertext backend on this machine
#[derive(Debug, Parser)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Ckks(CkksArgs),
    Bootstrap(bootstrap::Args),
    Precision(PrecisionArgs),
    Units(UnitsArgs),
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

/// Errors of encryption, sums, products, rotation and conjugation, against the analyzer's bounds
///
/// Scale 2^40, two levels of 40 bits above a prime of 50, one special prime of 50 bits: below the limits of 128-bit
/// security from N = 2^13 on; N = 2^12 is a toy. Every slot holds 1 or -1, the largest magnitude of the domain, and is read
/// as a real number: the error is that of the real part. The bound is what the analyzer says that no slot of a
/// ciphertext exceeds but with probability 2^-20, the bound of the run what no slot of all encryptions exceeds but with
/// probability 2^-7. The least precise slot should be within one bit of the latter, and above it; the mean should have at
/// least log2(scale) - log2(N) - 2 bits.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple bench precision --log-n 12,13 --encryptions 100
  equiripple bench precision --out reports/results/precision")]
struct PrecisionArgs {
    /// log2 of the ring degrees
    #[arg(long, value_name = "KS", value_delimiter = ',', default_values_t = [12, 13, 14, 15, 16])]
    log_n: Vec<u8>,
    /// Encryptions at each degree, under several keys
    #[arg(long, value_name = "E", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    encryptions: u32,
    /// Threads; all cores by default
    #[arg(long, value_name = "T")]
    threads: Option<usize>,
    /// Write precision.json and precision.md there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the rows as JSON
    #[arg(long)]
    json: bool,
}

/// Units of work that the analyzer counts in: the table that its seconds come from
///
/// One thread, N = 2^16, buffers of 28 limbs as operations have them, so that memory counts; the least time of all
/// repetitions, in microseconds for each limb: others on the machine only add to it.
#[derive(Debug, Parser)]
#[command(after_help = "Examples:
  equiripple bench units
  equiripple bench units -o src/analyze/costs.json")]
struct UnitsArgs {
    /// Repetitions of each unit
    #[arg(long, value_name = "R", default_value_t = 9)]
    repeat: usize,
    /// Write the table there
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the table as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn run(self) -> Outcome<ExitCode> {
        match self.what {
            What::Ckks(args) => args.run(),
            What::Bootstrap(args) => args.run(),
            What::Precision(args) => args.run(),
            What::Units(args) => args.run(),
        }
    }
}

/// So many threads, or one for each core.
pub(in crate::cli) fn pool(threads: Option<usize>) -> Outcome<ThreadPool> {
    let builder = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
    let pool = builder.build();
    pool.map_err(|e| Failure::Usage(format!("cannot start threads: {e}")))
}
