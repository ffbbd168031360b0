//! Residual networks for ImageNet: four stages of basic or bottleneck blocks, shortcuts by convolution.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

/// So many blocks in each stage.
pub(super) fn build(
    net: &mut Layers<'_>,
    blocks: [usize; 4],
    bottleneck: bool,
    classes: usize,
) -> Done {
    let input = net.input();
    let x = net.convolution("conv1", input, 64, Window::square(7, 2, 3), false)?;
    let x = net.norm("bn1", x, 1.0)?;
    let x = net.relu("relu", x)?;
    let mut x = net.max_pool("maxpool", x, Window::square(3, 2, 1))?;
    let gain = 1.0 / (2.0 * blocks.iter().sum::<usize>() as f32).sqrt();
    for (stage, count) in blocks.into_iter().enumerate() {
        for k in 0..count {
            let block = Block {
                name: format!("layer{}.{k}", stage + 1),
                width: 64 << stage,
                stride: if stage > 0 && k == 0 { 2 } else { 1 },
                gain,
            };
            x = match bottleneck {
                true => block.bottleneck(net, x)?,
                false => block.basic(net, x)?,
            };
        }
    }
    let x = net.global_pool(x)?;
    net.classifier("fc", x, classes)
}

struct Block {
    name: String,
    /// Channels inside.
    width: usize,
    stride: usize,
    /// Of the last random batch norm.
    gain: f32,
}

impl Block {
    fn basic(&self, net: &mut Layers<'_>, x: NodeId) -> Done {
        let (first, last) = (Window::square(3, self.stride, 1), Window::square(3, 1, 1));
        let y = self.layer(net, 1, x, self.width, first)?;
        let y = self.last_layer(net, 2, y, self.width, last)?;
        self.join(net, x, y, 2)
    }

    fn bottleneck(&self, net: &mut Layers<'_>, x: NodeId) -> Done {
        let (point, middle) = (Window::square(1, 1, 0), Window::square(3, self.stride, 1));
        let y = self.layer(net, 1, x, self.width, point)?;
        let y = self.layer(net, 2, y, self.width, middle)?;
        let y = self.last_layer(net, 3, y, 4 * self.width, point)?;
        self.join(net, x, y, 3)
    }

    fn at(&self, layer: impl std::fmt::Display) -> String {
        format!("{}.{layer}", self.name)
    }

    /// The k-th convolution with batch norm and ReLU.
    fn layer(
        &self,
        net: &mut Layers<'_>,
        k: usize,
        x: NodeId,
        channels: usize,
        window: Window,
    ) -> Done {
        let x = self.normed(net, k, x, (channels, window, 1.0))?;
        self.relu(net, k, x)
    }

    /// The last convolution with batch norm; the ReLU comes after the sum.
    fn last_layer(
        &self,
        net: &mut Layers<'_>,
        k: usize,
        x: NodeId,
        channels: usize,
        window: Window,
    ) -> Done {
        self.normed(net, k, x, (channels, window, self.gain))
    }

    fn normed(
        &self,
        net: &mut Layers<'_>,
        k: usize,
        x: NodeId,
        (channels, window, gain): (usize, Window, f32),
    ) -> Done {
        let convolution = self.at(format_args!("conv{k}"));
        let x = net.convolution(&convolution, x, channels, window, false)?;
        net.norm(&self.at(format_args!("bn{k}")), x, gain)
    }

    fn relu(&self, net: &mut Layers<'_>, k: usize, x: NodeId) -> Done {
        net.relu(&self.at(format_args!("relu{k}")), x)
    }

    /// The sum with the shortcut.
    fn join(&self, net: &mut Layers<'_>, x: NodeId, y: NodeId, layers: usize) -> Done {
        let channels = net.channels(y);
        let shortcut = if self.stride == 1 && net.channels(x) == channels {
            x
        } else {
            let window = Window::square(1, self.stride, 0);
            let x = net.convolution(&self.at("downsample.0"), x, channels, window, false)?;
            net.norm(&self.at("downsample.1"), x, 1.0)?
        };
        let sum = net.push(&self.at("add"), Op::Add, &[y, shortcut])?;
        self.relu(net, layers, sum)
    }
}
