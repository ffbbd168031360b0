//! SqueezeNet 1.1: fire modules, which squeeze the channels before they expand them by 1×1 and 3×3 convolutions.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

pub(super) fn build(net: &mut Layers<'_>, classes: usize) -> Done {
    let pool = Window {
        ceil: true,
        ..Window::square(3, 2, 0)
    };
    let x = net.input();
    let x = net.convolution("features.0", x, 64, Window::square(3, 2, 0), true)?;
    let x = net.relu("features.1", x)?;
    let x = net.max_pool("features.2", x, pool)?;
    let x = fire(net, 3, x, 16, 64)?;
    let x = fire(net, 4, x, 16, 64)?;
    let x = net.max_pool("features.5", x, pool)?;
    let x = fire(net, 6, x, 32, 128)?;
    let x = fire(net, 7, x, 32, 128)?;
    let x = net.max_pool("features.8", x, pool)?;
    let x = fire(net, 9, x, 48, 192)?;
    let x = fire(net, 10, x, 48, 192)?;
    let x = fire(net, 11, x, 64, 256)?;
    let x = fire(net, 12, x, 64, 256)?;
    let x = net.classifying_convolution("classifier.1", x, classes)?;
    let x = net.relu("classifier.2", x)?;
    net.global_pool(x)
}

/// To `squeezed` channels, and from there to twice `expanded`.
fn fire(net: &mut Layers<'_>, layer: usize, x: NodeId, squeezed: usize, expanded: usize) -> Done {
    let mut convolution = |part: &str, x: NodeId, channels: usize, window: Window| {
        let name = format!("features.{layer}.{part}");
        let x = net.convolution(&name, x, channels, window, true)?;
        net.relu(&format!("{name}_activation"), x)
    };
    let x = convolution("squeeze", x, squeezed, Window::square(1, 1, 0))?;
    let by_points = convolution("expand1x1", x, expanded, Window::square(1, 1, 0))?;
    let by_squares = convolution("expand3x3", x, expanded, Window::square(3, 1, 1))?;
    let name = format!("features.{layer}.concat");
    net.push(&name, Op::Concat { axis: 0 }, &[by_points, by_squares])
}
