//! CPU time of this process.

use std::{fs, thread, time::Duration};

/// Seconds that all threads of this process have computed so far; none where the system does not tell. The scheduler's
/// account is up to date only after a switch, hence the nap.
pub(super) fn seconds() -> Option<f64> {
    thread::sleep(Duration::from_micros(1));
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task").ok()? {
        // A thread may end meanwhile.
        let Ok(text) = fs::read_to_string(task.ok()?.path().join("schedstat")) else {
            continue;
        };
        nanoseconds += text.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    (nanoseconds > 0).then_some(nanoseconds as f64 * 1e-9)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::seconds;
    use std::{hint::black_box, time::Instant};

    #[test]
    fn work_takes_cpu_time() {
        let Some(before) = seconds() else { return };
        let start = Instant::now();
        let mut sum = 0u64;
        while start.elapsed().as_millis() < 50 {
            sum = black_box(sum.wrapping_mul(3).wrapping_add(1));
        }
        // Others may take the core for a while, and tests run side by side.
        assert!(seconds().unwrap() - before > 0.002);
    }
}
