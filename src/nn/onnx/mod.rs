//! Networks from ONNX files, operator sets 9 and later.
//!
//! The model must take one array of images and give one result. A batch axis that is open is one image, and lengths that
//! depend on it are computed with that. Constants are folded; several nodes that make up one activation, such as
//! x·σ(x) or x·(1+erf(x/√2))/2, become that one. What has no counterpart is collected: [`import`] names every such node
//! and says what to do about it.

mod array;
mod call;
mod elementwise;
mod error;
mod expression;
mod fold;
mod importer;
mod layers;
mod layout;
mod proto;
mod windows;

#[cfg(test)]
mod tests;

pub use error::{OnnxError, Problem};

use super::{Graph, Shape};
use importer::Importer;
use prost::Message;
use std::path::Path;

/// Oldest operator set that is read.
const OLDEST: i64 = 9;

/// Reads a file; `input` is the shape of one image, where the file leaves it open.
///
/// # Errors
/// When the file does not open, is damaged, or has nodes without counterpart: all of them.
pub fn import(path: &Path, input: Option<&Shape>) -> Result<Graph, OnnxError> {
    let bytes = std::fs::read(path).map_err(|reason| OnnxError::File {
        path: path.to_path_buf(),
        reason,
    })?;
    from_bytes(&path.display().to_string(), &bytes, input)
}

/// Reads the contents of a file; `origin` is what errors call it.
///
/// # Errors
/// Those of [`import`].
pub fn from_bytes(origin: &str, bytes: &[u8], input: Option<&Shape>) -> Result<Graph, OnnxError> {
    let model = proto::Model::decode(bytes).map_err(|reason| OnnxError::Format {
        origin: origin.into(),
        reason,
    })?;
    let wrong = |problem: String, remedy: &str| OnnxError::Model {
        origin: origin.into(),
        problem,
        remedy: remedy.into(),
    };
    let own = |domain: &str| domain.is_empty() || domain == "ai.onnx";
    let opset = model.opset_import.iter().find(|o| own(&o.domain));
    let opset = opset.map_or(1, |o| o.version);
    if opset < OLDEST {
        return Err(wrong(
            format!("it uses operator set {opset}, and {OLDEST} is the oldest that is read"),
            "convert it with `onnx.version_converter`",
        ));
    }
    let Some(graph) = &model.graph else {
        return Err(wrong("it has no graph".into(), "export it again"));
    };
    let weights: Vec<&str> = graph.initializer.iter().map(|t| t.name.as_str()).collect();
    let mut inputs = graph
        .input
        .iter()
        .filter(|i| !weights.contains(&i.name.as_str()));
    let (Some(images), None) = (inputs.next(), inputs.next()) else {
        let names: Vec<&str> = graph.input.iter().map(|i| i.name.as_str()).collect();
        return Err(wrong(
            format!("its inputs are {names:?}, and one array of images is taken"),
            "export the network that takes the images alone",
        ));
    };
    let [output] = graph.output.as_slice() else {
        let names: Vec<&str> = graph.output.iter().map(|o| o.name.as_str()).collect();
        return Err(wrong(
            format!("its outputs are {names:?}, and one is taken"),
            "export the output that classifies alone",
        ));
    };
    let shape = shape_of(images, input).map_err(|(problem, remedy)| wrong(problem, remedy))?;
    let name = match graph.name.as_str() {
        "" => origin,
        name => name,
    };
    let mut importer = Importer::new(name, (&images.name, shape), opset);
    for tensor in &graph.initializer {
        importer.initializer(tensor);
    }
    for node in &graph.node {
        importer.node(node);
    }
    importer
        .finish(&output.name)
        .map_err(|problems| OnnxError::Nodes {
            origin: origin.into(),
            problems,
        })
}

/// Shape of one image, without the batch axis.
fn shape_of(
    images: &proto::ValueInfo,
    given: Option<&Shape>,
) -> Result<Shape, (String, &'static str)> {
    let name = &images.name;
    let tensor = images.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let dims = tensor.and_then(|t| t.shape.as_ref()).map(|s| &s.dim);
    // A length that is not positive is open, as one without a value is.
    let lengths: Vec<Option<usize>> = dims
        .into_iter()
        .flatten()
        .map(|d| d.dim_value.and_then(|n| usize::try_from(n).ok()))
        .map(|n| n.filter(|&n| n > 0))
        .collect();
    let Some((batch, axes)) = lengths.split_first() else {
        return given.cloned().ok_or_else(|| {
            let problem = format!("its input `{name}` has no shape");
            (
                problem,
                "give the shape of an image by --input, as in 3x224x224",
            )
        });
    };
    if batch.is_some_and(|n| n != 1) {
        return Err((
            format!(
                "its input `{name}` takes {} images at once",
                batch.unwrap_or(0)
            ),
            "export it for one image, or with an open batch axis",
        ));
    }
    let shape: Option<Vec<usize>> = axes.iter().copied().collect();
    let shape = match (shape.map(Shape::from), given) {
        (Some(own), Some(given)) if own != *given => {
            return Err((
                format!("its images are {own}, and {given} was given"),
                "leave out --input, or export the model for other images",
            ));
        }
        (None, Some(given)) => given.clone(),
        (Some(own), _) => own,
        (None, None) => {
            return Err((
                format!("the size of its images `{name}` is open"),
                "give it by --input, as in 3x224x224",
            ));
        }
    };
    match shape.is_computable() {
        true => Ok(shape),
        false => Err((
            format!("its images are {shape}"),
            "export it for images that fit in memory",
        )),
    }
}
