//! What is encrypted at once: a part of a network, for one image or a batch.

use clap::Args;

use crate::{
    cli::{
        error::{Failure, Outcome},
        net::images::AT_ONCE,
    },
    nn::{Graph, NodeId, pass},
};

/// All of a network or what is between two results, for some images at once.
#[derive(Debug, Clone, Args)]
pub(super) struct Part {
    /// Node whose result is encrypted: the client computes what is before it in the clear
    #[arg(long, value_name = "NODE")]
    from: Option<String>,
    /// Node whose result is the result, in place of the network's
    #[arg(long, value_name = "NODE")]
    to: Option<String>,
    /// Images that share ciphertexts, a power of two: results of few numbers then leave no slot free, and the seconds of an
    /// image are fewer, though those of its batch are more
    #[arg(long, value_name = "B", default_value_t = 1, value_parser = batch)]
    batch: usize,
}

impl Part {
    /// All of it, for one image.
    pub(super) const fn whole() -> Self {
        Self {
            from: None,
            to: None,
            batch: 1,
        }
    }

    /// Images that share ciphertexts.
    pub(super) const fn batch(&self) -> usize {
        self.batch
    }

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

fn batch(text: &str) -> Result<usize, String> {
    let batch = text.trim().parse().ok();
    let batch = batch.filter(|b: &usize| b.is_power_of_two() && *b <= AT_ONCE);
    batch.ok_or_else(|| format!("`{text}` is no power of two from 1 to {AT_ONCE}"))
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
