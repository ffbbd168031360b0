//! Which keys a program takes.

use super::{InferError, Program};
use crate::{
    bootstrap::Plan,
    ckks::{
        Context,
        keys::{BootstrapKey, KeyRequest, bootstrap_keys},
    },
    nn::{NodeId, lower::Stage},
    quantity::Level,
};
use std::collections::BTreeSet;

/// The rotations of a linear node, and whether it conjugates, with the levels of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerKeys {
    /// The level where the node starts.
    pub level: usize,
    /// Rotations there, by the matrix.
    pub rotations: BTreeSet<usize>,
    /// Rotations a level below, that fold.
    pub folds: BTreeSet<usize>,
    /// Whether the conjugate is taken a level below.
    pub conjugates: bool,
}

impl Program<'_> {
    /// The rotations of a linear node; none of others.
    ///
    /// # Errors
    /// When a weight is not finite.
    pub fn layer_keys(&self, id: NodeId) -> Result<Option<LayerKeys>, InferError> {
        let (Stage::Linear(from), Some(place)) =
            (&self.lowered().stages()[id.index()], self.place(id))
        else {
            return Ok(None);
        };
        let blocks = self.lowered().matrix(id, *from)?.blocks;
        let transforms = || blocks.blocks.iter().map(|block| &block.transform);
        Ok(Some(LayerKeys {
            level: place.level,
            rotations: transforms().flat_map(|t| t.rotations()).collect(),
            folds: blocks.folds.iter().map(|k| *k as usize).collect(),
            conjugates: transforms().any(|t| t.conjugates()),
        }))
    }

    /// The evaluation keys of all layers, and of the bootstraps by these plans, each once. `special` says how many special
    /// primes those of layers have, by level. `progress` is called after each node.
    ///
    /// # Errors
    /// When the parameters have no such keys.
    pub fn keys(
        &self,
        context: &Context,
        plans: &[&Plan],
        special: &[usize],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Vec<(BootstrapKey, KeyRequest)>, InferError> {
        let mut keys = bootstrap_keys(context, plans)?;
        let all = KeyRequest::full(context).special;
        let mut wanted: BTreeSet<(usize, BootstrapKey)> = BTreeSet::new();
        let nodes = self.lowered().graph().nodes().len();
        for (at, (id, _)) in self.lowered().graph().iter().enumerate() {
            if let Some(layer) = self.layer_keys(id)? {
                let below = layer.level.saturating_sub(1);
                let rotation = |level| move |k: &usize| (level, BootstrapKey::Rotation(*k));
                wanted.extend(layer.rotations.iter().map(rotation(layer.level)));
                wanted.extend(layer.folds.iter().map(rotation(below)));
                if layer.conjugates {
                    wanted.insert((below, BootstrapKey::Conjugation));
                }
            }
            progress(at + 1, nodes);
        }
        for (level, key) in wanted {
            let request = KeyRequest {
                level: Level::new(level as u64)?,
                special: special.get(level).map_or(all, |special| *special),
            };
            request.check(context)?;
            if !keys.contains(&(key, request)) {
                keys.push((key, request));
            }
        }
        Ok(keys)
    }
}
