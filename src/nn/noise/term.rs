//! One error of one node.

use super::Law;
use serde::Serialize;

/// What makes an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Encryption of the images.
    Encryption,
    /// Linear layers, as one transform by baby steps and giant steps with as many diagonals K as a sum has terms:
    /// key errors of the rotations times the weights, the rounding of K diagonals at |x/B| ≤ 1, ⌈√K⌉ giant steps, one
    /// rescaling. Pools and products as far as they take a level.
    Linear,
    /// Bootstrapping.
    Bootstrap,
    /// Evaluating polynomials.
    Activation,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Encryption,
        Self::Linear,
        Self::Bootstrap,
        Self::Activation,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::Linear => "linear layers",
            Self::Bootstrap => "bootstrapping",
            Self::Activation => "activations",
        }
    }
}

/// One error of a node's result, in the units of the network.
#[derive(Debug, Clone)]
pub struct Term {
    /// What makes it.
    pub source: Source,
    /// By the argument of an activation over its range, in bins of equal width from −1 to 1; one where it is the same
    /// everywhere.
    pub laws: Vec<Law>,
    /// B: divided by it, an error is that of a slot, and an argument is in [−1, 1].
    pub range: f64,
}

impl Term {
    /// The root of the mean variance, in slots.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let sum: f64 = self.laws.iter().map(|law| law.total()).sum();
        (sum / self.laws.len().max(1) as f64).sqrt() / self.range
    }
}
