//! The modular reduction of bootstrapping and the probability that it fails.

mod bootstrapper;
mod check;
mod eval_mod;
mod memory;
mod overflow;
