//! The files of the evaluation keys that a computation takes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    error::{Failure, Outcome},
    files,
    progress::Bar,
};
use crate::ckks::{
    CkksError, Context,
    keys::{BootstrapKey, EncapsulationKeys, EvaluationKey, EvaluationKeys, KeyId, KeyRequest},
    serial::{self, Kind},
};

/// Files that are there, and not read yet.
pub(super) struct KeyFiles {
    encapsulation: PathBuf,
    others: Vec<PathBuf>,
}

impl KeyFiles {
    /// For each key the smallest file that serves, whatever it is called, by their first bytes; and the pair of the ephemeral
    /// secret. `remedy` says what to do where one is missing.
    pub(super) fn find(
        folder: &Path,
        context: &Context,
        owner: KeyId,
        wanted: &[(BootstrapKey, KeyRequest)],
        remedy: &str,
    ) -> Outcome<Self> {
        let mut encapsulation = None;
        let mut found = BTreeMap::<Option<usize>, Vec<(KeyRequest, PathBuf)>>::new();
        for path in files::inside(folder)? {
            match serial::kind(&path) {
                Ok(Kind::EncapsulationKeys) => encapsulation = Some(path),
                Ok(Kind::EvaluationKey) => {
                    let head = files::at(&path, serial::evaluation_head(&path, context))?;
                    if head.key != owner {
                        return Err(Failure::Usage(format!(
                            "{} belongs to the secret {}, and the ciphertext to {owner}; give the keys that were made with the one that encrypted it",
                            path.display(),
                            head.key
                        )));
                    }
                    let files = found.entry(head.exponent).or_default();
                    files.push((head.request, path));
                }
                _ => {}
            }
        }
        let missing = |key: &str, wanted: KeyRequest| {
            Failure::Usage(format!(
                "{} holds no key for {key} that serves level {} with {} special primes; {remedy}",
                folder.display(),
                wanted.level,
                wanted.special,
            ))
        };
        let name = |key| match key {
            BootstrapKey::Relinearization => "relinearisation".into(),
            BootstrapKey::Conjugation => "conjugation".into(),
            BootstrapKey::Rotation(k) => format!("the rotation by {k}"),
        };
        let mut others = vec![];
        for (key, wanted) in wanted {
            let files = found.get(&key.exponent(context));
            let files = files.map_or(&[][..], Vec::as_slice);
            let serving = files
                .iter()
                .filter(|(has, _)| has.level >= wanted.level && has.special == wanted.special);
            let smallest = serving.min_by_key(|(has, _)| has.level);
            let (_, path) = smallest.ok_or_else(|| missing(&name(*key), *wanted))?;
            others.push(path.clone());
        }
        // One file may serve at low levels and high ones.
        others.sort();
        others.dedup();
        let encapsulation =
            encapsulation.ok_or_else(|| missing("encapsulation", KeyRequest::full(context)))?;
        Ok(Self {
            encapsulation,
            others,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// Reads them, and checks every byte.
    pub(super) fn load(self, context: &Context) -> Outcome<EvaluationKeys> {
        let bar = Bar::new(self.count() as u64, "reading keys");
        let path = &self.encapsulation;
        let pair: EncapsulationKeys = files::at(path, serial::read(path, context))?;
        let mut keys = EvaluationKeys::new(context.parameters().id(), pair.id());
        keys.set_encapsulation(pair)?;
        bar.step("reading keys");
        let read = |path: &PathBuf| {
            let key: Outcome<EvaluationKey> = files::at(path, serial::read(path, context));
            bar.step("reading keys");
            key
        };
        // Side by side: one file is checked while the residues of another are made.
        let others: Vec<_> = self.others.par_iter().map(read).collect();
        for (path, key) in self.others.iter().zip(others) {
            let added: Result<(), CkksError> = key?.add_to(&mut keys);
            files::at(path, added.map_err(Into::into))?;
        }
        Ok(keys)
    }
}
