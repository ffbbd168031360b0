//! Tests of the gate and of the parameters.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod determinism;
mod memory;
mod params;
mod raise;
mod security;

/// What comes out of so many threads.
fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(run)
}
