//! Networks in the clear: their graph, weights, images, plain inference, and what polynomials in place of activations do.

pub mod graph;
pub mod inference;
pub mod op;
pub mod shape;
pub mod tensor;
pub mod window;

mod error;

pub use error::GraphError;
pub use graph::{Builder, Graph, Node, NodeId};
pub use op::{Activation, Op, Polynomial};
pub use shape::Shape;
pub use tensor::Tensor;
pub use window::Window;
