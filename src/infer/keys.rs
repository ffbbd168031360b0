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
use std::collections::{BTreeMap, BTreeSet};

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

/// Share of the limbs that a level must have of those of the level whose keys it takes: keys for more limbs take more
/// memory, and keys of their own as much memory again.
const SHARED: f64 = 0.7;

/// For each level the one that its keys are made for: the highest of those that share them.
fn shared_levels(levels: BTreeSet<usize>) -> BTreeMap<usize, usize> {
    let mut shared = BTreeMap::new();
    let mut top: Option<usize> = None;
    for level in levels.into_iter().rev() {
        let near = |top: &usize| (level + 1) as f64 > SHARED * (top + 1) as f64;
        let own = top.filter(near).unwrap_or(level);
        top = Some(own);
        shared.insert(level, own);
    }
    shared
}

impl Program<'_> {
    /// Where linear layers rotate: the levels where they start, and those below.
    fn levels(&self) -> BTreeSet<usize> {
        let nodes = self.lowered().graph().iter().zip(self.lowered().stages());
        let linear = nodes.filter(|(_, stage)| matches!(stage, Stage::Linear(_)));
        let places = linear.filter_map(|((id, _), _)| self.place(id));
        places
            .flat_map(|place| [place.level, place.level.saturating_sub(1)])
            .collect()
    }

    /// The rotations of a linear node; none of others.
    ///
    /// # Errors
    /// None that a network could cause.
    pub fn layer_keys(&self, id: NodeId) -> Result<Option<LayerKeys>, InferError> {
        let (Stage::Linear(_), Some(place)) =
            (&self.lowered().stages()[id.index()], self.place(id))
        else {
            return Ok(None);
        };
        let mut keys = LayerKeys {
            level: place.level,
            rotations: BTreeSet::new(),
            folds: BTreeSet::new(),
            conjugates: false,
        };
        let folds = self.lowered().tiling(id).folds();
        keys.folds.extend(folds.iter().map(|k| *k as usize));
        for transform in self.lowered().transforms(id) {
            let matrix = transform.pattern()?;
            keys.rotations.extend(matrix.rotations());
            keys.conjugates |= matrix.conjugates();
        }
        Ok(Some(keys))
    }

    /// The evaluation keys of all layers, and of the bootstraps by these plans, each once; layers at levels near to each other
    /// share them. `special` says how many special primes those of layers have, by level.
    ///
    /// # Errors
    /// When the parameters have no such keys.
    pub fn keys(
        &self,
        context: &Context,
        plans: &[&Plan],
        special: &[usize],
    ) -> Result<Vec<(BootstrapKey, KeyRequest)>, InferError> {
        let mut keys = bootstrap_keys(context, plans)?;
        let shared = shared_levels(self.levels());
        let all = KeyRequest::full(context).special;
        let mut wanted: BTreeSet<(usize, BootstrapKey)> = BTreeSet::new();
        for (id, _) in self.lowered().graph().iter() {
            if let Some(layer) = self.layer_keys(id)? {
                let below = layer.level.saturating_sub(1);
                let rotation = |level| move |k: &usize| (level, BootstrapKey::Rotation(*k));
                wanted.extend(layer.rotations.iter().map(rotation(layer.level)));
                wanted.extend(layer.folds.iter().map(rotation(below)));
                if layer.conjugates {
                    wanted.insert((below, BootstrapKey::Conjugation));
                }
            }
        }
        let wanted = wanted
            .into_iter()
            .map(|(level, key)| (shared.get(&level).copied().unwrap_or(level), key));
        for (level, key) in wanted.collect::<BTreeSet<_>>() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_levels_share_keys() {
        let shared = shared_levels([1, 2, 3, 4, 8, 9, 10, 15, 16].into());
        let wanted = [
            (1, 1),
            (2, 2),
            (3, 4),
            (4, 4),
            (8, 10),
            (9, 10),
            (10, 10),
            (15, 16),
            (16, 16),
        ];
        assert_eq!(shared, wanted.into());
    }
}
