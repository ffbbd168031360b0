//! CPU time of this process.

use rustix::time::{ClockId, clock_gettime};

/// Seconds that all threads of this process have computed so far, those that have ended too.
pub(super) fn seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::seconds;
    use std::{hint::black_box, thread};

    #[test]
    fn work_takes_cpu_time_that_outlives_its_thread() {
        let before = seconds();
        let work =
            || (0..10_000_000u64).fold(0u64, |sum, term| black_box(sum.wrapping_mul(3) ^ term));
        thread::spawn(work).join().unwrap();
        // Ten million products, each of the one before, take longer on any machine there is.
        assert!(seconds() - before > 1e-3);
    }
}
