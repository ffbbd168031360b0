//! Inception-v3: modules of branches with squares, and with rows and columns in their place.

use super::layers::{Done, Layers};
use crate::nn::{NodeId, Op, Window};

pub(super) fn build(net: &mut Layers<'_>, classes: usize) -> Done {
    net.set_epsilon(1e-3);
    let x = net.unit_range()?;
    let x = net.conv_norm_relu("Conv2d_1a_3x3", x, 32, Window::square(3, 2, 0))?;
    let x = net.conv_norm_relu("Conv2d_2a_3x3", x, 32, Window::square(3, 1, 0))?;
    let x = net.conv_norm_relu("Conv2d_2b_3x3", x, 64, Window::square(3, 1, 1))?;
    let x = net.max_pool("maxpool1", x, Window::square(3, 2, 0))?;
    let x = net.conv_norm_relu("Conv2d_3b_1x1", x, 80, POINT)?;
    let x = net.conv_norm_relu("Conv2d_4a_3x3", x, 192, Window::square(3, 1, 0))?;
    let mut x = net.max_pool("maxpool2", x, Window::square(3, 2, 0))?;
    for (name, pooled) in [("5b", 32), ("5c", 64), ("5d", 64)] {
        x = Module::new(net, name, x).squares(pooled)?;
    }
    x = Module::new(net, "6a", x).halved_squares()?;
    for (name, inner) in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)] {
        x = Module::new(net, name, x).lines(inner)?;
    }
    x = Module::new(net, "7a", x).halved_lines()?;
    for name in ["7b", "7c"] {
        x = Module::new(net, name, x).crosses()?;
    }
    let x = net.global_pool(x)?;
    net.classifier("fc", x, classes)
}

const POINT: Window = window([1, 1]);

/// A window that keeps the size of the image; its sides are odd.
const fn window(kernel: [usize; 2]) -> Window {
    let padding = [kernel[0] / 2, kernel[1] / 2];
    Window {
        kernel,
        stride: [1; 2],
        dilation: [1; 2],
        before: padding,
        after: padding,
        ceil: false,
    }
}

const SQUARE: Window = window([3, 3]);
const ROW: Window = window([1, 7]);
const COLUMN: Window = window([7, 1]);

/// A module on x, its branches joined in the order in which they end.
struct Module<'n, 'p> {
    net: &'n mut Layers<'p>,
    name: String,
    x: NodeId,
    branches: Vec<NodeId>,
}

impl<'n, 'p> Module<'n, 'p> {
    fn new(net: &'n mut Layers<'p>, name: &str, x: NodeId) -> Self {
        Self {
            net,
            name: format!("Mixed_{name}"),
            x,
            branches: vec![],
        }
    }

    /// One layer after another from x on, each by name, channels and window.
    fn chain(&mut self, layers: &[(&str, usize, Window)]) -> Done {
        let mut y = self.x;
        for (name, channels, window) in layers {
            let name = format!("{}.{name}", self.name);
            y = self.net.conv_norm_relu(&name, y, *channels, *window)?;
        }
        Ok(y)
    }

    /// A branch that is a chain.
    fn branch(&mut self, layers: &[(&str, usize, Window)]) -> Done {
        let y = self.chain(layers)?;
        self.branches.push(y);
        Ok(y)
    }

    /// A branch that is the mean of 3×3, zeros of the padding counted, and a convolution.
    fn averaged(&mut self, channels: usize) -> Done {
        let op = Op::AveragePool {
            window: SQUARE,
            count_padding: true,
        };
        let name = format!("{}.avgpool", self.name);
        let (input, pool) = (self.x, self.net.push(&name, op, &[self.x])?);
        self.x = pool;
        let y = self.branch(&[("branch_pool", channels, POINT)])?;
        self.x = input;
        Ok(y)
    }

    /// A branch that is the largest of 3×3, at every second pixel.
    fn halved(&mut self) -> Done {
        let name = format!("{}.maxpool", self.name);
        let y = self.net.max_pool(&name, self.x, Window::square(3, 2, 0))?;
        self.branches.push(y);
        Ok(y)
    }

    fn join(self) -> Done {
        let name = format!("{}.concat", self.name);
        self.net.push(&name, Op::Concat { axis: 0 }, &self.branches)
    }

    fn squares(mut self, pooled: usize) -> Done {
        self.branch(&[("branch1x1", 64, POINT)])?;
        self.branch(&[
            ("branch5x5_1", 48, POINT),
            ("branch5x5_2", 64, window([5, 5])),
        ])?;
        self.branch(&[
            ("branch3x3dbl_1", 64, POINT),
            ("branch3x3dbl_2", 96, SQUARE),
            ("branch3x3dbl_3", 96, SQUARE),
        ])?;
        self.averaged(pooled)?;
        self.join()
    }

    fn halved_squares(mut self) -> Done {
        let halving = Window::square(3, 2, 0);
        self.branch(&[("branch3x3", 384, halving)])?;
        self.branch(&[
            ("branch3x3dbl_1", 64, POINT),
            ("branch3x3dbl_2", 96, SQUARE),
            ("branch3x3dbl_3", 96, halving),
        ])?;
        self.halved()?;
        self.join()
    }

    fn lines(mut self, inner: usize) -> Done {
        self.branch(&[("branch1x1", 192, POINT)])?;
        self.branch(&[
            ("branch7x7_1", inner, POINT),
            ("branch7x7_2", inner, ROW),
            ("branch7x7_3", 192, COLUMN),
        ])?;
        self.branch(&[
            ("branch7x7dbl_1", inner, POINT),
            ("branch7x7dbl_2", inner, COLUMN),
            ("branch7x7dbl_3", inner, ROW),
            ("branch7x7dbl_4", inner, COLUMN),
            ("branch7x7dbl_5", 192, ROW),
        ])?;
        self.averaged(192)?;
        self.join()
    }

    fn halved_lines(mut self) -> Done {
        let halving = Window::square(3, 2, 0);
        self.branch(&[("branch3x3_1", 192, POINT), ("branch3x3_2", 320, halving)])?;
        self.branch(&[
            ("branch7x7x3_1", 192, POINT),
            ("branch7x7x3_2", 192, ROW),
            ("branch7x7x3_3", 192, COLUMN),
            ("branch7x7x3_4", 192, halving),
        ])?;
        self.halved()?;
        self.join()
    }

    /// Branches that end in a row of 3 and a column of 3, side by side.
    fn crosses(mut self) -> Done {
        let (row, column) = (window([1, 3]), window([3, 1]));
        self.branch(&[("branch1x1", 320, POINT)])?;
        let input = self.x;
        self.x = self.chain(&[("branch3x3_1", 384, POINT)])?;
        self.branch(&[("branch3x3_2a", 384, row)])?;
        self.branch(&[("branch3x3_2b", 384, column)])?;
        self.x = input;
        self.x = self.chain(&[
            ("branch3x3dbl_1", 448, POINT),
            ("branch3x3dbl_2", 384, SQUARE),
        ])?;
        self.branch(&[("branch3x3dbl_3a", 384, row)])?;
        self.branch(&[("branch3x3dbl_3b", 384, column)])?;
        self.x = input;
        self.averaged(192)?;
        self.join()
    }
}
