//! Against exact answers, theorems, and minimax polynomials.

mod exact;
mod known;
mod refused;
mod relu;
mod reuse;

use super::Fit;
use crate::{analysis::Distribution, target::Target};

const NORMAL: Distribution = Distribution::Gaussian {
    mean: 0.0,
    std: 1.0,
};

fn target(text: &str) -> Target {
    text.parse().expect("a target")
}

fn fit(text: &str, distribution: &Distribution, reach: f64, points: usize) -> Fit {
    Fit::new(&target(text), distribution, -reach, reach, points).expect("a fit")
}
