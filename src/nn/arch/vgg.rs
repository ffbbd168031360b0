//! VGG: five stages of 3×3 convolutions, each ended by a max-pool, and three linear layers.

use super::layers::{Done, Layers};
use crate::nn::Window;

/// So many convolutions in each stage, with a batch norm each where `norm` is set.
pub(super) fn build(
    net: &mut Layers<'_>,
    convolutions: [usize; 5],
    norm: bool,
    classes: usize,
) -> Done {
    const CHANNELS: [usize; 5] = [64, 128, 256, 512, 512];
    let mut x = net.input();
    // PyTorch numbers all layers, those without weights too.
    let mut layer = 0;
    let mut next = || {
        layer += 1;
        format!("features.{}", layer - 1)
    };
    for (channels, count) in CHANNELS.into_iter().zip(convolutions) {
        for _ in 0..count {
            x = net.convolution(&next(), x, channels, Window::square(3, 1, 1), true)?;
            if norm {
                x = net.norm(&next(), x, 1.0)?;
            }
            x = net.relu(&next(), x)?;
        }
        x = net.max_pool(&next(), x, Window::square(2, 2, 0))?;
    }
    let x = net.adaptive_pool(x, 7)?;
    let x = net.flatten(x)?;
    let x = net.linear("classifier.0", x, 4096)?;
    let x = net.relu("classifier.1", x)?;
    let x = net.linear("classifier.3", x, 4096)?;
    let x = net.relu("classifier.4", x)?;
    net.classifier("classifier.6", x, classes)
}
