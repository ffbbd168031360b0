//! Repeated timing.

use std::{fs, thread, time::Duration, time::Instant};

use crate::cli::error::Outcome;

/// Milliseconds of one operation.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Timing {
    pub(in crate::cli) median: f64,
    pub(in crate::cli) min: f64,
}

/// Milliseconds that a time is taken over at least.
const SAMPLE: f64 = 5.0;

/// What time is told by.
#[derive(Clone, Copy)]
pub(in crate::cli) enum Clock {
    /// CPU time of this thread: what others do on the machine hardly counts.
    Thread,
    /// Wall-clock time.
    Wall,
}

impl Clock {
    /// CPU time where one thread does everything and the system tells it.
    pub(in crate::cli) fn pick(threads: usize) -> Self {
        if threads == 1 && scheduled().is_some() {
            Self::Thread
        } else {
            Self::Wall
        }
    }

    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::Thread => "CPU time of the thread",
            Self::Wall => "wall-clock time",
        }
    }

    fn milliseconds(self, start: Instant) -> f64 {
        match self {
            Self::Thread => scheduled().unwrap_or(0.0),
            Self::Wall => start.elapsed().as_secs_f64() * 1e3,
        }
    }

    /// Seconds of one run, and its result.
    pub(in crate::cli) fn once<T>(self, run: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
        let start = Instant::now();
        let before = self.milliseconds(start);
        let result = run()?;
        Ok(((self.milliseconds(start) - before) * 1e-3, result))
    }

    /// Runs once to warm up, then `repeat` times; what is quick is run many times for one time.
    pub(in crate::cli) fn time<T>(
        self,
        repeat: usize,
        mut run: impl FnMut() -> Outcome<T>,
    ) -> Outcome<Timing> {
        let start = Instant::now();
        drop(run()?);
        let first = start.elapsed().as_secs_f64() * 1e3;
        let count = (SAMPLE / first).ceil().clamp(1.0, 1e4) as usize;
        let mut times = Vec::with_capacity(repeat);
        for _ in 0..repeat.max(1) {
            let before = self.milliseconds(start);
            for _ in 1..count {
                run()?;
            }
            let result = run()?;
            times.push((self.milliseconds(start) - before) / count as f64);
            // The last result is dropped outside the measured time.
            drop(result);
        }
        times.sort_by(f64::total_cmp);
        Ok(Timing {
            median: times[times.len() / 2],
            min: times[0],
        })
    }
}

impl Timing {
    /// One of `count` equal parts.
    pub(in crate::cli) fn each(self, count: usize) -> Self {
        let share = 1.0 / count as f64;
        Self {
            median: self.median * share,
            min: self.min * share,
        }
    }
}

/// CPU milliseconds of this thread. The scheduler's account is up to date only after a switch, hence the nap.
fn scheduled() -> Option<f64> {
    thread::sleep(Duration::from_micros(1));
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = stat.split_whitespace().next()?.parse().ok()?;
    (nanoseconds > 0).then_some(nanoseconds as f64 * 1e-6)
}
