//! Maps by channel of sums moved back into what is summed.

use super::map::Map;
use crate::nn::{Builder, Graph, GraphError, Node, NodeId, Op, Tensor, pass::copied};

/// The network with scale·(x + y) + shift as (scale·x + shift) + scale·y, wherever nothing else takes the sum.
pub(super) fn backward(graph: &Graph) -> Result<Graph, GraphError> {
    let mut graph = graph.clone();
    // A summand may be a sum too; each round moves maps to earlier nodes.
    loop {
        let moved = moved(&graph);
        if moved.iter().all(Option::is_none) {
            return Ok(graph);
        }
        graph = round(&graph, &moved)?;
    }
}

/// The maps that go into each sum, and the nodes that they are taken from.
fn moved(graph: &Graph) -> Vec<Option<(NodeId, Map)>> {
    let uses = graph.uses();
    let mut moved = vec![None; uses.len()];
    for (id, node) in graph.iter() {
        if let (Op::Affine { scale, shift }, &[x]) = (node.op(), node.inputs()) {
            let sum = graph.node(x);
            let mut summands = sum.inputs().iter().map(|y| graph.node(*y).shape());
            let fits = matches!(sum.op(), Op::Add) && summands.all(|s| s == sum.shape());
            if fits && uses[x.index()] == 1 {
                moved[x.index()] = Some((id, Map::of(scale, shift)));
            }
        }
    }
    moved
}

fn round(graph: &Graph, moved: &[Option<(NodeId, Map)>]) -> Result<Graph, GraphError> {
    let uses = graph.uses();
    let gone: Vec<NodeId> = moved.iter().flatten().map(|(id, _)| *id).collect();
    graph.rewrite(|builder, id, inputs| {
        if gone.contains(&id) {
            return Ok(inputs[0]);
        }
        let Some((_, map)) = &moved[id.index()] else {
            return copied(graph, builder, id, inputs);
        };
        let node = graph.node(id);
        let free = |k: usize| {
            let summand = node.inputs()[k];
            (graph.node(summand), uses[summand.index()])
        };
        // One of both takes the shifts: a constant, or else a layer that has a bias.
        let shifted = usize::from(rank(free(1)) > rank(free(0)));
        let mut summands = vec![];
        for (k, &x) in inputs.iter().enumerate() {
            let map = match k == shifted {
                true => map.clone(),
                false => map.factors(),
            };
            let name = format!("{}.{k}", node.name());
            summands.push(mapped(builder, &name, node.inputs()[k], graph, x, &map)?);
        }
        builder.push(node.name(), Op::Add, &summands)
    })
}

/// How well a summand takes a shift.
fn rank((node, uses): (&Node, usize)) -> usize {
    match node.op() {
        Op::Constant(_) => 3,
        Op::Conv2d { .. } | Op::Linear { .. } | Op::Add if uses == 1 => 2,
        Op::Affine { .. } if uses == 1 => 1,
        _ => 0,
    }
}

/// A summand under a map: numbers of a constant, or a node of its own.
fn mapped(
    builder: &mut Builder,
    name: &str,
    old: NodeId,
    graph: &Graph,
    x: NodeId,
    map: &Map,
) -> Result<NodeId, GraphError> {
    if !map.has_factors() && !map.has_shifts() {
        return Ok(x);
    }
    let Op::Constant(value) = graph.node(old).op() else {
        return builder.push(name, map.op()?, &[x]);
    };
    let each = value.values().len() / map.0.len().max(1);
    let channels = value.values().chunks(each.max(1)).zip(&map.0);
    let values = channels.flat_map(|(channel, [scale, shift])| {
        channel
            .iter()
            .map(move |&v| (f64::from(v) * scale + shift) as f32)
    });
    let values = Tensor::new(value.shape().clone(), values.collect::<Vec<_>>())?;
    builder.push(name, Op::Constant(values), &[])
}
