//! A part of a network: what the client computes in the clear, and what is encrypted.

use clap::Args;

use crate::{
    cli::error::{Failure, Outcome},
    nn::{Graph, NodeId, pass},
};

/// All of it, or what is between two results.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Part {
    /// Node whose result is encrypted: the client computes what is before it in the clear
    #[arg(long, value_name = "NODE")]
    from: Option<String>,
    /// Node whose result is the result, in place of the network's
    #[arg(long, value_name = "NODE")]
    to: Option<String>,
}

impl Part {
    pub(super) const fn is_whole(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// What the client computes before it encrypts.
    pub(super) fn stem(&self, whole: &Graph) -> Outcome<Option<Graph>> {
        let stem = self.from.as_ref().map(|from| {
            let from = named(whole, from)?;
            Ok(pass::cut(whole, whole.input(), from)?)
        });
        stem.transpose()
    }

    /// What is encrypted.
    pub(super) fn of(&self, whole: &Graph) -> Outcome<Graph> {
        if self.is_whole() {
            return Ok(whole.clone());
        }
        let at = |name: &Option<String>, otherwise| match name {
            Some(name) => named(whole, name),
            None => Ok(otherwise),
        };
        let from = at(&self.from, whole.input())?;
        let to = at(&self.to, whole.output())?;
        Ok(pass::cut(whole, from, to)?)
    }
}

/// The node of that name.
fn named(graph: &Graph, name: &str) -> Outcome<NodeId> {
    let missing = || {
        Failure::Usage(format!(
            "{} has no node `{name}`; `equiripple net show` lists its nodes, and batch norms are part of the layers before them",
            graph.name()
        ))
    };
    graph.find(name).ok_or_else(missing)
}
