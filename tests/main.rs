//! Tests of the command and of the repository as a whole.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails may panic"
)]

mod architecture;
mod audit;
mod bench;
mod bootstrap;
mod ckks;
mod cli;
mod cli_bootstrap;
mod cli_doctor;
mod cli_encrypted;
mod cli_infer;
mod cli_published;
mod cli_serve;
mod cli_simulated;
mod cli_trace;
mod data;
mod flooding;
mod infer;
mod inference;
mod interpreters;
mod key_requests;
mod nn;
mod outcome;
mod readme;
mod ring;

use std::process::{Command, Output};

/// What comes out of so many threads.
fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(run)
}

/// Runs the command.
fn equiripple(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_equiripple"))
        .args(args)
        .output()
        .unwrap()
}

/// Runs the command with `--json` and reads what it prints.
fn json(args: &[&str]) -> serde_json::Value {
    let output = equiripple(&[args, &["--json"]].concat());
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
