//! GoogLeNet with batch norm, as torchvision has it: where the paper has 5×5 convolutions, these are 3×3.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

/// Channels of 1×1, 3×3 reduced, 3×3, "5×5" reduced, "5×5", and after the pool.
const MODULES: [(&str, [usize; 6]); 9] = [
    ("3a", [64, 96, 128, 16, 32, 32]),
    ("3b", [128, 128, 192, 32, 96, 64]),
    ("4a", [192, 96, 208, 16, 48, 64]),
    ("4b", [160, 112, 224, 24, 64, 64]),
    ("4c", [128, 128, 256, 24, 64, 64]),
    ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]),
    ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
];

pub(super) fn build(net: &mut Layers<'_>, classes: usize) -> Done {
    net.set_epsilon(1e-3);
    let halving = ceil(3, 2, 0);
    let x = net.unit_range()?;
    let x = net.conv_norm_relu("conv1", x, 64, Window::square(7, 2, 3))?;
    let x = net.max_pool("maxpool1", x, halving)?;
    let x = net.conv_norm_relu("conv2", x, 64, Window::square(1, 1, 0))?;
    let x = net.conv_norm_relu("conv3", x, 192, Window::square(3, 1, 1))?;
    let mut x = net.max_pool("maxpool2", x, halving)?;
    for (name, channels) in MODULES {
        x = match name {
            "4a" => net.max_pool("maxpool3", x, halving)?,
            "5a" => net.max_pool("maxpool4", x, ceil(2, 2, 0))?,
            _ => x,
        };
        x = module(net, &format!("inception{name}"), x, channels)?;
    }
    let x = net.global_pool(x)?;
    net.classifier("fc", x, classes)
}

fn ceil(kernel: usize, stride: usize, padding: usize) -> Window {
    Window {
        ceil: true,
        ..Window::square(kernel, stride, padding)
    }
}

/// Four branches side by side.
fn module(net: &mut Layers<'_>, name: &str, x: NodeId, channels: [usize; 6]) -> Done {
    let (point, square) = (Window::square(1, 1, 0), Window::square(3, 1, 1));
    let [first, reduced3, second, reduced5, third, pooled] = channels;
    let at = |branch: &str| format!("{name}.branch{branch}");
    let a = net.conv_norm_relu(&at("1"), x, first, point)?;
    let b = net.conv_norm_relu(&at("2.0"), x, reduced3, point)?;
    let b = net.conv_norm_relu(&at("2.1"), b, second, square)?;
    let c = net.conv_norm_relu(&at("3.0"), x, reduced5, point)?;
    let c = net.conv_norm_relu(&at("3.1"), c, third, square)?;
    let d = net.max_pool(&at("4.0"), x, ceil(3, 1, 1))?;
    let d = net.conv_norm_relu(&at("4.1"), d, pooled, point)?;
    net.push(
        &format!("{name}.concat"),
        Op::Concat { axis: 0 },
        &[a, b, c, d],
    )
}
