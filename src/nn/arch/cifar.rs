//! Residual networks for CIFAR: 6n+2 layers, 16, 32 and 64 channels, shortcuts without weights.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

/// `blocks` in each of the three stages.
pub(super) fn build(net: &mut Layers<'_>, blocks: usize, classes: usize) -> Done {
    let input = net.input();
    let x = net.convolution("conv1", input, 16, Window::square(3, 1, 1), false)?;
    let x = net.norm("bn1", x, 1.0)?;
    let mut x = net.relu("relu", x)?;
    let gain = 1.0 / (6.0 * blocks as f32).sqrt();
    for (stage, channels) in [(1, 16), (2, 32), (3, 64)] {
        for k in 0..blocks {
            let stride = if stage > 1 && k == 0 { 2 } else { 1 };
            x = block(net, &format!("layer{stage}.{k}"), x, channels, stride, gain)?;
        }
    }
    let x = net.global_pool(x)?;
    net.classifier("linear", x, classes)
}

/// Two convolutions with batch norm, added to the shortcut; another batch norm after the sum where the weights have one,
/// `norm`.
fn block(
    net: &mut Layers<'_>,
    name: &str,
    x: NodeId,
    channels: usize,
    stride: usize,
    gain: f32,
) -> Done {
    let at = |layer: &str| format!("{name}.{layer}");
    let shortcut = shortcut(net, name, x, channels, stride)?;
    let y = net.convolution(
        &at("conv1"),
        x,
        channels,
        Window::square(3, stride, 1),
        false,
    )?;
    let y = net.norm(&at("bn1"), y, 1.0)?;
    let y = net.relu(&at("relu1"), y)?;
    let y = net.convolution(&at("conv2"), y, channels, Window::square(3, 1, 1), false)?;
    let y = net.norm(&at("bn2"), y, gain)?;
    let sum = net.push(&at("add"), Op::Add, &[y, shortcut])?;
    let sum = match net.has(&at("norm.weight")) {
        true => net.norm(&at("norm"), sum, 1.0)?,
        false => sum,
    };
    net.relu(&at("relu2"), sum)
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
