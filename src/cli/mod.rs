//! The command line: a file per subcommand.

mod analyze;
mod approx;
mod audit;
mod bench;
mod bootstrap;
mod bootstrapping;
mod cpu;
mod data;
mod decrypt;
mod demo;
mod disk;
mod doctor;
mod encrypt;
mod error;
mod evaluate;
mod export;
mod files;
mod flood;
mod forecast;
mod function;
mod infer;
mod key_files;
mod keygen;
mod memory;
mod net;
mod number;
mod output;
mod params;
mod plot;
mod progress;
mod published;
mod search;
mod simulate;
mod table;
mod values;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::Failure;

/// Certified polynomial approximations for encrypted computing.
///
/// Neural networks on CKKS ciphertexts can only add and multiply: every other function must become a polynomial.
/// Equiripple makes minimax polynomials and compositions of them in arbitrary precision, proves their errors, counts
/// what they cost on ciphertexts, and writes tables and pictures.
#[derive(Debug, Parser)]
#[command(
    name = "equiripple",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Approx(approx::Args),
    Search(search::Args),
    Analyze(analyze::Args),
    Audit(audit::Args),
    Plot(plot::Args),
    Export(export::Args),
    Table(table::Args),
    Params(params::Args),
    Keygen(keygen::Args),
    Encrypt(encrypt::Args),
    Evaluate(evaluate::Args),
    Bootstrap(bootstrap::Args),
    Simulate(simulate::Args),
    Decrypt(decrypt::Args),
    Data(data::Args),
    Net(net::Args),
    Infer(infer::Args),
    Demo(demo::Args),
    Doctor(doctor::Args),
    Bench(bench::Args),
}

/// Parses the command line, runs the command, and says what went wrong: exit code 2 for bad input or a failed
/// computation, 1 and 3 for an audit's verdict, 1 for a model that cannot be imported.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Approx(args) => args.run(),
        Command::Search(args) => args.run(),
        Command::Analyze(args) => args.run(),
        Command::Audit(args) => args.run(),
        Command::Plot(args) => args.run(),
        Command::Export(args) => args.run(),
        Command::Table(args) => args.run(),
        Command::Params(args) => args.run(),
        Command::Keygen(args) => args.run(),
        Command::Encrypt(args) => args.run(),
        Command::Evaluate(args) => args.run(),
        Command::Bootstrap(args) => args.run(),
        Command::Simulate(args) => args.run(),
        Command::Decrypt(args) => args.run(),
        Command::Data(args) => args.run(),
        Command::Net(args) => args.run(),
        Command::Infer(args) => args.run(),
        Command::Demo(args) => args.run(),
        Command::Doctor(args) => args.run(),
        Command::Bench(args) => args.run(),
    };
    match done {
        Ok(code) => code,
        // Whoever reads the output has enough of it.
        Err(Failure::Output(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            error::report(&failure);
            ExitCode::from(2)
        }
    }
}
