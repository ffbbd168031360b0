//! Sollya as a process: scripts in, exact numbers out.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    thread,
};

use rug::{Float, Integer};

/// Lines of output that carry a result begin with this.
const MARK: &str = "@";

/// Whether Sollya can be run. Where continuous integration asks for these tests, it has to be there.
pub(crate) fn installed() -> bool {
    let found = Command::new("sollya")
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|out| out.status.success());
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(
        found || !required,
        "CI is set, but `sollya` cannot be run: install it"
    );
    if !found {
        eprintln!("skipped: `sollya` cannot be run");
    }
    found
}

/// Runs a script at `prec` bits and returns what it printed by [`report`], in the order of the script.
pub(crate) fn run(prec: u32, script: &str) -> Vec<Vec<String>> {
    let text = format!("prec={prec}!;\ndisplay=dyadic!;\nverbosity=0!;\n{script}\nquit;\n");
    let mut child = Command::new("sollya")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sollya starts");
    let mut input = child.stdin.take().expect("standard input is piped");
    let writer = thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("sollya ends");
    writer
        .join()
        .expect("the writer ends")
        .expect("sollya reads the script");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix(MARK))
        .map(|line| line.split_whitespace().map(String::from).collect())
        .collect()
}

/// A statement that prints values as words of one line.
pub(crate) fn report(values: &[&str]) -> String {
    format!("print(\"{MARK}\",{});\n", values.join(","))
}

/// A number as `display=dyadic` prints it, exactly: `m`, or `mbe` for m·2^e.
pub(crate) fn number(word: &str) -> Option<Float> {
    let (mantissa, exponent) = word.split_once('b').unwrap_or((word, "0"));
    let mantissa: Integer = mantissa.parse().ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let bits = mantissa.significant_bits().max(53);
    Some(Float::with_val(bits, mantissa) << exponent)
}

/// An interval as `display=dyadic` prints it: `[a;b]`.
pub(crate) fn interval(word: &str) -> Option<(Float, Float)> {
    let (lo, hi) = word.strip_prefix('[')?.strip_suffix(']')?.split_once(';')?;
    Some((number(lo)?, number(hi)?))
}

/// The number for a script, exactly.
pub(crate) fn dyadic(x: &Float) -> String {
    if x.is_zero() {
        return "0".into();
    }
    let (mantissa, exponent) = x.to_integer_exp().expect("a finite number");
    format!("({mantissa}b{exponent})")
}

/// `|a/b − 1|`.
pub(crate) fn difference(a: &Float, b: &Float) -> f64 {
    let prec = a.prec().max(b.prec()) + 64;
    (Float::with_val(prec, a - b) / b).abs().to_f64()
}
