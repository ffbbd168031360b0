//! `equiripple net check`: what of a model cannot be imported.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use serde::Serialize;

use super::describe::Summary;
use crate::{
    cli::{
        error::{Failure, Outcome},
        output,
    },
    nn::{
        Shape,
        onnx::{self, OnnxError},
    },
};

/// Check whether an ONNX model can be imported: every node that cannot, and what to do about it
///
/// Exit code 0 when it can, 1 when it cannot, 2 when the file is damaged or no model.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// The model
    #[arg(value_name = "FILE")]
    model: PathBuf,
    /// Shape of an image, channels × height × width, where the model leaves it open
    #[arg(long, value_name = "CxHxW", value_parser = super::source::shape)]
    input: Option<Shape>,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Outcomes {
    supported: bool,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Problem {
    node: String,
    operator: String,
    problem: String,
    remedy: String,
}

impl Args {
    pub(super) fn run(self) -> Outcome {
        let problems = match onnx::import(&self.model, self.input.as_ref()) {
            Ok(graph) => {
                if !self.json {
                    Summary::of(&graph)?.tell()?;
                    output::line("  every node is supported")?;
                }
                vec![]
            }
            Err(OnnxError::Nodes { problems, .. }) => problems,
            Err(other) => return Err(Failure::Onnx(other)),
        };
        let supported = problems.is_empty();
        if self.json {
            let problems = problems.into_iter().map(|p| Problem {
                node: p.node,
                operator: p.operator,
                problem: p.problem,
                remedy: p.remedy,
            });
            output::json(&Outcomes {
                supported,
                problems: problems.collect(),
            })?;
        } else {
            for p in &problems {
                output::line(format!("{} ({})", p.node, p.operator))?;
                output::line(format!("  problem  {}", p.problem))?;
                output::line(format!("  remedy   {}", p.remedy))?;
            }
        }
        Ok(ExitCode::from(u8::from(!supported)))
    }
}
