//! The oracle of inference: every operation by its definition, in f64, one number after another.
//!
//! Nothing here is fast. Loops follow the formulas of [`Op`] literally, so that the engine can be held against them.

use super::{Graph, Node, Op, Polynomial, Shape, Tensor, Window};
use equiripple_approx::ApproxError;
use thiserror::Error;

/// Why a network has no result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NaiveError {
    /// An image of another size.
    #[error("an image of {found} numbers, and the network takes {expected}")]
    Image {
        /// Shape that the network takes.
        expected: Shape,
        /// Numbers that were given.
        found: usize,
    },
    /// A coefficient table that is not valid.
    #[error("node `{node}`: {reason}")]
    Polynomial {
        /// Name of the node.
        node: String,
        /// What is wrong with its table.
        reason: ApproxError,
    },
}

/// The network's result on one image, its numbers in the order of the input's shape.
///
/// ```
/// use equiripple::nn::{Activation, Builder, Op, naive};
/// let mut net = Builder::new("tiny", [2]);
/// let relu = net.push("relu", Op::Activation(Activation::Relu), &[net.input()])?;
/// assert_eq!(naive::run(&net.build(relu)?, &[-1.0, 2.0])?, [0.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the image is of another size, or a polynomial's table is not valid.
pub fn run(graph: &Graph, image: &[f64]) -> Result<Vec<f64>, NaiveError> {
    let mut all = all(graph, image)?;
    Ok(all.swap_remove(graph.output().index()))
}

/// The results of all nodes, in their order.
///
/// # Errors
/// Those of [`run`].
pub fn all(graph: &Graph, image: &[f64]) -> Result<Vec<Vec<f64>>, NaiveError> {
    let expected = graph.node(graph.input()).shape();
    if expected.elements() != Some(image.len()) {
        return Err(NaiveError::Image {
            expected: expected.clone(),
            found: image.len(),
        });
    }
    let mut results: Vec<Vec<f64>> = vec![image.to_vec()];
    for node in &graph.nodes()[1..] {
        let inputs = node.inputs().iter();
        let inputs: Vec<Array<'_>> = inputs
            .map(|&id| Array {
                axes: graph.node(id).shape().axes(),
                values: &results[id.index()],
            })
            .collect();
        let result = evaluate(node, &inputs).map_err(|reason| NaiveError::Polynomial {
            node: node.name().into(),
            reason,
        })?;
        results.push(result);
    }
    Ok(results)
}

/// The result of a node.
#[derive(Debug, Clone, Copy)]
struct Array<'a> {
    axes: &'a [usize],
    values: &'a [f64],
}

/// Element of a weight, by its index on each axis.
fn weight(tensor: &Tensor, index: &[usize]) -> f64 {
    f64::from(tensor.values()[flat(tensor.shape().axes(), index)])
}

/// Element k of a list, zero where there is no list.
fn element(list: Option<&Tensor>, k: usize) -> f64 {
    list.map_or(0.0, |list| f64::from(list.values()[k]))
}

/// Position of an element, the last axis fastest.
fn flat(axes: &[usize], index: &[usize]) -> usize {
    let pairs = axes.iter().zip(index);
    pairs.fold(0, |at, (&length, &k)| at * length + k)
}

/// Index on each axis of the element at a position.
fn unflat(axes: &[usize], mut at: usize) -> Vec<usize> {
    let mut index = vec![0; axes.len()];
    for (k, &length) in axes.iter().enumerate().rev() {
        (index[k], at) = (at % length, at / length);
    }
    index
}

/// One number for each index of the shape.
fn tabulate(shape: &Shape, number: impl Fn(&[usize]) -> f64) -> Vec<f64> {
    let count = shape.elements().unwrap_or(0);
    let indices = (0..count).map(|at| unflat(shape.axes(), at));
    indices.map(|index| number(&index)).collect()
}

fn evaluate(node: &Node, inputs: &[Array<'_>]) -> Result<Vec<f64>, ApproxError> {
    let shape = node.shape();
    // A constant alone has no input; the graph has checked the numbers of all others.
    let none = Array {
        axes: &[],
        values: &[],
    };
    let x = inputs.first().copied().unwrap_or(none);
    let at = |index: &[usize]| x.values[flat(x.axes, index)];
    Ok(match node.op() {
        Op::Input => vec![],
        Op::Constant(tensor) => tensor.values().iter().map(|&v| f64::from(v)).collect(),
        Op::Conv2d {
            weight: w,
            bias,
            window,
            groups,
        } => tabulate(shape, |o| {
            let (channels, outputs) = (w.shape().axes()[1], shape.axes()[0] / groups);
            let first = o[0] / outputs * channels;
            let taps = taps(window, [x.axes[1], x.axes[2]], [o[1], o[2]]);
            let products = taps.iter().flat_map(|&([a, b], [y, z])| {
                (0..channels).map(move |i| weight(w, &[o[0], i, a, b]) * at(&[first + i, y, z]))
            });
            element(bias.as_ref(), o[0]) + products.sum::<f64>()
        }),
        Op::Linear { weight: w, bias } => tabulate(shape, |o| {
            let (&k, rest) = o.split_last().unwrap_or((&0, &[]));
            let products =
                (0..w.shape().axes()[1]).map(|i| weight(w, &[k, i]) * at(&[rest, &[i]].concat()));
            element(bias.as_ref(), k) + products.sum::<f64>()
        }),
        Op::Affine { scale, shift } => tabulate(shape, |o| {
            element(Some(scale), o[0]) * at(o) + element(Some(shift), o[0])
        }),
        Op::Activation(activation) => {
            let f = activation.function()?;
            x.values.iter().map(|&v| f(v)).collect()
        }
        Op::MaxPool { window, by } => {
            let maximum = by.as_ref().map(by_polynomial).transpose()?;
            tabulate(shape, |o| {
                let taps = taps(window, [x.axes[1], x.axes[2]], [o[1], o[2]]);
                let values = taps.iter().map(|&(_, [y, z])| at(&[o[0], y, z]));
                match &maximum {
                    Some(maximum) => tournament(values.collect(), maximum),
                    None => values.fold(f64::NEG_INFINITY, f64::max),
                }
            })
        }
        Op::AveragePool {
            window,
            count_padding,
        } => tabulate(shape, |o| {
            let image = [x.axes[1], x.axes[2]];
            let taps = taps(window, image, [o[1], o[2]]);
            let count = match count_padding {
                true => padded_taps(window, image, [o[1], o[2]]),
                false => taps.len(),
            };
            let values = taps.iter().map(|&(_, [y, z])| at(&[o[0], y, z]));
            values.sum::<f64>() / count as f64
        }),
        Op::GlobalAveragePool => {
            let pixels = x.axes[1] * x.axes[2];
            let channels = x.values.chunks(pixels);
            channels
                .map(|c| c.iter().sum::<f64>() / pixels as f64)
                .collect()
        }
        Op::Add => tabulate(shape, |o| repeated(x, o) + repeated(inputs[1], o)),
        Op::Multiply => tabulate(shape, |o| repeated(x, o) * repeated(inputs[1], o)),
        Op::Concat { axis } => tabulate(shape, |o| {
            let mut index = o.to_vec();
            for part in inputs {
                match index[*axis].checked_sub(part.axes[*axis]) {
                    Some(rest) => index[*axis] = rest,
                    None => return part.values[flat(part.axes, &index)],
                }
            }
            f64::NAN
        }),
        Op::Reshape(_) => x.values.to_vec(),
        Op::Transpose { order } => tabulate(shape, |o| {
            let mut index = vec![0; o.len()];
            for (to, &from) in order.iter().enumerate() {
                index[from] = o[to];
            }
            at(&index)
        }),
        Op::Slice {
            axis, start, step, ..
        } => tabulate(shape, |o| {
            let mut index = o.to_vec();
            index[*axis] = start + step * o[*axis];
            at(&index)
        }),
        Op::Pad { before, value, .. } => tabulate(shape, |o| {
            let inside = (0..o.len()).map(|k| {
                let at = o[k].checked_sub(before[k])?;
                (at < x.axes[k]).then_some(at)
            });
            let inside: Option<Vec<usize>> = inside.collect();
            inside.map_or(f64::from(*value), |index| at(&index))
        }),
        Op::Softmax => rows(x, |row, sum| row.exp() / sum),
        Op::LogSoftmax => rows(x, |row, sum| row - sum.ln()),
    })
}

/// Position in the kernel and in the image of the taps of a window that lie on the image.
fn taps(window: &Window, image: [usize; 2], output: [usize; 2]) -> Vec<([usize; 2], [usize; 2])> {
    let place = |axis: usize, tap: usize| {
        let at = output[axis] * window.stride[axis] + tap * window.dilation[axis];
        let at = at.checked_sub(window.before[axis])?;
        (at < image[axis]).then_some(at)
    };
    let mut taps = vec![];
    for a in 0..window.kernel[0] {
        for b in 0..window.kernel[1] {
            if let (Some(y), Some(x)) = (place(0, a), place(1, b)) {
                taps.push(([a, b], [y, x]));
            }
        }
    }
    taps
}

/// How many taps of a window lie on the image or on its padding.
fn padded_taps(window: &Window, image: [usize; 2], output: [usize; 2]) -> usize {
    let within = |axis: usize| {
        let places = (0..window.kernel[axis])
            .map(|tap| output[axis] * window.stride[axis] + tap * window.dilation[axis]);
        let end = window.before[axis] + image[axis] + window.after[axis];
        places.filter(|&at| at < end).count()
    };
    within(0) * within(1)
}

/// max(a, b) = b + ReLU(a − b), ReLU by the polynomial.
fn by_polynomial(relu: &Polynomial) -> Result<impl Fn(f64, f64) -> f64 + use<>, ApproxError> {
    let relu = relu.function()?;
    Ok(move |a: f64, b: f64| b + relu(a - b))
}

/// Pairs of neighbours until one is left; an odd last one goes on alone.
fn tournament(mut values: Vec<f64>, maximum: &impl Fn(f64, f64) -> f64) -> f64 {
    while values.len() > 1 {
        let pairs = values.chunks(2);
        values = pairs
            .map(|pair| match *pair {
                [a, b] => maximum(a, b),
                _ => pair[0],
            })
            .collect();
    }
    values.first().copied().unwrap_or(f64::NAN)
}

/// Element of an array whose axes of length 1 are repeated, and whose first axes may be missing.
fn repeated(array: Array<'_>, index: &[usize]) -> f64 {
    let index = &index[index.len() - array.axes.len()..];
    let own = array.axes.iter().zip(index);
    let own: Vec<usize> = own.map(|(&n, &k)| if n == 1 { 0 } else { k }).collect();
    array.values[flat(array.axes, &own)]
}

/// Along the last axis: each number less the largest, with Σ exp of these.
fn rows(x: Array<'_>, of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let length = x.axes.last().copied().unwrap_or(1).max(1);
    let rows = x.values.chunks(length).flat_map(|row| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|v| (v - largest).exp()).sum();
        row.iter()
            .map(move |v| (v - largest, sum))
            .collect::<Vec<_>>()
    });
    rows.map(|(v, sum)| of(v, sum)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::nn::{Activation, Builder, GraphError};
    use equiripple_approx::{
        coeffs::{CoefficientTable, Exact, StageTable},
        poly::Parity,
    };
    use std::sync::Arc;

    /// One node on an input of that shape.
    fn one(op: Op, shape: impl Into<Shape>, x: &[f64]) -> Vec<f64> {
        let mut net = Builder::new("one", shape);
        let node = net.push("node", op, &[net.input()]).unwrap();
        run(&net.build(node).unwrap(), x).unwrap()
    }

    fn tensor(shape: &[usize], values: &[f32]) -> Tensor {
        Tensor::new(shape.to_vec(), values).unwrap()
    }

    #[test]
    fn convolution() {
        // Two groups of one channel on 2×2; padding of one pixel above and on the left alone.
        let window = Window {
            kernel: [2, 2],
            before: [1, 1],
            ..Window::square(2, 1, 0)
        };
        let op = Op::Conv2d {
            weight: tensor(&[2, 1, 2, 2], &[1., 2., 3., 4., 0., 0., 0., 10.]),
            bias: Some(tensor(&[2], &[0.5, 0.])),
            window,
            groups: 2,
        };
        let y = one(op, [2, 2, 2], &[1., 2., 3., 4., 5., 6., 7., 8.]);
        // By hand: 4·1; 3·1+4·2; 2·1+4·3; 1+2·2+3·3+4·4.
        assert_eq!(y, [4.5, 11.5, 14.5, 30.5, 50., 60., 70., 80.]);
    }

    #[test]
    fn stride_and_dilation() {
        let window = Window {
            kernel: [1, 2],
            stride: [1, 2],
            dilation: [1, 3],
            ..Window::square(1, 1, 0)
        };
        let op = Op::Conv2d {
            weight: tensor(&[1, 1, 1, 2], &[1., 100.]),
            bias: None,
            window,
            groups: 1,
        };
        assert_eq!(one(op, [1, 1, 6], &[1., 2., 3., 4., 5., 6.]), [401., 603.]);
    }

    #[test]
    fn pooling_at_the_end_of_the_image() {
        let image: Vec<f64> = (1..=5).map(f64::from).collect();
        let window = Window {
            kernel: [1, 3],
            stride: [1, 2],
            before: [0, 1],
            after: [0, 1],
            ceil: true,
            ..Window::square(1, 1, 0)
        };
        let pool = |count_padding| Op::AveragePool {
            window,
            count_padding,
        };
        assert_eq!(one(pool(true), [1, 1, 5], &image), [1., 3., 3.]);
        assert_eq!(one(pool(false), [1, 1, 5], &image), [1.5, 3., 4.5]);
        // A window that begins at pixel 4 of 5 has one pixel, and what is beyond the padding never counts.
        let overhang = Window {
            before: [0; 2],
            after: [0; 2],
            stride: [1, 4],
            ..window
        };
        let op = Op::AveragePool {
            window: overhang,
            count_padding: true,
        };
        assert_eq!(one(op, [1, 1, 5], &image), [2., 5.]);
        let op = Op::MaxPool { window, by: None };
        assert_eq!(one(op, [1, 1, 5], &image), [2., 4., 5.]);
    }

    #[test]
    fn a_pooling_of_padding_alone_is_refused() {
        let mut net = Builder::new("one", [1, 4, 4]);
        let op = Op::MaxPool {
            window: Window::square(2, 1, 2),
            by: None,
        };
        let refused = net.push("pool", op, &[net.input()]);
        assert!(matches!(refused, Err(GraphError::Inputs { .. })));
    }

    #[test]
    fn maximum_by_a_polynomial() {
        // r(x) = x/2 + x² on [−1, 1] with B = 2: max(a, b) = b + (a−b)/2 + (a−b)²/2.
        let stage = StageTable {
            parity: Parity::Odd,
            interval: [Exact::from(-1), Exact::from(1)],
            domain: String::new(),
            coefficients: vec![Exact::from(1)],
        };
        let table = CoefficientTable {
            product: true,
            ..CoefficientTable::new("relu", vec![stage])
        };
        let by = Polynomial {
            table: Arc::new(table),
            range: 2.0,
        };
        let m = |a: f64, b: f64| b + (a - b) / 2.0 + (a - b) * (a - b) / 2.0;
        let op = Op::MaxPool {
            window: Window {
                kernel: [1, 3],
                ..Window::square(1, 1, 0)
            },
            by: Some(by),
        };
        assert_eq!(one(op, [1, 1, 3], &[1., 2., 4.]), [m(m(1., 2.), 4.)]);
    }

    #[test]
    fn arrays() {
        let x = [1., 2., 3., 4., 5., 6.];
        let transpose = Op::Transpose { order: vec![1, 0] };
        assert_eq!(one(transpose, [2, 3], &x), [1., 4., 2., 5., 3., 6.]);
        let slice = Op::Slice {
            axis: 1,
            start: 0,
            end: 3,
            step: 2,
        };
        assert_eq!(one(slice, [2, 3], &x), [1., 3., 4., 6.]);
        let pad = Op::Pad {
            before: vec![1, 0],
            after: vec![0, 1],
            value: 9.0,
        };
        let padded = [9., 9., 9., 9., 1., 2., 3., 9., 4., 5., 6., 9.];
        assert_eq!(one(pad, [2, 3], &x), padded);
        let softmax = one(Op::Softmax, [2], &[1000., 1000.]);
        assert_eq!(softmax, [0.5, 0.5]);
        let log = one(Op::LogSoftmax, [1, 2], &[0., 0.]);
        assert!(log.iter().all(|v| (v + 2f64.ln()).abs() < 1e-15));
    }

    #[test]
    fn broadcast_and_concatenation() {
        let mut net = Builder::new("two", [2, 1, 2]);
        let list = Op::Constant(tensor(&[2, 1, 1], &[10., 20.]));
        let list = net.push("list", list, &[]).unwrap();
        let sum = net.push("sum", Op::Add, &[net.input(), list]).unwrap();
        let both = Op::Concat { axis: 2 };
        let both = net.push("both", both, &[sum, net.input()]).unwrap();
        let graph = net.build(both).unwrap();
        let y = run(&graph, &[1., 2., 3., 4.]).unwrap();
        assert_eq!(y, [11., 12., 1., 2., 23., 24., 3., 4.]);
        assert!(run(&graph, &[1.]).is_err());
    }

    #[test]
    fn activations_at_known_points() {
        let at = |f: Activation, x: f64| f.function().unwrap()(x);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        near(at(Activation::Sigmoid, 3f64.ln()), 0.75);
        near(at(Activation::Silu, 3f64.ln()), 0.75 * 3f64.ln());
        near(at(Activation::HardSwish, 1.5), 1.5 * 0.75);
        near(at(Activation::Gelu, 0.7) - at(Activation::Gelu, -0.7), 0.7);
        // The tanh form is within 5e-4 of the other, and not equal to it.
        let apart = at(Activation::GeluTanh, 2.0) - at(Activation::Gelu, 2.0);
        assert!((1e-5..5e-4).contains(&apart.abs()), "{apart}");
        let quadratic = Activation::Quadratic {
            a: 2.0,
            b: 1.0,
            c: -1.0,
        };
        near(at(quadratic, 3.0), 20.0);
    }
}
