//! Where an experiment ran.

use std::fs;
use std::thread;

use serde::{Deserialize, Serialize};

/// The machine, in the words that a reader of a timing needs.
///
/// ```
/// let here = equiripple_reports::record::Machine::detect();
/// assert!(here.cores >= 1);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's model name, or its architecture where the system does not tell.
    pub cpu: String,
    /// Logical cores that this process may use.
    pub cores: usize,
    /// Main memory in GiB, to one decimal; 0 where the system does not tell.
    pub memory_gib: f64,
    /// Operating system, kernel release and architecture.
    pub os: String,
    /// The widest vector extensions present, such as `avx2 avx512f`; `none` where there are none.
    pub simd: String,
}

impl Machine {
    /// Describes this machine; what cannot be read is left general, never an error.
    #[must_use]
    pub fn detect() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let kernel = read("/proc/sys/kernel/osrelease");
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        Self {
            cpu: cpu_model(&read("/proc/cpuinfo")).unwrap_or_else(|| arch.into()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_gib: memory_gib(&read("/proc/meminfo")).unwrap_or(0.0),
            os: [os, kernel.trim(), arch].join(" ").replace("  ", " "),
            simd: simd(),
        }
    }
}

/// The text after the colon of the first line whose key is `key`.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == key && !value.trim().is_empty()).then(|| value.trim())
    })
}

fn cpu_model(cpuinfo: &str) -> Option<String> {
    let name = ["model name", "Model", "Hardware", "cpu"]
        .iter()
        .find_map(|key| field(cpuinfo, key))?;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn memory_gib(meminfo: &str) -> Option<f64> {
    let kib: f64 = field(meminfo, "MemTotal")?
        .strip_suffix("kB")?
        .trim()
        .parse()
        .ok()?;
    Some((kib / 1024.0 / 1024.0 * 10.0).round() / 10.0)
}

#[cfg(target_arch = "x86_64")]
fn simd() -> String {
    let present = [
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ("avx512ifma", std::is_x86_feature_detected!("avx512ifma")),
    ];
    let names: Vec<_> = present
        .iter()
        .filter_map(|(name, here)| here.then_some(*name))
        .collect();
    if names.is_empty() {
        "sse2".into()
    } else {
        names.join(" ")
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn simd() -> String {
    let name = if cfg!(target_arch = "aarch64") {
        "neon"
    } else {
        "none"
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_missing_ones_are_not_invented() {
        let cpu = "processor\t: 0\nmodel name\t: Fast  CPU\n";
        assert_eq!(cpu_model(cpu).as_deref(), Some("Fast CPU"));
        assert_eq!(cpu_model(""), None);
        assert_eq!(memory_gib("MemTotal:       16777216 kB\n"), Some(16.0));
        assert_eq!(memory_gib("MemTotal: many\n"), None);
    }
}
