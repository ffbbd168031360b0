//! What keys are made for: a file beside them, so that whoever encrypts or decrypts needs no network, and whoever computes
//! puts the same polynomials into the network they have.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    network::{Network, program_digest},
    stand_ins::StandIns,
    store::digest,
};
use crate::{
    ckks::{Ciphertexts, Parameters, keys::KeyId},
    cli::{
        error::{Failure, Outcome},
        output,
    },
    infer::Program,
    nn::{
        Graph, Shape,
        data::Preprocessing,
        file,
        lower::{Packing, Reading},
    },
};

/// Name of the file.
pub(super) const NETWORK: &str = "network.json";
/// The version that is written; no other is read.
const SCHEMA: u32 = 1;

/// A network as a client and a server share it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Version of the program that made the keys.
    pub(super) version: String,
    /// Public name of the secret.
    pub(super) key: String,
    /// Name of the network.
    pub(super) network: String,
    /// Of the network as it was given, batch norms in its layers.
    pub(super) network_sha256: String,
    /// Of the network on polynomials, B of its quadratics and the parameters.
    pub(super) program_sha256: String,
    /// Name of the parameters.
    pub(super) set: String,
    pub(super) stand_ins: StandIns,
    pub(super) preprocessing: Preprocessing,
    /// Names of the classes; none where they are not known.
    pub(super) classes: Vec<String>,
    pub(super) interface: Interface,
    /// Fewest slots of a bootstrap.
    pub(super) bootstrap_slots: usize,
}

/// What goes to the server and comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interface {
    /// Of an image, after preprocessing.
    pub(super) image: Shape,
    /// The level of fresh ciphertexts.
    pub(super) input_level: usize,
    pub(super) input: Packing,
    /// The level of the result.
    pub(super) output_level: usize,
    pub(super) output: Reading,
}

/// The file: the description, and the SHA-256 of its shortest JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    sha256: String,
    description: Description,
}

/// The one field that is read before the others.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

impl Interface {
    pub(super) fn new(program: &Program<'_>) -> Self {
        let lowered = program.lowered();
        let graph = lowered.graph();
        Self {
            image: graph.node(graph.input()).shape().clone(),
            input_level: program.top(),
            input: lowered.packing(),
            output_level: program.result_level(),
            output: lowered.reading(),
        }
    }

    /// Refuses what is no encrypted image.
    pub(super) fn check_input(&self, path: &Path, found: &Ciphertexts) -> Outcome<()> {
        let need = (
            self.input.ciphertexts(),
            self.input.slots(),
            self.input_level,
        );
        check_form(path, found, need, "this network's images", "infer encrypt")
    }

    /// Refuses what is no encrypted result.
    pub(super) fn check_output(&self, path: &Path, found: &Ciphertexts) -> Outcome<()> {
        let need = (
            self.output.ciphertexts(),
            self.output.slots(),
            self.output_level,
        );
        check_form(path, found, need, "this network's results", "infer serve")
    }
}

/// Refuses another number of ciphertexts, of slots, or another level.
fn check_form(
    path: &Path,
    found: &Ciphertexts,
    need: (usize, usize, usize),
    whose: &str,
    maker: &str,
) -> Outcome<()> {
    let all = found.as_slice();
    let form = |(ciphertexts, slots, level)| {
        let s = if ciphertexts == 1 { "" } else { "s" };
        format!("{ciphertexts} ciphertext{s} of {slots} slots at level {level}")
    };
    for one in all {
        let shape = one.shape();
        let found = (all.len(), shape.slots, shape.level.get().into());
        if found != need || shape.components != 2 {
            return Err(Failure::Usage(format!(
                "{} holds {}, and {whose} are {}; give a file that `{maker}` wrote with these keys",
                path.display(),
                form(found),
                form(need)
            )));
        }
    }
    Ok(())
}

impl Description {
    /// Of keys that are made for a program.
    pub(super) fn new(network: &Network, program: &Program<'_>, key: KeyId) -> Outcome<Self> {
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").into(),
            key: key.to_string(),
            network: network.plain.name().into(),
            network_sha256: network_digest(&network.plain)?,
            program_sha256: program_digest(&network.graph, &network.ranges, &network.parameters)?,
            set: network.set.into(),
            stand_ins: network.stand_ins.clone(),
            preprocessing: network.preprocessing(),
            classes: network.classes().to_vec(),
            interface: Interface::new(program),
            bootstrap_slots: network.slots.least,
        })
    }

    /// The contents of its file.
    pub(super) fn to_json(&self) -> Outcome<String> {
        let stored = Stored {
            schema: SCHEMA,
            sha256: self.digest()?,
            description: self.clone(),
        };
        Ok(serde_json::to_string_pretty(&stored)? + "\n")
    }

    /// Reads a folder's, which `folder` is or has as the folder `part`, and says where it was.
    pub(super) fn find(folder: &Path, part: &str) -> Outcome<(PathBuf, Self)> {
        let places = [folder.to_path_buf(), folder.join(part)];
        let place = places
            .into_iter()
            .find(|place| place.join(NETWORK).is_file());
        let Some(place) = place else {
            return Err(Failure::Usage(format!(
                "there is no {NETWORK} in {folder} or {folder}/{part}; give the folder `{part}` that `equiripple infer keygen` wrote",
                folder = folder.display()
            )));
        };
        let path = place.join(NETWORK);
        let text = output::read(&path)?;
        let refused = |reason: String| Failure::Usage(format!("{}: {reason}", path.display()));
        let damaged =
            |e: serde_json::Error| refused(format!("{e}; the file is damaged: copy it again"));
        let Schema { schema } = serde_json::from_str(&text).map_err(damaged)?;
        if schema != SCHEMA {
            return Err(refused(format!(
                "schema {schema} is none that this program knows, which is {SCHEMA}; use the program that made the keys, or make them again"
            )));
        }
        let stored: Stored = serde_json::from_str(&text).map_err(damaged)?;
        if stored.sha256 != stored.description.digest()? {
            return Err(refused(
                "the contents do not match their SHA-256; the file is damaged: copy it again"
                    .into(),
            ));
        }
        Ok((place, stored.description))
    }

    fn digest(&self) -> Outcome<String> {
        Ok(digest(&[&serde_json::to_vec(self)?]))
    }

    /// Refuses keys and ciphertexts of another secret.
    pub(super) fn check_key(&self, path: &Path, found: KeyId) -> Outcome<()> {
        if found.to_string() == self.key {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} belongs to the secret {found}, and these keys, made for {}, to {}; give what was made with these keys, or the keys that it was made with",
            path.display(),
            self.network,
            self.key
        )))
    }

    /// Refuses another network.
    pub(super) fn check_network(&self, plain: &Graph) -> Outcome<()> {
        let found = network_digest(plain)?;
        if found == self.network_sha256 {
            return Ok(());
        }
        let what = if plain.name() == self.network {
            "one of other weights or layers".to_string()
        } else {
            format!("`{}`", plain.name())
        };
        Err(Failure::Usage(format!(
            "these keys are made for the network `{}` (SHA-256 {}…), and this is {what} (SHA-256 {}…); give that network, or make keys for this one by `equiripple infer keygen`",
            self.network,
            start(&self.network_sha256),
            start(&found)
        )))
    }

    /// Refuses keys for another program of the same network.
    pub(super) fn check_program(
        &self,
        digest: &str,
        program: &Program<'_>,
        parameters: &Parameters,
    ) -> Outcome<()> {
        if digest == self.program_sha256 && Interface::new(program) == self.interface {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "version {} planned {} in another way than this one, {}, does under the parameters {}; compute with that version, or make the keys again",
            self.version,
            self.network,
            env!("CARGO_PKG_VERSION"),
            parameters.id()
        )))
    }
}

/// The first digits of a digest: enough to tell two apart.
fn start(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}

fn network_digest(plain: &Graph) -> Outcome<String> {
    Ok(digest(&[&file::to_bytes(plain)?]))
}
