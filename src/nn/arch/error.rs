//! What keeps an architecture from being built.

use crate::nn::{GraphError, Shape, WeightsError};
use std::fmt;
use thiserror::Error;

/// Why an architecture is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArchError {
    /// A name that is not known.
    #[error("there is no architecture `{name}`; there are {known}")]
    Name {
        /// As given.
        name: String,
        /// All that are known.
        known: String,
    },
    /// Weights of another network.
    #[error(
        "the weights of {origin} are not those of {architecture}:{}",
        listed(misfits)
    )]
    Misfits {
        /// Name of the network.
        architecture: &'static str,
        /// Name of the file.
        origin: String,
        /// All that does not fit.
        misfits: Vec<Misfit>,
    },
    /// Weights in the program that are damaged.
    #[error("the weights of {name} in this program are damaged: {reason}; install it again")]
    Shipped {
        /// Name of the network.
        name: &'static str,
        /// What is wrong with them.
        reason: WeightsError,
    },
    /// An image that it does not take.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// A weight that does not fit.
#[derive(Debug)]
#[non_exhaustive]
pub enum Misfit {
    /// The file does not have it.
    Missing {
        /// Its name.
        tensor: String,
        /// The shape it would have.
        expected: Shape,
    },
    /// The file has it, and the network does not.
    LeftOver {
        /// Its name.
        tensor: String,
        /// Its shape.
        found: Shape,
    },
    /// Its shape or its numbers are refused.
    Refused(WeightsError),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { tensor, expected } => write!(f, "`{tensor}` ({expected}) is missing"),
            Self::LeftOver { tensor, found } => {
                write!(f, "`{tensor}` ({found}) belongs to no layer")
            }
            Self::Refused(reason) => reason.fmt(f),
        }
    }
}

/// A line for each of the first misfits.
fn listed(misfits: &[Misfit]) -> String {
    const SHOWN: usize = 12;
    let mut text: String = misfits
        .iter()
        .take(SHOWN)
        .map(|m| format!("\n  {m}"))
        .collect();
    if misfits.len() > SHOWN {
        text += &format!("\n  and {} more", misfits.len() - SHOWN);
    }
    text
}
