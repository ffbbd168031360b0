//! Maps by channel moved on into the layers that take them.

use super::{layer::taken, map::Map};
use crate::nn::{Builder, Graph, GraphError, Node, NodeId, Op, pass::copied};

/// The network without maps by channel but where no layer after can take them: before sums, products, activations, poolings
/// that are no means, and the result.
pub(super) fn forward(graph: &Graph) -> Result<Graph, GraphError> {
    let mut carried = Carried {
        graph,
        maps: vec![None; graph.nodes().len()],
        settled: vec![None; graph.nodes().len()],
    };
    graph.rewrite(|builder, id, inputs| {
        let new = carried.node(builder, id, inputs)?;
        match id == graph.output() {
            true => carried.settle(builder, id, new),
            false => Ok(new),
        }
    })
}

/// Each node's result is its map of the new node that stands for it.
struct Carried<'g> {
    graph: &'g Graph,
    maps: Vec<Option<Map>>,
    /// Nodes that have applied it.
    settled: Vec<Option<NodeId>>,
}

impl Carried<'_> {
    fn node(
        &mut self,
        builder: &mut Builder,
        id: NodeId,
        inputs: &[NodeId],
    ) -> Result<NodeId, GraphError> {
        let node = self.graph.node(id);
        let maps: Vec<Option<Map>> = {
            let each = node.inputs().iter();
            each.map(|x| self.maps[x.index()].clone()).collect()
        };
        let first = maps.first().cloned().flatten();
        if let Op::Affine { scale, shift } = node.op() {
            let own = Map::of(scale, shift);
            self.maps[id.index()] = Some(first.map_or(own.clone(), |first| own.after(&first)));
            return Ok(inputs[0]);
        }
        if maps.iter().all(Option::is_none) {
            return copied(self.graph, builder, id, inputs);
        }
        if let Some(map) = &first
            && let Some(new) = taken(self.graph, builder, node, map, inputs)?
        {
            return Ok(new);
        }
        if let Some(map) = passed(self.graph, node, &maps) {
            self.maps[id.index()] = Some(map);
            return copied(self.graph, builder, id, inputs);
        }
        let mut settled = vec![];
        for (old, new) in node.inputs().iter().zip(inputs) {
            settled.push(self.settle(builder, *old, *new)?);
        }
        copied(self.graph, builder, id, &settled)
    }

    /// A node with the result itself.
    fn settle(
        &mut self,
        builder: &mut Builder,
        old: NodeId,
        new: NodeId,
    ) -> Result<NodeId, GraphError> {
        let Some(map) = &self.maps[old.index()] else {
            return Ok(new);
        };
        if let Some(settled) = self.settled[old.index()] {
            return Ok(settled);
        }
        let node = self.graph.node(old);
        let name = match node.op() {
            Op::Affine { .. } => node.name().to_string(),
            _ => format!("{}.map", node.name()),
        };
        let settled = builder.push(&name, map.op()?, &[new])?;
        self.settled[old.index()] = Some(settled);
        Ok(settled)
    }
}

/// The map after a node, where the node does the same to numbers before and after a map; nothing where it does not.
fn passed(graph: &Graph, node: &Node, maps: &[Option<Map>]) -> Option<Map> {
    let shape = |k: usize| node.inputs().get(k).map(|x| graph.node(*x).shape().axes());
    let map = maps.first()?.as_ref();
    let keeps_zero = |map: &Map| !map.has_shifts();
    match node.op() {
        Op::GlobalAveragePool => map.cloned(),
        Op::AveragePool {
            window,
            count_padding,
        } => {
            let map = map?;
            let counts = *count_padding && (window.before, window.after) != ([0; 2], [0; 2]);
            (!counts || keeps_zero(map)).then(|| map.clone())
        }
        Op::Slice {
            axis: 0,
            start,
            end,
            step,
        } => {
            let chosen = map?.0.get(*start..*end)?.iter().step_by(*step);
            Some(Map(chosen.copied().collect()))
        }
        Op::Slice { .. } => map.cloned(),
        Op::Pad {
            before,
            after,
            value,
        } => {
            let map = map?;
            let zero = value.abs() <= 0.0;
            let ([first, sides @ ..], [last, others @ ..]) = (&before[..], &after[..]) else {
                return None;
            };
            let within = sides.iter().chain(others).all(|&n| n == 0);
            if !zero || !(within || keeps_zero(map)) {
                return None;
            }
            let none = |n: usize| std::iter::repeat_n([1.0, 0.0], n);
            let all = none(*first).chain(map.0.iter().copied()).chain(none(*last));
            Some(Map(all.collect()))
        }
        Op::Reshape(to) => {
            let (from, map) = (shape(0)?, map?);
            let to = to.axes();
            let pixels: usize = from.iter().skip(1).product();
            match to.first() == from.first() {
                true => Some(map.clone()),
                // A list of all elements.
                false if to.len() == 1 => {
                    let each = map.0.iter().flat_map(|m| std::iter::repeat_n(*m, pixels));
                    Some(Map(each.collect()))
                }
                false => None,
            }
        }
        Op::Concat { axis: 0 } => {
            let parts = maps.iter().enumerate().map(|(k, map)| {
                let channels = shape(k)?.first().copied()?;
                Some(map.clone().map_or(vec![[1.0, 0.0]; channels], |m| m.0))
            });
            let parts: Option<Vec<_>> = parts.collect();
            Some(Map(parts?.concat()))
        }
        _ => None,
    }
}
