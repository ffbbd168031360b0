//! Other functions in place of activations.

use super::copied;
use crate::nn::{Activation, Graph, GraphError, NodeId, Op};

/// The network with the activations that `replacement` gives; where it gives none, they stay.
///
/// ```
/// use equiripple::nn::{Activation, Graph, GraphError, arch::Architecture, pass};
/// let net = "resnet20".parse::<Architecture>()?.random(1)?;
/// let quadratic = Activation::Quadratic { a: 0.25, b: 0.5, c: 0.125 };
/// let replaced: Result<Graph, GraphError> =
///     pass::replace_activations(&net, |_, relu| Ok(matches!(relu, Activation::Relu).then(|| quadratic.clone())));
/// assert_eq!(replaced?.nodes()[3].op().name(), "quadratic");
/// # Ok::<(), equiripple::nn::arch::ArchError>(())
/// ```
///
/// # Errors
/// What `replacement` answers; a polynomial whose range is not positive.
pub fn replace_activations<E: From<GraphError>>(
    graph: &Graph,
    mut replacement: impl FnMut(NodeId, &Activation) -> Result<Option<Activation>, E>,
) -> Result<Graph, E> {
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        if let Op::Activation(activation) = node.op()
            && let Some(other) = replacement(id, activation)?
        {
            return Ok(builder.push(node.name(), Op::Activation(other), inputs)?);
        }
        Ok(copied(graph, builder, id, inputs)?)
    })
}
