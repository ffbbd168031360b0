//! Repeated timing.

use std::time::Instant;

use crate::cli::error::Outcome;

/// Milliseconds of one operation.
#[derive(Clone, Copy)]
pub(super) struct Timing {
    pub(super) median: f64,
    pub(super) min: f64,
}

/// Runs once to warm up, then `repeat` times.
pub(super) fn time<T>(repeat: usize, mut run: impl FnMut() -> Outcome<T>) -> Outcome<Timing> {
    run()?;
    let mut times = Vec::with_capacity(repeat);
    for _ in 0..repeat.max(1) {
        let start = Instant::now();
        let result = run()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        // Results are dropped outside the measured time.
        drop(result);
    }
    times.sort_by(f64::total_cmp);
    Ok(Timing {
        median: times[times.len() / 2],
        min: times[0],
    })
}

impl Timing {
    /// One of `count` equal parts.
    pub(super) fn each(self, count: usize) -> Self {
        let share = 1.0 / count as f64;
        Self {
            median: self.median * share,
            min: self.min * share,
        }
    }
}
