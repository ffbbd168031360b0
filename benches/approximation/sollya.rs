//! Sollya as a process.

use std::{
    error::Error,
    io::Write as _,
    process::{Command, Stdio},
};

use super::clock::{LONG, Measured, median};

/// Sollya's working precision: what the library works at by itself.
pub(crate) const SOLLYA_BITS: u32 = 256;
/// Seconds on the clock after which Sollya is given up.
const SOLLYA_LIMIT: u32 = 60;
/// Runs of Sollya whose median is reported.
const SOLLYA_RUNS: usize = 5;

/// The error is not a number when Sollya was stopped at the limit or printed none.
pub(crate) fn measure_sollya(script: &str) -> std::result::Result<Measured, Box<dyn Error>> {
    let mut times = vec![];
    let mut error = f64::NAN;
    while times.len() < SOLLYA_RUNS && times.last().is_none_or(|t| *t <= LONG) {
        let (seconds, found) = run_sollya(script)?;
        times.push(seconds);
        error = found.unwrap_or(f64::NAN);
    }
    Ok(Measured {
        seconds: median(&mut times),
        runs: times.len(),
        error,
    })
}

/// CPU seconds of the process and its children by the shell's `time`, and the number that it printed.
fn run_sollya(script: &str) -> std::result::Result<(f64, Option<f64>), Box<dyn Error>> {
    let timed = format!(
        "TIMEFORMAT='%3U %3S'; time timeout {SOLLYA_LIMIT} sollya --warnonstderr 2>/dev/null"
    );
    let mut child = Command::new("bash")
        .args(["-c", &timed])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        write!(
            input,
            "prec={SOLLYA_BITS}!;\n{script}\nprint(round(e,53,RN));\nquit;\n"
        )?;
    }
    let output = child.wait_with_output()?;
    let times = String::from_utf8_lossy(&output.stderr);
    let seconds = times
        .split_whitespace()
        .map(str::parse::<f64>)
        .sum::<std::result::Result<f64, _>>()
        .map_err(|_| format!("bash's time said {times:?}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let number = printed.lines().rev().find_map(|l| l.trim().parse().ok());
    Ok((seconds, number))
}

/// Sollya's version where both it and the shell that times it can be run.
pub(crate) fn sollya_version() -> Option<String> {
    let bash = Command::new("bash").args(["-c", "true"]).status().ok()?;
    let output = Command::new("sollya").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split(" connected").next()?.trim().to_string();
    (bash.success() && output.status.success()).then_some(version)
}
