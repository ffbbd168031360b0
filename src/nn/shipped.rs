//! Networks that the project trained itself and carries with it.
//!
//! | name | what |
//! | --- | --- |
//! | `resnet20-cifar10-relu` | ResNet-20 for CIFAR-10, trained from scratch |
//! | `resnet20-cifar10-square` | its student with norm and square before each convolution |
//! | `convnet-figures-square` | three convolutions, for the synthetic figures of the demo |
//!
//! The weights are rounded to f16. A record beside each says how it was made: settings, data, versions and result of
//! `python -m equiripple.train`.

use super::{
    Graph, Weights,
    arch::{ArchError, Architecture},
    pass,
};

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// What it is called in place of a file.
    pub name: &'static str,
    /// How it was made, as JSON.
    pub record: &'static str,
    architecture: &'static str,
    /// Whether it has quadratics in place of ReLU.
    quadratic: bool,
    weights: &'static [u8],
}

macro_rules! shipped {
    ($name:literal, $architecture:literal, $quadratic:literal) => {
        Shipped {
            name: $name,
            record: include_str!(concat!("../data/networks/", $name, ".json")),
            architecture: $architecture,
            quadratic: $quadratic,
            weights: include_bytes!(concat!("../data/networks/", $name, ".safetensors")),
        }
    };
}

/// All of them.
pub const ALL: &[Shipped] = &[
    shipped!("resnet20-cifar10-relu", "resnet20", false),
    shipped!("resnet20-cifar10-square", "resnet20", true),
    shipped!("convnet-figures-square", "convnet", true),
];

/// The network of that name, if there is one.
///
/// ```
/// use equiripple::nn::shipped;
/// let resnet = shipped::find("resnet20-cifar10-relu").ok_or("it is there")?.network()?;
/// assert_eq!(resnet.parameters(), 269_722);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn find(name: &str) -> Option<&'static Shipped> {
    ALL.iter().find(|shipped| shipped.name == name)
}

impl Shipped {
    /// Reads it. Quadratics are folded to pure squares.
    ///
    /// # Errors
    /// None but of a damaged program.
    pub fn network(&self) -> Result<Graph, ArchError> {
        let weights = Weights::from_bytes(self.name, self.weights.to_vec()).map_err(|reason| {
            ArchError::Shipped {
                name: self.name,
                reason,
            }
        })?;
        let graph = self.architecture.parse::<Architecture>()?.load(&weights)?;
        Ok(match self.quadratic {
            true => pass::fold_squares(&graph)?,
            false => graph,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::nn::depth::depths;
    use sha2::{Digest, Sha256};

    #[test]
    fn records_are_of_the_weights() {
        for shipped in ALL {
            assert!(shipped.weights.len() <= 1 << 20, "{}", shipped.name);
            let record: serde_json::Value = serde_json::from_str(shipped.record).unwrap();
            let recorded = record["weights"]["model-f16.safetensors"].as_str().unwrap();
            let hash = Sha256::digest(shipped.weights);
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, recorded, "{}", shipped.name);
            assert_eq!(record["settings"]["architecture"], shipped.architecture);
            let depths = depths(&shipped.network().unwrap()).unwrap();
            assert_eq!(
                depths.missing.is_empty(),
                shipped.quadratic,
                "{}",
                shipped.name
            );
        }
    }
}
