//! CPU time of this thread, and medians of it.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use equiripple_approx::Result;
use rug::Float;

/// Runs of the library whose median is reported.
const RUNS: usize = 9;
/// A run repeats quick work until it has taken this many seconds.
const RUN_SECONDS: f64 = 0.05;
/// Work that takes longer than this many seconds is run once.
pub(crate) const LONG: f64 = 5.0;

/// Median CPU seconds of some runs, and what they found.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    pub(crate) runs: usize,
    pub(crate) error: f64,
}

/// What tells the CPU time of this thread.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    Scheduler,
    Wall,
}

impl Clock {
    pub(crate) fn pick() -> Self {
        if scheduled().is_some() {
            Self::Scheduler
        } else {
            Self::Wall
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "CPU time of the thread",
            Self::Wall => "wall time (this system does not tell a thread's CPU time)",
        }
    }

    fn now(self, start: Instant) -> f64 {
        match self {
            Self::Scheduler => scheduled().unwrap_or(0.0),
            Self::Wall => start.elapsed().as_secs_f64(),
        }
    }
}

/// CPU seconds of this thread. The scheduler's account is up to date only after a switch, hence the nap.
fn scheduled() -> Option<f64> {
    thread::sleep(Duration::from_micros(1));
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = stat.split_whitespace().next()?.parse().ok()?;
    (nanoseconds > 0).then_some(nanoseconds as f64 * 1e-9)
}

pub(crate) fn measure(run: fn() -> Result<Float>) -> Result<Measured> {
    let (clock, start) = (Clock::pick(), Instant::now());
    let before = clock.now(start);
    let error = run()?.to_f64();
    let first = clock.now(start) - before;
    let repeats = (RUN_SECONDS / first.max(1e-6)).ceil().clamp(1.0, 1e4) as u32;
    let mut times = vec![];
    for _ in 0..if first > LONG { 1 } else { RUNS } {
        let before = clock.now(start);
        for _ in 0..repeats {
            std::hint::black_box(run()?);
        }
        times.push((clock.now(start) - before) / f64::from(repeats));
    }
    Ok(Measured {
        seconds: median(&mut times),
        runs: times.len(),
        error,
    })
}

pub(crate) fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let half = times.len() / 2;
    if times.len() % 2 == 1 {
        times[half]
    } else {
        0.5 * (times[half - 1] + times[half])
    }
}
