//! Quadratics as pure squares, which take one level and no product with a factor.
//!
//! a·x² + b·x + c = a·(x + b/2a)² + (c − b²/4a) for each channel. The shift b/2a goes back into the layers before, the
//! factor a and the constant go on into the layers after: [`complete`] splits, [`forward`] and [`backward`] move. A
//! convolution whose padding a constant does not reach takes it as a map with a number for each place.

mod backward;
mod complete;
mod forward;
mod layer;
mod map;

use super::{fold_affine, remove_identities};
use crate::nn::{Graph, GraphError};

/// The network with every quadratic as x² alone, where each of its channels has one: a ≠ 0.
///
/// A quadratic is one by what it computes: an activation, or products and sums of one result by channel such as
/// (a·x + b)·x + c. Batch norms are folded on the way. What is left of a skip path is one factor and one constant by
/// channel, beside the two convolutions that it skips, so that a residual block takes 4 levels. Computed in f64, rounded
/// to f32 at each of the moves.
///
/// ```
/// use equiripple::nn::{Activation, Builder, GraphError, Op, Tensor, depth::depths, pass};
/// let mut net = Builder::new("tiny", [2, 4, 4]);
/// let conv = |net: &mut Builder, name: &str, x| {
///     let op = Op::Conv2d {
///         weight: Tensor::new([2, 2, 3, 3], vec![0.5; 36])?,
///         bias: None,
///         window: equiripple::nn::Window::square(3, 1, 1),
///         groups: 1,
///     };
///     net.push(name, op, &[x])
/// };
/// let input = net.input();
/// let x = conv(&mut net, "first", input)?;
/// let x = net.push("act", Op::Activation(Activation::Quadratic { a: 0.2, b: 0.5, c: 0.1 }), &[x])?;
/// let x = conv(&mut net, "second", x)?;
/// let folded = pass::fold_squares(&net.build(x)?)?;
/// let names: Vec<&str> = folded.nodes().iter().map(|node| node.op().name()).collect();
/// assert_eq!(names, ["input", "convolution", "quadratic", "convolution", "constant", "add"]);
/// # Ok::<(), GraphError>(())
/// ```
///
/// # Errors
/// When a number would be beyond f32.
pub fn fold_squares(graph: &Graph) -> Result<Graph, GraphError> {
    let graph = complete::complete(&fold_affine(graph)?)?;
    let graph = backward::backward(&forward::forward(&graph)?)?;
    remove_identities(&fold_affine(&graph)?)
}
