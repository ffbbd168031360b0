//! A small network of three convolutions, for demonstrations.

use super::layers::{Done, Layers};
use crate::nn::Window;

/// To 8, 16 and 32 channels, each with batch norm and ReLU, the first two of stride 2; the mean; a linear layer.
pub(super) fn build(net: &mut Layers<'_>, classes: usize) -> Done {
    let windows = [
        (8, Window::square(5, 2, 2)),
        (16, Window::square(3, 2, 1)),
        (32, Window::square(3, 1, 1)),
    ];
    let mut x = net.input();
    for (k, (channels, window)) in (1..).zip(windows) {
        x = net.convolution(&format!("conv{k}"), x, channels, window, false)?;
        x = net.norm(&format!("bn{k}"), x, 1.0)?;
        x = net.relu(&format!("relu{k}"), x)?;
    }
    let x = net.global_pool(x)?;
    net.classifier("linear", x, classes)
}
