//! Networks as files of their own, `net.eqr`: a safetensors file whose header also holds the graph.
//!
//! The text `equiripple.network` of the header is JSON: a version, the shape of an image, the coefficient tables, and the
//! nodes with their inputs by position. The arrays of a node are tensors under its name: `.weight`, `.bias`, `.scale`,
//! `.shift`, `.value`. An array is stored as f16 where that loses nothing, and as f32 otherwise, so a network that is
//! read is the one that was written.

mod error;
mod stored;

pub use error::FileError;

use super::{Builder, Graph, GraphError, NodeId, Shape, Tensor, Weights};
use equiripple_approx::coeffs::CoefficientTable;
use equiripple_reports::write::write_atomic;
use half::f16;
use safetensors::{Dtype, tensor::TensorView};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, path::Path, sync::Arc};
use stored::{Stored, Tables};

/// The version that is written; no other is read.
pub const VERSION: u32 = 1;

/// Where the header has the graph.
const KEY: &str = "equiripple.network";

/// The graph as it is in the header.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    name: String,
    input: Shape,
    nodes: Vec<Entry>,
    output: usize,
    tables: Vec<CoefficientTable>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    inputs: Vec<usize>,
    op: Stored,
}

/// The one field that is read before the others.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Writes a network; the file is there whole, or as it was before.
///
/// # Errors
/// When the folder does not admit it, or a coefficient table is not valid.
pub fn write(path: &Path, graph: &Graph) -> Result<(), FileError> {
    Ok(write_atomic(path, &to_bytes(graph)?)?)
}

/// Reads a network.
///
/// # Errors
/// When the file does not open, is damaged, of another version or no network.
pub fn read(path: &Path) -> Result<Graph, FileError> {
    network(&Weights::open(path)?)
}

/// The contents of a network's file.
///
/// ```
/// use equiripple::nn::{Activation, Builder, Op, file};
/// let mut net = Builder::new("tiny", [3, 4, 4]);
/// let relu = net.push("relu", Op::Activation(Activation::Relu), &[net.input()])?;
/// let bytes = file::to_bytes(&net.build(relu)?)?;
/// assert_eq!(file::from_bytes("tiny.eqr", bytes)?.nodes()[1].name(), "relu");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a coefficient table is not valid.
pub fn to_bytes(graph: &Graph) -> Result<Vec<u8>, FileError> {
    let mut tables = Tables::default();
    let nodes: Vec<Entry> = graph.nodes()[1..]
        .iter()
        .map(|node| Entry {
            name: node.name().into(),
            inputs: node.inputs().iter().map(|id| id.index()).collect(),
            op: Stored::of(node.op(), &mut tables),
        })
        .collect();
    for table in &tables.0 {
        table.validate().map_err(FileError::Table)?;
    }
    let contents = Contents {
        version: VERSION,
        name: graph.name().into(),
        input: graph.node(graph.input()).shape().clone(),
        nodes,
        output: graph.output().index(),
        tables: tables.0.iter().map(|table| (**table).clone()).collect(),
    };
    let text = serde_json::to_string(&contents).map_err(FileError::Json)?;
    let arrays: Vec<(String, &Tensor)> = graph
        .nodes()
        .iter()
        .flat_map(|node| {
            let arrays = stored::arrays(node.op()).into_iter();
            arrays.map(|(part, tensor)| (format!("{}.{part}", node.name()), tensor))
        })
        .collect();
    let numbers: Vec<(Dtype, Vec<u8>)> = arrays.iter().map(|(_, t)| encoded(t.values())).collect();
    let views = arrays
        .iter()
        .zip(&numbers)
        .map(|((name, tensor), (dtype, bytes))| {
            let shape = tensor.shape().axes().to_vec();
            Ok((name.as_str(), TensorView::new(*dtype, shape, bytes)?))
        });
    let views: Vec<_> = views.collect::<Result<_, _>>().map_err(FileError::Arrays)?;
    let header = HashMap::from([(KEY.to_string(), text)]);
    safetensors::serialize(views, Some(header)).map_err(FileError::Arrays)
}

/// Reads the contents of a network's file; `origin` is what errors call it.
///
/// # Errors
/// Those of [`read`].
pub fn from_bytes(origin: &str, bytes: Vec<u8>) -> Result<Graph, FileError> {
    network(&Weights::from_bytes(origin, bytes)?)
}

/// Whether a safetensors file holds a network.
pub fn is_network(weights: &Weights) -> bool {
    weights.texts().is_some_and(|texts| texts.contains_key(KEY))
}

/// The network of a file that has been opened.
///
/// # Errors
/// When it is damaged, of another version or no network.
pub fn network(weights: &Weights) -> Result<Graph, FileError> {
    let origin = || weights.origin().to_string();
    let text = weights.texts().and_then(|texts| texts.get(KEY));
    let text = text.ok_or_else(|| FileError::NoNetwork { origin: origin() })?;
    let contents = |reason| FileError::Contents {
        origin: origin(),
        reason,
    };
    let Version { version } = serde_json::from_str(text).map_err(contents)?;
    if version != VERSION {
        return Err(FileError::Version {
            origin: origin(),
            found: version,
        });
    }
    let stored: Contents = serde_json::from_str(text).map_err(contents)?;
    let graph = |reason| FileError::Graph {
        origin: origin(),
        reason,
    };
    let tables: Vec<Arc<CoefficientTable>> = stored.tables.into_iter().map(Arc::new).collect();
    let mut builder = Builder::new(&stored.name, stored.input);
    let mut ids: Vec<NodeId> = vec![builder.input()];
    let mut arrays = 0;
    let earlier = |ids: &[NodeId], node: &str, input: usize| {
        ids.get(input).copied().ok_or_else(|| FileError::Graph {
            origin: origin(),
            reason: GraphError::Unknown {
                node: node.into(),
                input,
                nodes: ids.len(),
            },
        })
    };
    for Entry { name, inputs, op } in stored.nodes {
        let inputs: Vec<NodeId> = inputs
            .into_iter()
            .map(|input| earlier(&ids, &name, input))
            .collect::<Result<_, _>>()?;
        let mut array = |part: &str| {
            arrays += 1;
            weights.tensor(&format!("{name}.{part}"))
        };
        let op = op.restored(&tables, &mut array)?;
        let op = op.ok_or_else(|| FileError::MissingTable {
            origin: origin(),
            node: name.clone(),
            tables: tables.len(),
        })?;
        ids.push(builder.push(&name, op, &inputs).map_err(graph)?);
    }
    if arrays != weights.names().len() {
        return Err(FileError::LeftOver {
            origin: origin(),
            found: weights.names().len(),
            needed: arrays,
        });
    }
    let output = earlier(&ids, "output", stored.output)?;
    builder.build(output).map_err(graph)
}

/// The numbers as f16 where each of them is one, and as f32 otherwise.
fn encoded(values: &[f32]) -> (Dtype, Vec<u8>) {
    let halves: Option<Vec<[u8; 2]>> = values
        .iter()
        .map(|&v| {
            let half = f16::from_f32(v);
            (half.to_f32().to_bits() == v.to_bits()).then(|| half.to_le_bytes())
        })
        .collect();
    match halves {
        Some(halves) => (Dtype::F16, halves.concat()),
        None => {
            let bytes: Vec<[u8; 4]> = values.iter().map(|v| v.to_le_bytes()).collect();
            (Dtype::F32, bytes.concat())
        }
    }
}

#[cfg(test)]
mod tests;
