//! The modular reduction of bootstrapping and the probability that it fails.

mod eval_mod;
mod overflow;
