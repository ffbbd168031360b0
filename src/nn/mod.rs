//! Networks in the clear: their graph, weights, images, plain inference, and what polynomials in place of activations do.

pub mod accuracy;
pub mod arch;
pub mod data;
pub mod depth;
pub mod design;
pub mod file;
pub mod graph;
pub mod inference;
pub mod lower;
pub mod naive;
pub mod noise;
pub mod onnx;
pub mod op;
pub mod packing;
pub mod pass;
pub mod ranges;
pub mod shape;
pub mod shipped;
pub mod tensor;
pub mod weights;
pub mod window;

mod error;
mod function;
#[cfg(test)]
mod rough;

pub use error::GraphError;
pub use function::Function;
pub use graph::{Builder, Graph, Node, NodeId};
pub use op::{Activation, Op, Polynomial};
pub use shape::{MAX_ELEMENTS, Shape};
pub use tensor::Tensor;
pub use weights::{Weights, WeightsError};
pub use window::Window;
