//! Batch norms as part of the layers before them.

use super::copied;
use crate::nn::{Graph, GraphError, NodeId, Op, Tensor};

/// The network with each `scale·x + shift` by channel folded into the convolution, linear layer or other such node before
/// it, where nothing else takes that one's result. Products are formed in f64 and rounded to f32 once.
///
/// ```
/// use equiripple::nn::{arch::Architecture, pass};
/// let net = "resnet20".parse::<Architecture>()?.random(1)?;
/// let folded = pass::fold_affine(&net)?;
/// assert!(folded.nodes().iter().all(|node| node.op().name() != "batch norm"));
/// # Ok::<(), equiripple::nn::arch::ArchError>(())
/// ```
///
/// # Errors
/// When a product is beyond f32.
pub fn fold_affine(graph: &Graph) -> Result<Graph, GraphError> {
    let absorbed = absorbed(graph);
    graph.rewrite(|builder, id, inputs| {
        if absorbed[id.index()] {
            // The node before has it in its weights.
            return Ok(inputs[0]);
        }
        let chain = followers(graph, &absorbed, id);
        if chain.is_empty() {
            return copied(graph, builder, id, inputs);
        }
        let node = graph.node(id);
        builder.push(node.name(), folded(node.op(), &chain)?, inputs)
    })
}

/// Whether each node is folded into the one before it.
pub(in crate::nn) fn absorbed(graph: &Graph) -> Vec<bool> {
    let uses = graph.uses();
    let mut absorbed = vec![false; uses.len()];
    for (id, node) in graph.iter() {
        let (Op::Affine { .. }, [before]) = (node.op(), node.inputs()) else {
            continue;
        };
        let layer = graph.node(*before);
        absorbed[id.index()] = uses[before.index()] == 1
            && match layer.op() {
                Op::Conv2d { .. } | Op::Affine { .. } => true,
                // The channels of an array with more axes are not those of the linear layer.
                Op::Linear { .. } => layer.shape().axes().len() == 1,
                _ => false,
            };
    }
    absorbed
}

/// The factors and shifts of all nodes that are folded into one.
fn followers<'g>(graph: &'g Graph, absorbed: &[bool], id: NodeId) -> Vec<[&'g Tensor; 2]> {
    let mut chain = vec![];
    let mut last = id;
    // The only node that takes the last one's result is a later one.
    for (next, node) in graph.iter().skip(id.index() + 1) {
        if let (true, Op::Affine { scale, shift }) = (absorbed[next.index()], node.op())
            && node.inputs() == [last]
        {
            chain.push([scale, shift]);
            last = next;
        }
    }
    chain
}

/// The operation with the affine maps after it.
fn folded(op: &Op, chain: &[[&Tensor; 2]]) -> Result<Op, GraphError> {
    let at = |list: &Tensor, k: usize| f64::from(list.values()[k]);
    // For each channel, y = scale·x + shift of the whole chain.
    let whole = |k: usize| {
        chain.iter().fold((1.0, 0.0), |(a, b), [scale, shift]| {
            let s = at(scale, k);
            (a * s, b * s + at(shift, k))
        })
    };
    let weighted = |weight: &Tensor| {
        let channels = weight.shape().axes()[0];
        let each = weight.values().len() / channels;
        let values = weight
            .values()
            .chunks(each)
            .enumerate()
            .flat_map(|(k, row)| {
                let scale = whole(k).0;
                row.iter().map(move |&w| (f64::from(w) * scale) as f32)
            });
        Tensor::new(weight.shape().clone(), values.collect::<Vec<_>>())
    };
    let shifted = |bias: Option<&Tensor>, channels: usize| {
        let value = |k: usize| {
            let (scale, shift) = whole(k);
            (bias.map_or(0.0, |b| at(b, k)) * scale + shift) as f32
        };
        Tensor::list((0..channels).map(value).collect::<Vec<_>>())
    };
    Ok(match op {
        Op::Conv2d {
            weight,
            bias,
            window,
            groups,
        } => Op::Conv2d {
            weight: weighted(weight)?,
            bias: Some(shifted(bias.as_ref(), weight.shape().axes()[0])?),
            window: *window,
            groups: *groups,
        },
        Op::Linear { weight, bias } => Op::Linear {
            weight: weighted(weight)?,
            bias: Some(shifted(bias.as_ref(), weight.shape().axes()[0])?),
        },
        Op::Affine { scale, shift } => Op::Affine {
            scale: weighted(scale)?,
            shift: shifted(Some(shift), shift.values().len())?,
        },
        other => other.clone(),
    })
}
