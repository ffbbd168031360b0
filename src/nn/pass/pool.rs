//! Other poolings in place of max-pool, which is no polynomial.

use super::copied;
use crate::nn::{Graph, GraphError, Node, NodeId, Op, Polynomial, Window};

/// What is put in place of a max-pool.
#[derive(Debug, Clone)]
pub enum Pooling {
    /// max(a, b) = b + r(a − b) on pairs, r a stand-in of ReLU.
    Polynomial(Polynomial),
    /// The mean of each window, elements of the padding not counted.
    Average,
    /// The pixel in the middle of each window, below and right of it where the kernel is even.
    Strided,
}

/// The network with the poolings that `replacement` gives; where it gives none, max-pools stay.
///
/// # Errors
/// What `replacement` answers; a polynomial whose range is not positive; a window whose middle lies outside of the image.
pub fn replace_max_pools<E: From<GraphError>>(
    graph: &Graph,
    mut replacement: impl FnMut(NodeId, &Window) -> Result<Option<Pooling>, E>,
) -> Result<Graph, E> {
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        let Op::MaxPool { window, by: None } = node.op() else {
            return Ok(copied(graph, builder, id, inputs)?);
        };
        let window = *window;
        let op = match replacement(id, &window)? {
            None => node.op().clone(),
            Some(Pooling::Polynomial(by)) => Op::MaxPool {
                window,
                by: Some(by),
            },
            Some(Pooling::Average) => Op::AveragePool {
                window,
                count_padding: false,
            },
            Some(Pooling::Strided) => {
                let rows = builder.push(
                    &format!("{}.rows", node.name()),
                    middles(node, &window, 0)?,
                    inputs,
                )?;
                let columns = middles(node, &window, 1)?;
                return Ok(builder.push(node.name(), columns, &[rows])?);
            }
        };
        Ok(builder.push(node.name(), op, inputs)?)
    })
}

/// The slice that takes the middle of each window along height or width.
fn middles(node: &Node, window: &Window, axis: usize) -> Result<Op, GraphError> {
    let windows = node.shape().axes()[axis + 1];
    let middle = window.kernel[axis] / 2 * window.dilation[axis];
    let Some(start) = middle.checked_sub(window.before[axis]) else {
        return Err(GraphError::Inputs {
            node: node.name().into(),
            op: "strided pool",
            needed: "a padding of half the kernel at most".into(),
            found: vec![node.shape().clone()],
        });
    };
    Ok(Op::Slice {
        axis: axis + 1,
        start,
        end: start + (windows - 1) * window.stride[axis] + 1,
        step: window.stride[axis],
    })
}
