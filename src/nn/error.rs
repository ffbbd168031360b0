//! What makes an array or a graph no network.

use super::{MAX_ELEMENTS, Shape};
use thiserror::Error;

/// Why an array or a node is refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// Not as many numbers as the shape says.
    #[error("{found} numbers where the shape {shape} needs {}", needed(shape))]
    Count {
        /// Shape that was given.
        shape: Shape,
        /// Numbers that were given.
        found: usize,
    },
    /// A weight that is infinite or not a number.
    #[error("element {index} of an array of {shape} is {value}: weights must be finite")]
    NotFinite {
        /// Shape of the array.
        shape: Shape,
        /// Index of the element, the last axis fastest.
        index: usize,
        /// The element.
        value: f32,
    },
    /// Inputs that the operation does not take.
    #[error(
        "node `{node}` ({op}) needs {needed}; its inputs are {}",
        listed(found)
    )]
    Inputs {
        /// Name of the node.
        node: String,
        /// Name of the operation.
        op: &'static str,
        /// What it takes.
        needed: String,
        /// Shapes that were given.
        found: Vec<Shape>,
    },
    /// An input that is no earlier node.
    #[error("node `{node}` takes the result of node {input}, of {nodes} nodes before it")]
    Unknown {
        /// Name of the node.
        node: String,
        /// Index that was given.
        input: usize,
        /// Nodes that exist.
        nodes: usize,
    },
    /// A result that is empty, or too large to compute with.
    #[error("node `{node}` would be {shape}: a result has from 1 to {MAX_ELEMENTS} elements")]
    Size {
        /// Name of the node.
        node: String,
        /// Its shape.
        shape: Shape,
    },
    /// A part of a network that takes more than it begins with.
    #[error(
        "`{to}` needs more than the result of `{from}`: begin at a node that all ways to it go through"
    )]
    Cut {
        /// Where the part begins.
        from: String,
        /// Where it ends.
        to: String,
    },
    /// Two nodes of one name.
    #[error("two nodes are called `{0}`: give each a name of its own")]
    Duplicate(String),
}

fn needed(shape: &Shape) -> String {
    let elements = shape.elements();
    elements.map_or_else(|| "more than fit in memory".into(), |n| n.to_string())
}

fn listed(shapes: &[Shape]) -> String {
    let texts: Vec<String> = shapes.iter().map(Shape::to_string).collect();
    match texts.is_empty() {
        true => "none".into(),
        false => texts.join(", "),
    }
}
