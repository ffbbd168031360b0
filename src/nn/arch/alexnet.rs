//! AlexNet in its version for one device.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Window};

pub(super) fn build(net: &mut Layers<'_>, classes: usize) -> Done {
    let x = net.input();
    let x = convolution(net, 0, x, 64, Window::square(11, 4, 2))?;
    let x = net.max_pool("features.2", x, Window::square(3, 2, 0))?;
    let x = convolution(net, 3, x, 192, Window::square(5, 1, 2))?;
    let x = net.max_pool("features.5", x, Window::square(3, 2, 0))?;
    let x = convolution(net, 6, x, 384, Window::square(3, 1, 1))?;
    let x = convolution(net, 8, x, 256, Window::square(3, 1, 1))?;
    let x = convolution(net, 10, x, 256, Window::square(3, 1, 1))?;
    let x = net.max_pool("features.12", x, Window::square(3, 2, 0))?;
    let x = net.adaptive_pool(x, 6)?;
    let x = net.flatten(x)?;
    let x = net.linear("classifier.1", x, 4096)?;
    let x = net.relu("classifier.2", x)?;
    let x = net.linear("classifier.4", x, 4096)?;
    let x = net.relu("classifier.5", x)?;
    net.classifier("classifier.6", x, classes)
}

/// The convolution of that number, and the ReLU that is the next layer.
fn convolution(
    net: &mut Layers<'_>,
    layer: usize,
    x: NodeId,
    channels: usize,
    window: Window,
) -> Done {
    let x = net.convolution(&format!("features.{layer}"), x, channels, window, true)?;
    net.relu(&format!("features.{}", layer + 1), x)
}
