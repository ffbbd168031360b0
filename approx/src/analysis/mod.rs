//! What a composition is worth on ciphertexts: conditioning, noise, error statistics, behaviour outside its domain.
//!
//! [`analyze`] puts everything together; its [`ErrorReport`] names the terms of the error and the one that binds. The
//! parts can be had alone: [`Conditioning`], [`NoiseModel`] and [`NoiseReport`], [`Distribution`] and
//! [`ErrorStatistics`], [`Outside`].
//!
//! Rigorous are the ranges and largest slopes of single stages, their product, the radius of [`Outside`], and an
//! approximation bound that the caller certified. Everything else is an estimate in f64, from dense samples: good to
//! about 2^-48, while CKKS itself seldom has more than 2^-30 to give. [`Term::rigorous`] says which is which.

mod analyze;
mod circuit;
mod composition;
mod conditioning;
mod distribution;
mod histogram;
mod histogram_text;
mod noise;
mod noise_report;
mod outside;
mod report;
mod sensitivity;
mod shape;
mod statistics;
mod terms;
#[cfg(test)]
mod tests;

pub use analyze::{Analysis, AnalyzeOptions, analyze};
pub use circuit::circuit;
pub use composition::Composition;
pub use conditioning::{Conditioning, StageConditioning};
pub use distribution::{Distribution, Quadrature};
pub use histogram::{Bin, Histogram};
pub use noise::{InputNoise, NoiseModel, Variances};
pub use noise_report::NoiseReport;
pub use outside::{Limit, Outside};
pub use report::{ErrorReport, Measure, Term};
pub use sensitivity::{Rounded, Sensitivity, rounded_circuit};
pub use shape::Shape;
pub use statistics::{ErrorStatistics, Percentiles};
