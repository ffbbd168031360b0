//! What keeps a model from being imported.

use crate::nn::GraphError;
use std::{fmt, path::PathBuf};
use thiserror::Error;

/// Why a model is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// The file does not open.
    #[error("cannot read {}: {reason}; check the path and its permissions", path.display())]
    File {
        /// Path that was given.
        path: PathBuf,
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// No protocol buffer, or not a whole one.
    #[error("{origin} is no whole ONNX file ({reason}); fetch or export it again")]
    Format {
        /// Name of the file.
        origin: String,
        /// What the reader said.
        reason: prost::DecodeError,
    },
    /// A model as a whole is none that can be imported.
    #[error("{origin}: {problem}; {remedy}")]
    Model {
        /// Name of the file.
        origin: String,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        remedy: String,
    },
    /// Nodes that have no counterpart.
    #[error("{origin} cannot be imported:{}", listed(problems))]
    Nodes {
        /// Name of the file.
        origin: String,
        /// All of them.
        problems: Vec<Problem>,
    },
}

/// A node that is not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the node, or of a weight.
    pub node: String,
    /// Name of the operator, or `initializer`.
    pub operator: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` ({}): {}; {}",
            self.node, self.operator, self.problem, self.remedy
        )
    }
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("\n  {p}")).collect()
}

/// A problem before it is known which node has it.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) problem: String,
    pub(super) remedy: String,
}

pub(super) type Try<T> = Result<T, Refusal>;

/// What is wrong, and what to do about it.
pub(super) fn refuse<T>(problem: impl Into<String>, remedy: impl Into<String>) -> Try<T> {
    Err(Refusal {
        problem: problem.into(),
        remedy: remedy.into(),
    })
}

impl From<GraphError> for Refusal {
    fn from(reason: GraphError) -> Self {
        Self {
            problem: reason.to_string(),
            remedy: "check the model with `onnx.checker` and export it again".into(),
        }
    }
}
