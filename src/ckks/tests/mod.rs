//! Tests of the gate and of the parameters.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod determinism;
mod memory;
mod params;
mod raise;
mod security;
