//! What memory there is, and what a command may take of it.

use std::fs;

use super::error::{Failure, Outcome};
use crate::ckks::BootstrapMemory;

/// 3.4 GiB.
pub(super) fn human(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.into_iter().find(|unit| bytes >> unit.0 > 0);
    let (log2, name) = unit.unwrap_or((10, "KiB"));
    format!("{:.1} {name}", bytes as f64 / f64::from(log2).exp2())
}

/// A number of bytes, such as 8GiB, 500MB or 1e9.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let refused = || format!("`{text}` is no size of memory; write 8GiB, 500MiB or 4GB");
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[number.len()..];
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kib" => 1024.0,
        "kb" => 1e3,
        "m" | "mib" => f64::from(1 << 20),
        "mb" => 1e6,
        "g" | "gib" => f64::from(1 << 30),
        "gb" => 1e9,
        "t" | "tib" => 40f64.exp2(),
        "tb" => 1e12,
        _ => return Err(refused()),
    };
    let bytes = number.trim().parse::<f64>().map_err(|_| refused())? * factor;
    if bytes >= 1.0 && bytes < 64f64.exp2() {
        Ok(bytes as u64)
    } else {
        Err(refused())
    }
}

/// Refuses what needs more than `limit` or, without a limit, than the machine has left.
pub(super) fn check(forecast: &BootstrapMemory, limit: Option<u64>) -> Outcome<()> {
    let (most, whose) = match limit {
        Some(limit) => (limit, "--max-memory allows"),
        None => match available() {
            Some(available) => (available, "this machine has left"),
            None => return Ok(()),
        },
    };
    let need = forecast.peak();
    if need <= most {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "this bootstrap takes about {} of memory ({} for keys, {} for transforms, {} to compute), and {} is what {whose}; take fewer slots, real slots (--real), or a smaller set (`equiripple params --bootstrap`){}",
        human(need),
        human(forecast.key_bytes),
        human(forecast.transform_bytes),
        human(forecast.working_bytes + forecast.table_bytes),
        human(most),
        if limit.is_some() {
            ", or raise --max-memory"
        } else {
            ", or free some; --max-memory takes the place of this check"
        }
    )))
}

/// Refuses parts that are together more than `limit` or, without a limit, than the machine has left.
pub(super) fn fits(
    what: &str,
    parts: &[(&str, u64)],
    limit: Option<u64>,
    remedy: &str,
) -> Outcome<()> {
    let need: u64 = parts.iter().map(|part| part.1).sum();
    let Some(most) = limit.or_else(available).filter(|most| need > *most) else {
        return Ok(());
    };
    let parts = parts
        .iter()
        .map(|(name, bytes)| format!("{} for {name}", human(*bytes)));
    let whose = if limit.is_some() {
        "--max-memory allows"
    } else {
        "this machine has left"
    };
    Err(Failure::Usage(format!(
        "{what} takes about {} of memory ({}), and {} is what {whose}; {remedy}",
        human(need),
        parts.collect::<Vec<_>>().join(", "),
        human(most),
    )))
}

/// Main memory.
pub(super) fn total() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")
}

/// What the system says that can be had without swapping.
pub(super) fn available() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")
}

/// The most that this process has had in memory so far.
pub(super) fn peak() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

/// The bytes of a line such as `VmHWM:   1024 kB`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number = line.trim().strip_suffix("kB")?.trim().parse::<u64>();
    number.ok()?.checked_mul(1024)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, expected) in [
            ("8GiB", 8 << 30),
            ("0.5g", 1 << 29),
            ("500MB", 500_000_000),
            ("7 KiB", 7 << 10),
            ("1e9", 1_000_000_000),
            ("64", 64),
        ] {
            assert_eq!(bytes(text).unwrap(), expected, "{text}");
        }
        for text in ["", "GiB", "-1", "0", "nan", "inf", "8 apples", "1e30"] {
            assert!(bytes(text).is_err(), "{text}");
        }
        let written = [100, 1536, 3 << 20, 9 << 30].map(human);
        assert_eq!(written, ["0.1 KiB", "1.5 KiB", "3.0 MiB", "9.0 GiB"]);
    }

    #[test]
    fn lines_of_the_system_are_read() {
        let text = "MemTotal:       24000000 kB\nMemAvailable:   1024 kB\n";
        assert_eq!(kibibytes(text, "MemAvailable:"), Some(1 << 20));
        assert_eq!(kibibytes(text, "MemFree:"), None);
        assert_eq!(kibibytes("VmHWM: x kB", "VmHWM:"), None);
    }
}
