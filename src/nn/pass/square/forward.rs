//! Maps by channel moved on into the layers that take them.

use super::map::Map;
use crate::nn::{Builder, Graph, GraphError, Node, NodeId, Op, Tensor, Window, pass::copied};

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

/// A layer with the map before it in its weights; nothing where it is no such layer.
fn taken(
    graph: &Graph,
    builder: &mut Builder,
    node: &Node,
    map: &Map,
    inputs: &[NodeId],
) -> Result<Option<NodeId>, GraphError> {
    let before = graph.node(node.inputs()[0]).shape();
    match node.op() {
        Op::Conv2d {
            weight,
            bias,
            window,
            groups,
        } => {
            let conv = Taken {
                weight,
                window,
                groups: *groups,
                map,
            };
            let (Some([_, h, w]), Some(out)) = (before.image(), node.shape().image()) else {
                return Ok(None);
            };
            let constant = conv.constant([h, w], out);
            let pixels = out[1] * out[2];
            let mut channels = constant.chunks(pixels);
            let even = channels.all(|c| c.iter().all(|v| (v - c[0]).abs() <= 0.0));
            let old = |k: usize| bias.as_ref().map_or(0.0, |b| f64::from(b.values()[k]));
            let weight = conv.scaled()?;
            let (window, groups) = (*window, *groups);
            if even {
                let firsts = constant.iter().step_by(pixels).enumerate();
                let sums = firsts.map(|(k, c)| (old(k) + c) as f32);
                let op = Op::Conv2d {
                    weight,
                    bias: Some(Tensor::list(sums.collect::<Vec<_>>())?),
                    window,
                    groups,
                };
                return builder.push(node.name(), op, inputs).map(Some);
            }
            let op = Op::Conv2d {
                weight,
                bias: None,
                window,
                groups,
            };
            let sums = constant.iter().enumerate();
            let sums = sums.map(|(k, c)| (old(k / pixels) + c) as f32);
            let bias = Op::Constant(Tensor::new(out, sums.collect::<Vec<_>>())?);
            let at = |part: &str| format!("{}.{part}", node.name());
            let product = builder.push(&at("product"), op, inputs)?;
            let bias = builder.push(&at("bias"), bias, &[])?;
            builder
                .push(node.name(), Op::Add, &[product, bias])
                .map(Some)
        }
        Op::Linear { weight, bias } if before.axes().len() == 1 => {
            let rows = weight.values().chunks(map.0.len());
            let products = rows.enumerate().map(|(k, row)| {
                let old = bias.as_ref().map_or(0.0, |b| f64::from(b.values()[k]));
                let pairs = row.iter().zip(&map.0);
                (old + pairs.map(|(&w, m)| f64::from(w) * m[1]).sum::<f64>()) as f32
            });
            let factors = map.0.iter().map(|m| m[0]).cycle();
            let values = weight.values().iter().zip(factors);
            let values = values.map(|(&w, s)| (f64::from(w) * s) as f32);
            let op = Op::Linear {
                bias: Some(Tensor::list(products.collect::<Vec<_>>())?),
                weight: Tensor::new(weight.shape().clone(), values.collect::<Vec<_>>())?,
            };
            builder.push(node.name(), op, inputs).map(Some)
        }
        _ => Ok(None),
    }
}

/// A convolution of scale·x + shift.
struct Taken<'a> {
    weight: &'a Tensor,
    window: &'a Window,
    groups: usize,
    map: &'a Map,
}

impl Taken<'_> {
    /// Scale and shift of the channel that a weight meets, by the weight's place: \[O, I, kh, kw\].
    fn met(&self, place: usize) -> [f64; 2] {
        let axes = self.weight.shape().axes();
        let (outputs, inputs, taps) = (axes[0], axes[1], axes[2] * axes[3]);
        let (output, input) = (place / (inputs * taps), place / taps % inputs);
        self.map.0[output / (outputs / self.groups) * inputs + input]
    }

    fn scaled(&self) -> Result<Tensor, GraphError> {
        let values = self.weight.values().iter().enumerate();
        let values = values.map(|(k, &w)| (f64::from(w) * self.met(k)[0]) as f32);
        Tensor::new(self.weight.shape().clone(), values.collect::<Vec<_>>())
    }

    /// What the convolution makes of the shifts: zeros of the padding have none.
    fn constant(&self, image: [usize; 2], [outputs, height, width]: [usize; 3]) -> Vec<f64> {
        let [kh, kw] = self.window.kernel;
        let taps = kh * kw;
        // Of all channels, for each output and tap.
        let mut sums = vec![0.0; outputs * taps];
        let each = self.weight.values().len() / outputs.max(1);
        for (k, &w) in self.weight.values().iter().enumerate() {
            sums[k / each * taps + k % taps] += f64::from(w) * self.met(k)[1];
        }
        let inside = |axis: usize, at: usize, tap: usize| {
            let place = at * self.window.stride[axis] + tap * self.window.dilation[axis];
            let place = place.checked_sub(self.window.before[axis]);
            place.is_some_and(|place| place < image[axis])
        };
        let mut values = Vec::with_capacity(outputs * height * width);
        for sums in sums.chunks(taps) {
            for y in 0..height {
                for x in 0..width {
                    let met = (0..taps).filter(|t| inside(0, y, t / kw) && inside(1, x, t % kw));
                    values.push(met.map(|t| sums[t]).sum());
                }
            }
        }
        values
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
