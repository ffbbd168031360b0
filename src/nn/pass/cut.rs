//! A part of a network as a network of its own.

use crate::nn::{Builder, Graph, GraphError, NodeId, Op};

/// The network from the result of one node to that of another: it takes the first one's result as its images.
///
/// ```
/// use equiripple::nn::{arch::Architecture, pass};
/// let net = "squeezenet1_1".parse::<Architecture>()?.with_image([227, 227]).random(1)?;
/// let at = |name| net.find(name).unwrap_or(net.input());
/// let fire = pass::cut(&net, at("features.2"), at("features.3.concat"))?;
/// assert_eq!(fire.node(fire.input()).shape().axes(), [64, 56, 56]);
/// assert_eq!(fire.node(fire.output()).shape().axes(), [128, 56, 56]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`GraphError::Cut`] when the second one needs more than the result of the first.
pub fn cut(graph: &Graph, from: NodeId, to: NodeId) -> Result<Graph, GraphError> {
    let mut needed = vec![false; graph.nodes().len()];
    needed[to.index()] = true;
    let backward: Vec<_> = graph.iter().collect();
    for (id, node) in backward.into_iter().rev() {
        if needed[id.index()] && id != from {
            for input in node.inputs() {
                needed[input.index()] = true;
            }
        }
    }
    let name = |id| graph.node(id).name().to_string();
    let refused = || GraphError::Cut {
        from: name(from),
        to: name(to),
    };
    let mut builder = Builder::new(graph.name(), graph.node(from).shape().clone());
    let mut images: Vec<Option<NodeId>> = vec![None; needed.len()];
    images[from.index()] = Some(builder.input());
    for (id, node) in graph.iter() {
        if !needed[id.index()] || id == from {
            continue;
        }
        if matches!(node.op(), Op::Input) {
            return Err(refused());
        }
        let inputs = node.inputs().iter();
        let inputs: Option<Vec<NodeId>> = inputs.map(|input| images[input.index()]).collect();
        let inputs = inputs.ok_or_else(refused)?;
        images[id.index()] = Some(builder.push(node.name(), node.op().clone(), &inputs)?);
    }
    builder.build(images[to.index()].ok_or_else(refused)?)
}
