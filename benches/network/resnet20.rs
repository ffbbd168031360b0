//! ResNet-20 for images of 32×32, with random weights.

use std::error::Error;

use equiripple::nn::{Activation, Builder, Graph, NodeId, Op, Tensor, Window};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Layers {
    net: Builder,
    random: ChaCha8Rng,
    activation: Activation,
    count: usize,
}

/// The network: 3→16, three stages of 16, 32 and 64 channels, the mean and ten logits.
pub(crate) fn graph(activation: &Activation) -> Result<Graph> {
    let mut layers = Layers {
        net: Builder::new("resnet20", [3, 32, 32]),
        random: ChaCha8Rng::seed_from_u64(20),
        activation: activation.clone(),
        count: 0,
    };
    let stem = layers.convolution(layers.net.input(), 3, 16, 1)?;
    let mut x = layers.activation(stem)?;
    let mut channels = 16;
    for stage in [16, 32, 64] {
        for _ in 0..3 {
            x = layers.block(x, channels, stage)?;
            channels = stage;
        }
    }
    x = layers.push(Op::GlobalAveragePool, &[x])?;
    x = layers.push(Op::Reshape([64].into()), &[x])?;
    let weight = layers.weights(&[10, 64])?;
    let bias = Some(layers.weights(&[10])?);
    x = layers.push(Op::Linear { weight, bias }, &[x])?;
    Ok(layers.net.build(x)?)
}

impl Layers {
    fn push(&mut self, op: Op, inputs: &[NodeId]) -> Result<NodeId> {
        self.count += 1;
        Ok(self.net.push(&format!("n{}", self.count), op, inputs)?)
    }

    /// About as large as keeps the variance of a layer.
    fn weights(&mut self, axes: &[usize]) -> Result<Tensor> {
        let count: usize = axes.iter().product();
        let inputs: usize = axes[1..].iter().product();
        let scale = (6.0 / inputs as f32).sqrt();
        let unit = |bits: u32| bits as f32 / u32::MAX as f32 * 2.0 - 1.0;
        let values: Vec<f32> = (0..count)
            .map(|_| unit(self.random.next_u32()) * scale * 0.8)
            .collect();
        Ok(Tensor::new(axes.to_vec(), values)?)
    }

    fn convolution(&mut self, x: NodeId, from: usize, to: usize, stride: usize) -> Result<NodeId> {
        let op = Op::Conv2d {
            weight: self.weights(&[to, from, 3, 3])?,
            bias: Some(self.weights(&[to])?),
            window: Window::square(3, stride, 1),
            groups: 1,
        };
        self.push(op, &[x])
    }

    fn activation(&mut self, x: NodeId) -> Result<NodeId> {
        self.push(Op::Activation(self.activation.clone()), &[x])
    }

    /// Two convolutions; where the channels double, the shortcut takes each second pixel and pads with channels of zeros.
    fn block(&mut self, x: NodeId, from: usize, to: usize) -> Result<NodeId> {
        let stride = to / from;
        let y = self.convolution(x, from, to, stride)?;
        let y = self.activation(y)?;
        let y = self.convolution(y, to, to, 1)?;
        let mut shortcut = x;
        if stride > 1 {
            for axis in [1, 2] {
                let end = self.net.node(shortcut).shape().axes()[axis];
                let slice = Op::Slice {
                    axis,
                    start: 0,
                    end,
                    step: stride,
                };
                shortcut = self.push(slice, &[shortcut])?;
            }
            let around = (to - from) / 2;
            let pad = Op::Pad {
                before: vec![around, 0, 0],
                after: vec![around, 0, 0],
                value: 0.0,
            };
            shortcut = self.push(pad, &[shortcut])?;
        }
        let sum = self.push(Op::Add, &[y, shortcut])?;
        self.activation(sum)
    }
}
