//! The command `equiripple`.

use std::process::ExitCode;

fn main() -> ExitCode {
    equiripple::cli::run()
}
