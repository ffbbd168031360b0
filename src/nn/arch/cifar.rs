//! Residual networks for CIFAR: 6n+2 layers, 16, 32 and 64 channels, shortcuts without weights; activations after sums, or
//! norm and activation before each convolution where the weights have a norm at the end, `norm`.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

/// `blocks` in each of the three stages.
pub(super) fn build(net: &mut Layers<'_>, blocks: usize, classes: usize) -> Done {
    let input = net.input();
    let x = net.convolution("conv1", input, 16, Window::square(3, 1, 1), false)?;
    let first = net.has("norm.weight");
    let mut x = match first {
        true => x,
        false => activated(net, "bn1", "relu", x)?,
    };
    let gain = 1.0 / (6.0 * blocks as f32).sqrt();
    for (stage, channels) in [(1, 16), (2, 32), (3, 64)] {
        for k in 0..blocks {
            let block = Block {
                name: format!("layer{stage}.{k}"),
                channels,
                stride: if stage > 1 && k == 0 { 2 } else { 1 },
            };
            x = match first {
                true => block.norm_first(net, x)?,
                false => block.build(net, x, gain)?,
            };
        }
    }
    if first {
        x = activated(net, "norm", "last", x)?;
    }
    let x = net.global_pool(x)?;
    net.classifier("linear", x, classes)
}

/// A batch norm and its activation.
fn activated(net: &mut Layers<'_>, norm: &str, relu: &str, x: NodeId) -> Done {
    let x = net.norm(norm, x, 1.0)?;
    net.relu(relu, x)
}

struct Block {
    name: String,
    channels: usize,
    stride: usize,
}

impl Block {
    fn at(&self, layer: &str) -> String {
        format!("{}.{layer}", self.name)
    }

    fn convolution(&self, net: &mut Layers<'_>, layer: &str, x: NodeId, stride: usize) -> Done {
        let window = Window::square(3, stride, 1);
        net.convolution(&self.at(layer), x, self.channels, window, false)
    }

    /// Two convolutions with batch norm, added to the shortcut.
    fn build(&self, net: &mut Layers<'_>, x: NodeId, gain: f32) -> Done {
        let shortcut = shortcut(net, &self.name, x, self.channels, self.stride)?;
        let y = self.convolution(net, "conv1", x, self.stride)?;
        let y = activated(net, &self.at("bn1"), &self.at("relu1"), y)?;
        let y = self.convolution(net, "conv2", y, 1)?;
        let y = net.norm(&self.at("bn2"), y, gain)?;
        let sum = net.push(&self.at("add"), Op::Add, &[y, shortcut])?;
        net.relu(&self.at("relu2"), sum)
    }

    /// The same with norm and activation before each convolution, and none after the sum.
    fn norm_first(&self, net: &mut Layers<'_>, x: NodeId) -> Done {
        let shortcut = shortcut(net, &self.name, x, self.channels, self.stride)?;
        let y = activated(net, &self.at("bn1"), &self.at("relu1"), x)?;
        let y = self.convolution(net, "conv1", y, self.stride)?;
        let y = activated(net, &self.at("bn2"), &self.at("relu2"), y)?;
        let y = self.convolution(net, "conv2", y, 1)?;
        net.push(&self.at("add"), Op::Add, &[y, shortcut])
    }
}

/// Option A: each second row and column, between as many channels of zeros on both sides.
fn shortcut(net: &mut Layers<'_>, name: &str, x: NodeId, channels: usize, stride: usize) -> Done {
    let missing = channels - net.channels(x);
    if stride == 1 && missing == 0 {
        return Ok(x);
    }
    let mut x = x;
    for (axis, which) in [(1, "rows"), (2, "columns")] {
        let op = net.every(x, axis, stride);
        x = net.push(&format!("{name}.shortcut.{which}"), op, &[x])?;
    }
    let op = Op::Pad {
        before: vec![missing / 2, 0, 0],
        after: vec![missing - missing / 2, 0, 0],
        value: 0.0,
    };
    net.push(&format!("{name}.shortcut.pad"), op, &[x])
}
