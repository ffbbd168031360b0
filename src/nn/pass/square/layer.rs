//! Layers that take the map before them into their weights.

use super::map::Map;
use crate::nn::{Builder, Graph, GraphError, Node, NodeId, Op, Tensor, Window};

/// The layer with the map in its weights, and in its bias what it makes of the shifts; nothing where it is no such layer.
pub(super) fn taken(
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
            let (Some([_, height, width]), Some(out)) = (before.image(), node.shape().image())
            else {
                return Ok(None);
            };
            let taken = Taken {
                weight,
                bias: bias.as_ref(),
                window,
                groups: *groups,
                map,
            };
            taken
                .push(builder, node.name(), inputs, [height, width], out)
                .map(Some)
        }
        Op::Linear { weight, bias } if before.axes().len() == 1 => {
            let op = linear(weight, bias.as_ref(), map)?;
            builder.push(node.name(), op, inputs).map(Some)
        }
        _ => Ok(None),
    }
}

/// A linear layer of scale·x + shift.
fn linear(weight: &Tensor, bias: Option<&Tensor>, map: &Map) -> Result<Op, GraphError> {
    let rows = weight.values().chunks(map.0.len()).enumerate();
    let sums = rows.map(|(k, row)| {
        let products = row.iter().zip(&map.0).map(|(&w, m)| f64::from(w) * m[1]);
        (element(bias, k) + products.sum::<f64>()) as f32
    });
    let factors = map.0.iter().map(|m| m[0]).cycle();
    let values = weight.values().iter().zip(factors);
    let values = values.map(|(&w, s)| (f64::from(w) * s) as f32);
    Ok(Op::Linear {
        bias: Some(Tensor::list(sums.collect::<Vec<_>>())?),
        weight: Tensor::new(weight.shape().clone(), values.collect::<Vec<_>>())?,
    })
}

fn element(list: Option<&Tensor>, k: usize) -> f64 {
    list.map_or(0.0, |list| f64::from(list.values()[k]))
}

/// A convolution of scale·x + shift.
struct Taken<'a> {
    weight: &'a Tensor,
    bias: Option<&'a Tensor>,
    window: &'a Window,
    groups: usize,
    map: &'a Map,
}

impl Taken<'_> {
    /// The convolution; where its padding makes the constant differ from place to place, its bias is an array and a sum.
    fn push(
        &self,
        builder: &mut Builder,
        name: &str,
        inputs: &[NodeId],
        image: [usize; 2],
        out: [usize; 3],
    ) -> Result<NodeId, GraphError> {
        let pixels = out[1] * out[2];
        let constant = self.constant(image, out);
        let total = |k: usize| (element(self.bias, k / pixels) + constant[k]) as f32;
        let mut channels = constant.chunks(pixels);
        let even = channels.all(|c| c.iter().all(|v| (v - c[0]).abs() <= 0.0));
        if even {
            let list: Vec<f32> = (0..out[0]).map(|k| total(k * pixels)).collect();
            let op = self.op(Some(Tensor::list(list)?))?;
            return builder.push(name, op, inputs);
        }
        let product = builder.push(&format!("{name}.product"), self.op(None)?, inputs)?;
        let array: Vec<f32> = (0..constant.len()).map(total).collect();
        let array = Op::Constant(Tensor::new(out, array)?);
        let bias = builder.push(&format!("{name}.bias"), array, &[])?;
        builder.push(name, Op::Add, &[product, bias])
    }

    fn op(&self, bias: Option<Tensor>) -> Result<Op, GraphError> {
        let values = self.weight.values().iter().enumerate();
        let values = values.map(|(k, &w)| (f64::from(w) * self.met(k)[0]) as f32);
        Ok(Op::Conv2d {
            weight: Tensor::new(self.weight.shape().clone(), values.collect::<Vec<_>>())?,
            bias,
            window: *self.window,
            groups: self.groups,
        })
    }

    /// Scale and shift of the channel that a weight meets, by the weight's place: \[O, I, kh, kw\].
    fn met(&self, place: usize) -> [f64; 2] {
        let axes = self.weight.shape().axes();
        let (outputs, inputs, taps) = (axes[0], axes[1], axes[2] * axes[3]);
        let (output, input) = (place / (inputs * taps), place / taps % inputs);
        self.map.0[output / (outputs / self.groups) * inputs + input]
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
