//! Max-pools by a polynomial as the nodes that compute them: differences, stand-ins of ReLU, and sums.

use super::copied;
use crate::nn::{Activation, Builder, Graph, GraphError, NodeId, Op, Polynomial, Tensor, Window};

/// The network whose max-pools by max(a, b) = b + r(a − b) are such nodes: first along rows, then along columns, a window of
/// k numbers in ⌈log₂ k⌉ rounds of pairs, an odd last one going on alone. Strides come first, so that maxima are taken of
/// what is used alone: differences and selections are convolutions of each channel by itself. Where windows reach beyond the
/// image its border is repeated, which changes no maximum.
///
/// A kernel of k×l takes k + l − 2 maxima of an image in place of k·l − 1. Results differ from those of the pool by errors of
/// r, as the order of pairs does; maxima along one axis, and of 2×2, are the same.
///
/// ```
/// use equiripple::nn::{arch::Architecture, pass};
/// // Pools by comparisons stay.
/// let net = "squeezenet1_1".parse::<Architecture>()?.with_image([64, 64]).random(1)?;
/// assert_eq!(pass::expand_max_pools(&net)?.nodes().len(), net.nodes().len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// For a dilated window with padding.
pub fn expand_max_pools(graph: &Graph) -> Result<Graph, GraphError> {
    graph.rewrite(|builder, id, inputs| {
        let node = graph.node(id);
        match node.op() {
            Op::MaxPool {
                window,
                by: Some(by),
            } => {
                let mut pool = Pool {
                    builder,
                    name: node.name(),
                    by,
                    left: 0,
                };
                // Columns of the window before its rows: neighbours of a row are the nearest numbers.
                let axes =
                    [1, 0].map(|axis| pool.axis(inputs[0], window, axis, node.shape().axes()));
                let axes: Vec<Axis> = axes.into_iter().flatten().collect();
                pool.left = axes.iter().map(Axis::nodes).sum();
                let mut steps = axes.into_iter();
                steps.try_fold(inputs[0], |at, axis| pool.along(at, &axis))
            }
            _ => copied(graph, builder, id, inputs),
        }
    })
}

/// Windows along one axis.
#[derive(Debug, Clone, Copy)]
struct Axis {
    /// 0 of height, 1 of width.
    axis: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
    /// Repeated pixels before and after.
    border: [usize; 2],
}

impl Axis {
    /// Nodes at its end that bear names of their own or the pool's: maxima, or one selection.
    const fn nodes(&self) -> usize {
        if self.kernel > 1 { self.kernel - 1 } else { 1 }
    }
}

/// What is left of a window in a round.
#[derive(Debug, Clone, Copy)]
enum Number {
    /// A tap of the argument.
    Tap(usize),
    /// A maximum.
    Made(NodeId),
}

struct Pool<'a> {
    builder: &'a mut Builder,
    name: &'a str,
    by: &'a Polynomial,
    /// Results that are still to come: the last one has the pool's name.
    left: usize,
}

impl Pool<'_> {
    /// Nothing where the windows are the pixels.
    fn axis(&self, input: NodeId, window: &Window, axis: usize, output: &[usize]) -> Option<Axis> {
        let length = self.builder.node(input).shape().axes()[axis + 1];
        let (kernel, stride, dilation) = (
            window.kernel[axis],
            window.stride[axis],
            window.dilation[axis],
        );
        let reach = (output[axis + 1] - 1) * stride + (kernel - 1) * dilation + 1;
        let before = window.before[axis];
        (kernel > 1 || stride > 1).then_some(Axis {
            axis,
            kernel,
            stride,
            dilation,
            border: [before, reach.saturating_sub(length + before)],
        })
    }

    fn along(&mut self, input: NodeId, axis: &Axis) -> Result<NodeId, GraphError> {
        let at = self.bordered(input, axis)?;
        if axis.kernel == 1 {
            let name = self.result("selected", axis);
            return self.convolved(&name, at, axis, &[(0, 1.0)]);
        }
        let mut numbers: Vec<Number> = (0..axis.kernel).map(Number::Tap).collect();
        let mut round = 0;
        while numbers.len() > 1 {
            let mut winners = vec![];
            for (k, pair) in numbers.chunks(2).enumerate() {
                winners.push(match pair {
                    [a, b] => {
                        Number::Made(self.maximum(at, axis, &format!("{round}.{k}"), *a, *b)?)
                    }
                    one => one[0],
                });
            }
            numbers = winners;
            round += 1;
        }
        match numbers[..] {
            [Number::Made(last)] => Ok(last),
            _ => Ok(at),
        }
    }

    /// b + r(a − b).
    fn maximum(
        &mut self,
        taps: NodeId,
        axis: &Axis,
        place: &str,
        a: Number,
        b: Number,
    ) -> Result<NodeId, GraphError> {
        let name = |what: &str| format!("{}.{}.{place}.{what}", self.name, side(axis));
        let [difference, less, other, relu] = ["difference", "less", "other", "relu"].map(name);
        let (difference, b) = match (a, b) {
            (Number::Tap(a), Number::Tap(b)) => (
                self.convolved(&difference, taps, axis, &[(a, 1.0), (b, -1.0)])?,
                self.convolved(&other, taps, axis, &[(b, 1.0)])?,
            ),
            (Number::Made(a), Number::Tap(b)) => {
                let less = self.convolved(&less, taps, axis, &[(b, -1.0)])?;
                let other = self.convolved(&other, taps, axis, &[(b, 1.0)])?;
                (self.builder.push(&difference, Op::Add, &[a, less])?, other)
            }
            (Number::Made(a), Number::Made(b)) => {
                let pixel = Axis {
                    kernel: 1,
                    stride: 1,
                    ..*axis
                };
                let less = self.convolved(&less, b, &pixel, &[(0, -1.0)])?;
                (self.builder.push(&difference, Op::Add, &[a, less])?, b)
            }
            // An odd one is the last of its round.
            (Number::Tap(_), Number::Made(_)) => return self.maximum(taps, axis, place, b, a),
        };
        let op = Op::Activation(Activation::Polynomial(self.by.clone()));
        let rest = self.builder.push(&relu, op, &[difference])?;
        let result = self.result(place, axis);
        self.builder.push(&result, Op::Add, &[b, rest])
    }

    /// The name of a result.
    fn result(&mut self, place: &str, axis: &Axis) -> String {
        self.left -= 1;
        if self.left == 0 {
            self.name.into()
        } else {
            format!("{}.{}.{place}", self.name, side(axis))
        }
    }

    /// The argument with its border repeated.
    fn bordered(&mut self, input: NodeId, axis: &Axis) -> Result<NodeId, GraphError> {
        let [before, after] = axis.border;
        if before + after == 0 {
            return Ok(input);
        }
        let shape = self.builder.node(input).shape().clone();
        if axis.dilation > 1 {
            return Err(GraphError::Inputs {
                node: self.name.into(),
                op: "max-pool by a polynomial",
                needed: "windows without padding where they are dilated".into(),
                found: vec![shape],
            });
        }
        let length = shape.axes()[axis.axis + 1];
        let mut edge = |what: &str, at: usize, count: usize| {
            let op = Op::Slice {
                axis: axis.axis + 1,
                start: at,
                end: at + 1,
                step: 1,
            };
            let name = format!("{}.{}.{what}", self.name, side(axis));
            let slice = (count > 0).then(|| self.builder.push(&name, op, &[input]));
            slice
                .transpose()
                .map(|slice| slice.into_iter().cycle().take(count).collect::<Vec<_>>())
        };
        let first = edge("first", 0, before)?;
        let last = edge("last", length - 1, after)?;
        let name = format!("{}.{}.bordered", self.name, side(axis));
        let op = Op::Concat {
            axis: axis.axis + 1,
        };
        self.builder
            .push(&name, op, &[first, vec![input], last].concat())
    }

    /// Some taps of every window, each with a factor.
    fn convolved(
        &mut self,
        name: &str,
        at: NodeId,
        axis: &Axis,
        taps: &[(usize, f32)],
    ) -> Result<NodeId, GraphError> {
        let channels = self.builder.node(at).shape().axes()[0];
        let mut row = vec![0.0; axis.kernel];
        for (tap, factor) in taps {
            row[*tap] = *factor;
        }
        let along = |length| {
            let mut both = [1, 1];
            both[axis.axis] = length;
            both
        };
        let [height, width] = along(axis.kernel);
        let weight = Tensor::new([channels, 1, height, width], row.repeat(channels))?;
        let op = Op::Conv2d {
            weight,
            bias: None,
            window: Window {
                kernel: [height, width],
                stride: along(axis.stride),
                dilation: along(axis.dilation),
                ..Window::square(1, 1, 0)
            },
            groups: channels,
        };
        self.builder.push(name, op, &[at])
    }
}

const fn side(axis: &Axis) -> &'static str {
    ["columns", "rows"][axis.axis]
}
