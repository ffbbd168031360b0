//! Results of layers on disk, so that a run that was cut off goes on.

use std::{
    fs,
    path::{Path, PathBuf},
};

use equiripple_reports::write::write_atomic;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    ckks::{Ciphertext, Context, serial},
    cli::{
        error::{Failure, Outcome, warn},
        files,
    },
    nn::NodeId,
};

/// What a folder belongs to.
const JOB: &str = "job.sha256";

/// A folder of ciphertexts and answers. Files are written whole or not at all, and ciphertexts carry a checksum.
pub(super) struct Store(PathBuf);

impl Store {
    /// The folder of a job, which is all that its answers depend on; refused where it is another's.
    pub(super) fn open(folder: &Path, job: &[&[u8]]) -> Outcome<Self> {
        let digest = digest(job);
        files::at(folder, fs::create_dir_all(folder).map_err(Into::into))?;
        let path = folder.join(JOB);
        match fs::read_to_string(&path) {
            Ok(found) if found.trim() != digest => Err(Failure::Usage(format!(
                "{} holds layers of another run: of another network, other parameters, images or seed; take another --out, or remove that folder",
                folder.display()
            ))),
            Ok(_) => Ok(Self(folder.to_path_buf())),
            Err(_) => {
                write_atomic(&path, digest.as_bytes())?;
                Ok(Self(folder.to_path_buf()))
            }
        }
    }

    fn layer(&self, image: u64, node: NodeId, part: usize) -> PathBuf {
        self.0.join(format!("{image}-{}-{part}.ct", node.index()))
    }

    fn answer(&self, image: u64) -> PathBuf {
        self.0.join(format!("{image}.json"))
    }

    /// Whether there is a result of the node.
    pub(super) fn has(&self, image: u64, node: NodeId) -> bool {
        self.layer(image, node, 0).is_file()
    }

    /// Keeps the result of a node. The first ciphertext is written last: where it is, all are.
    pub(super) fn keep(
        &self,
        image: u64,
        node: NodeId,
        result: &[Ciphertext],
        context: &Context,
    ) -> Outcome<()> {
        for (part, one) in result.iter().enumerate().rev() {
            let path = self.layer(image, node, part);
            files::at(&path, serial::write(&path, one, context))?;
        }
        Ok(())
    }

    /// The result of a node; nothing, and a warning, where it is damaged.
    pub(super) fn load(
        &self,
        image: u64,
        node: NodeId,
        context: &Context,
    ) -> Option<Vec<Ciphertext>> {
        let mut result = vec![];
        loop {
            let path = self.layer(image, node, result.len());
            if !path.is_file() {
                break;
            }
            match serial::read(&path, context) {
                Ok(one) => result.push(one),
                Err(error) => {
                    warn(&format!(
                        "{}: {error}; going on from the layer before it",
                        path.display()
                    ));
                    return None;
                }
            }
        }
        (!result.is_empty()).then_some(result)
    }

    /// SHA-256 of the files of a result, which some nodes hold.
    pub(super) fn digest(&self, image: u64, nodes: &[NodeId]) -> Outcome<String> {
        let mut hash = Sha256::new();
        for node in nodes {
            let parts = (0..).map(|part| self.layer(image, *node, part));
            for path in parts.take_while(|path| path.is_file()) {
                hash.update(fs::read(path)?);
            }
        }
        Ok(hex(&hash.finalize()))
    }

    /// Keeps what came of an image, in place of its layers but the last.
    pub(super) fn finish(
        &self,
        image: u64,
        outputs: &[NodeId],
        answer: &impl Serialize,
    ) -> Outcome<()> {
        write_atomic(&self.answer(image), &serde_json::to_vec(answer)?)?;
        let begins = format!("{image}-");
        let each = outputs.iter();
        let last: Vec<String> = each.map(|id| format!("{image}-{}-", id.index())).collect();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&begins) && !last.iter().any(|last| name.starts_with(last)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes all of it, once what came of it is elsewhere.
    pub(super) fn remove(self) -> Outcome<()> {
        files::at(&self.0, fs::remove_dir_all(&self.0).map_err(Into::into))
    }

    /// What came of an image.
    pub(super) fn finished<T: DeserializeOwned>(&self, image: u64) -> Option<T> {
        let bytes = fs::read(self.answer(image)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// SHA-256 of parts, each with its length before it.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
