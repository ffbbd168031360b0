//! What a node of a network computes, and the shape of its result.

use super::{GraphError, Shape, Tensor, Window};
use equiripple_approx::coeffs::CoefficientTable;
use std::sync::Arc;

/// One operation on the results of other nodes. Axes are those of one image: the axis of a batch is not among them.
#[derive(Debug, Clone)]
pub enum Op {
    /// The images.
    Input,
    /// An array that does not depend on the images.
    Constant(Tensor),
    /// y\[o,y,x\] = b\[o\] + Σ w\[o,i,a,b\]·x\[g·I+i, y·s+a·d−p, x·s+b·d−p\], I channels in each of the groups.
    Conv2d {
        /// Shape \[O, I, kh, kw\], I = channels / groups.
        weight: Tensor,
        /// Shape \[O\].
        bias: Option<Tensor>,
        /// Its kernel is that of the weight.
        window: Window,
        /// Into how many groups the channels are divided.
        groups: usize,
    },
    /// y\[…,o\] = b\[o\] + Σ w\[o,i\]·x\[…,i\], along the last axis.
    Linear {
        /// Shape \[O, I\].
        weight: Tensor,
        /// Shape \[O\].
        bias: Option<Tensor>,
    },
    /// y\[c,…\] = scale\[c\]·x\[c,…\] + shift\[c\]: a batch normalisation with γ/√(σ²+ε) and β − μγ/√(σ²+ε).
    Affine {
        /// Shape \[C\].
        scale: Tensor,
        /// Shape \[C\].
        shift: Tensor,
    },
    /// A function of each element.
    Activation(Activation),
    /// The largest element of each window; elements of the padding do not count.
    MaxPool {
        /// Where the windows lie.
        window: Window,
        /// A stand-in r of ReLU, where the pooling is to be made of max(a, b) = b + r(a − b): on pairs of neighbours in
        /// row-major order until one number is left, an odd last one going on alone.
        by: Option<Polynomial>,
    },
    /// The mean of each window.
    AveragePool {
        /// Where the windows lie.
        window: Window,
        /// Whether elements of the padding count, as zeros. Elements beyond the padding never do.
        count_padding: bool,
    },
    /// The mean of each channel: \[C, 1, 1\].
    GlobalAveragePool,
    /// Sum of two, each axis of length 1 repeated as the other needs it.
    Add,
    /// Product of two, element by element, each axis of length 1 repeated as the other needs it.
    Multiply,
    /// One after another along an axis.
    Concat {
        /// Index of the axis.
        axis: usize,
    },
    /// The same elements in another shape.
    Reshape(Shape),
    /// Axis i of the result is axis `order[i]` of the input.
    Transpose {
        /// A permutation of the axes.
        order: Vec<usize>,
    },
    /// Elements start, start+step, … below end of an axis.
    Slice {
        /// Index of the axis.
        axis: usize,
        /// First index.
        start: usize,
        /// Index after the last.
        end: usize,
        /// At least 1.
        step: usize,
    },
    /// Constant elements around.
    Pad {
        /// How many before each axis.
        before: Vec<usize>,
        /// How many after each axis.
        after: Vec<usize>,
        /// Their value.
        value: f32,
    },
    /// exp(xᵢ)/Σ exp(xⱼ) along the last axis.
    Softmax,
    /// xᵢ − log Σ exp(xⱼ) along the last axis.
    LogSoftmax,
}

/// A function of one number.
#[derive(Debug, Clone)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// x where it is positive, slope·x elsewhere.
    LeakyRelu {
        /// Factor of negative numbers.
        slope: f32,
    },
    /// min(max(x, low), high).
    Clip {
        /// Least value.
        low: f32,
        /// Largest value.
        high: f32,
    },
    /// 1/(1+exp(−x)).
    Sigmoid,
    /// tanh x.
    Tanh,
    /// min(max(slope·x + offset, 0), 1).
    HardSigmoid {
        /// Factor, 1/6 or 0.2.
        slope: f32,
        /// ½.
        offset: f32,
    },
    /// x·min(max(x/6 + ½, 0), 1).
    HardSwish,
    /// x·Φ(x), Φ of the normal distribution.
    Gelu,
    /// x·(1+tanh(√(2/π)(x + 0.044715x³)))/2.
    GeluTanh,
    /// x/(1+exp(−x)).
    Silu,
    /// a·x² + b·x + c.
    Quadratic {
        /// Factor of x².
        a: f32,
        /// Factor of x.
        b: f32,
        /// Constant.
        c: f32,
    },
    /// A polynomial in place of another function.
    Polynomial(Polynomial),
}

/// y = B·r(x/B), with r of a coefficient table: a stand-in on \[−B, B\].
#[derive(Debug, Clone)]
pub struct Polynomial {
    /// Coefficients of r on \[−1, 1\].
    pub table: Arc<CoefficientTable>,
    /// B, positive.
    pub range: f32,
}

impl Op {
    /// Whether it adds a number to each channel and does no more: a batch normalisation whose factors are in the weights.
    #[must_use]
    pub fn is_shift(&self) -> bool {
        let one = |x: &f32| x.to_bits() == 1f32.to_bits();
        matches!(self, Self::Affine { scale, .. } if scale.values().iter().all(one))
    }

    /// The batch normalisation γ(x−μ)/√(σ²+ε) + β of inference, its factors rounded to f32 once.
    ///
    /// # Errors
    /// When a variance with ε is not positive, or a factor beyond f32.
    pub fn batch_norm(
        [gamma, beta, mean, variance]: [&Tensor; 4],
        epsilon: f64,
    ) -> Result<Self, GraphError> {
        let at = |list: &Tensor, k: usize| list.values().get(k).map_or(0.0, |&v| f64::from(v));
        let channels = gamma.values().len();
        let scale = |k| at(gamma, k) / (at(variance, k) + epsilon).sqrt();
        let shift = |k| at(beta, k) - at(mean, k) * scale(k);
        Ok(Self::Affine {
            scale: Tensor::list((0..channels).map(|k| scale(k) as f32).collect::<Vec<_>>())?,
            shift: Tensor::list((0..channels).map(|k| shift(k) as f32).collect::<Vec<_>>())?,
        })
    }

    /// Shape of the result on inputs of these shapes.
    ///
    /// # Errors
    /// When the inputs are of a wrong number or shape; `node` is the name that the error carries.
    pub fn infer(&self, node: &str, inputs: &[&Shape]) -> Result<Shape, GraphError> {
        let refuse = |needed: String| GraphError::Inputs {
            node: node.to_string(),
            op: self.name(),
            needed,
            found: inputs.iter().map(|&s| s.clone()).collect(),
        };
        let count = |n: usize| {
            let matches = inputs.len() == n;
            matches
                .then_some(())
                .ok_or_else(|| refuse(format!("{n} inputs")))
        };
        let image = || {
            count(1)?;
            let needed = || refuse("one image: channels × height × width".into());
            inputs[0].image().ok_or_else(needed)
        };
        let slide = |window: &Window, height: usize, width: usize| {
            let needed = || {
                let [h, w] = window.kernel;
                refuse(format!(
                    "an image that holds a window of {h}×{w}, with a positive stride"
                ))
            };
            window.output([height, width]).ok_or_else(needed)
        };
        let filled = |window: &Window, height: usize, width: usize| {
            let needed = "a padding narrower than the window, and no dilation beyond the image";
            let holds = window.holds_pixels([height, width]);
            holds.then_some(()).ok_or_else(|| refuse(needed.into()))
        };
        match self {
            Self::Input => Err(refuse(
                "no such node: the input of a graph is made with it".into(),
            )),
            Self::Constant(tensor) => {
                count(0)?;
                Ok(tensor.shape().clone())
            }
            Self::Conv2d {
                weight,
                bias,
                window,
                groups,
            } => {
                let [channels, height, width] = image()?;
                let [o, i, h, w] = <[usize; 4]>::try_from(weight.shape().axes())
                    .map_err(|_| refuse("a weight O × I × height × width".into()))?;
                if [h, w] != window.kernel
                    || *groups == 0
                    || o % groups != 0
                    || Some(channels) != i.checked_mul(*groups)
                {
                    return Err(refuse(format!(
                        "{groups} groups of {i} channels and a kernel of {h}×{w}, for {o} channels out"
                    )));
                }
                listed(bias.as_ref(), o).map_err(&refuse)?;
                let [height, width] = slide(window, height, width)?;
                Ok([o, height, width].into())
            }
            Self::Linear { weight, bias } => {
                count(1)?;
                let [o, i] = <[usize; 2]>::try_from(weight.shape().axes())
                    .map_err(|_| refuse("a weight O × I".into()))?;
                let mut axes = inputs[0].axes().to_vec();
                if axes.last() != Some(&i) {
                    return Err(refuse(format!("{i} elements along the last axis")));
                }
                listed(bias.as_ref(), o).map_err(&refuse)?;
                axes.pop();
                axes.push(o);
                Ok(axes.into())
            }
            Self::Affine { scale, shift } => {
                count(1)?;
                let Some(&channels) = inputs[0].axes().first() else {
                    return Err(refuse("an axis of channels".into()));
                };
                listed(Some(scale), channels).map_err(&refuse)?;
                listed(Some(shift), channels).map_err(&refuse)?;
                Ok(inputs[0].clone())
            }
            Self::Activation(activation) => {
                count(1)?;
                activation.check().map_err(refuse)?;
                Ok(inputs[0].clone())
            }
            Self::MaxPool { window, by } => {
                let [channels, height, width] = image()?;
                filled(window, height, width)?;
                if let Some(polynomial) = by {
                    polynomial.check().map_err(&refuse)?;
                }
                let [height, width] = slide(window, height, width)?;
                Ok([channels, height, width].into())
            }
            Self::AveragePool { window, .. } => {
                let [channels, height, width] = image()?;
                filled(window, height, width)?;
                let [height, width] = slide(window, height, width)?;
                Ok([channels, height, width].into())
            }
            Self::GlobalAveragePool => image().map(|[channels, ..]| [channels, 1, 1].into()),
            Self::Add | Self::Multiply => {
                count(2)?;
                broadcast(inputs[0], inputs[1])
                    .ok_or_else(|| refuse("two arrays whose axes are equal or 1".into()))
            }
            Self::Concat { axis } => {
                let Some((first, others)) = inputs.split_first() else {
                    return Err(refuse("an input".into()));
                };
                let mut axes = first.axes().to_vec();
                for other in others {
                    let same = other.axes().len() == axes.len()
                        && (0..axes.len()).all(|k| k == *axis || other.axes()[k] == axes[k]);
                    let total = axes.get(*axis).zip(other.axes().get(*axis));
                    match total.and_then(|(a, b)| a.checked_add(*b)) {
                        Some(total) if same => axes[*axis] = total,
                        _ => return Err(refuse(format!("arrays equal but for axis {axis}"))),
                    }
                }
                match axes.len() > *axis {
                    true => Ok(axes.into()),
                    false => Err(refuse(format!("arrays that have an axis {axis}"))),
                }
            }
            Self::Reshape(shape) => {
                count(1)?;
                match shape.elements().is_some() && shape.elements() == inputs[0].elements() {
                    true => Ok(shape.clone()),
                    false => Err(refuse(format!("as many elements as {shape} has"))),
                }
            }
            Self::Transpose { order } => {
                count(1)?;
                let axes = inputs[0].axes();
                let mut sorted = order.clone();
                sorted.sort_unstable();
                match sorted.iter().copied().eq(0..axes.len()) {
                    true => Ok(order.iter().map(|&k| axes[k]).collect::<Vec<_>>().into()),
                    false => Err(refuse(format!("an array of the axes {order:?}"))),
                }
            }
            Self::Slice {
                axis,
                start,
                end,
                step,
            } => {
                count(1)?;
                let mut axes = inputs[0].axes().to_vec();
                match axes.get_mut(*axis) {
                    Some(length) if *step > 0 && start < end && *end <= *length => {
                        *length = (end - start).div_ceil(*step);
                    }
                    _ => return Err(refuse(format!("elements {start}..{end} along axis {axis}"))),
                }
                Ok(axes.into())
            }
            Self::Pad {
                before,
                after,
                value,
            } => {
                count(1)?;
                finite(&[*value]).map_err(&refuse)?;
                let axes = inputs[0].axes();
                if before.len() != axes.len() || after.len() != axes.len() {
                    return Err(refuse(format!("{} axes", before.len())));
                }
                let padded =
                    (0..axes.len()).map(|k| axes[k].checked_add(before[k])?.checked_add(after[k]));
                let padded: Option<Vec<usize>> = padded.collect();
                padded
                    .map(Shape::from)
                    .ok_or_else(|| refuse("a padding within the machine's memory".into()))
            }
            Self::Softmax | Self::LogSoftmax => {
                count(1)?;
                match inputs[0].axes().is_empty() {
                    false => Ok(inputs[0].clone()),
                    true => Err(refuse("an axis".into())),
                }
            }
        }
    }

    /// The name that people call it by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Constant(_) => "constant",
            Self::Conv2d { .. } => "convolution",
            Self::Linear { .. } => "linear",
            Self::Affine { .. } => "batch norm",
            Self::Activation(activation) => activation.name(),
            Self::MaxPool { .. } => "max-pool",
            Self::AveragePool { .. } => "average-pool",
            Self::GlobalAveragePool => "global average-pool",
            Self::Add => "add",
            Self::Multiply => "multiply",
            Self::Concat { .. } => "concat",
            Self::Reshape(_) => "reshape",
            Self::Transpose { .. } => "transpose",
            Self::Slice { .. } => "slice",
            Self::Pad { .. } => "pad",
            Self::Softmax => "softmax",
            Self::LogSoftmax => "log-softmax",
        }
    }

    /// Weights and factors that it carries.
    pub fn tensors(&self) -> Vec<&Tensor> {
        match self {
            Self::Constant(tensor) => vec![tensor],
            Self::Conv2d { weight, bias, .. } | Self::Linear { weight, bias } => {
                std::iter::once(weight).chain(bias).collect()
            }
            Self::Affine { scale, shift } => vec![scale, shift],
            _ => vec![],
        }
    }
}

impl Activation {
    /// Whether its numbers make a function.
    fn check(&self) -> Result<(), String> {
        match self {
            Self::LeakyRelu { slope } => finite(&[*slope]),
            Self::HardSigmoid { slope, offset } => finite(&[*slope, *offset]),
            Self::Quadratic { a, b, c } => finite(&[*a, *b, *c]),
            Self::Clip { low, high } if low > high => {
                Err(format!("bounds in their order, not {low} and {high}"))
            }
            Self::Clip { low, high } => finite(&[*low, *high]),
            Self::Polynomial(polynomial) => polynomial.check(),
            _ => Ok(()),
        }
    }

    /// The name that people call it by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Relu => "ReLU",
            Self::LeakyRelu { .. } => "leaky ReLU",
            Self::Clip { .. } => "clip",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::HardSigmoid { .. } => "hard sigmoid",
            Self::HardSwish => "hard swish",
            Self::Gelu => "GELU",
            Self::GeluTanh => "GELU (tanh)",
            Self::Silu => "SiLU",
            Self::Quadratic { .. } => "quadratic",
            Self::Polynomial(_) => "polynomial",
        }
    }
}

impl Polynomial {
    fn check(&self) -> Result<(), String> {
        let positive = self.range > 0.0 && self.range.is_finite();
        let refusal = || format!("a positive range, not {}", self.range);
        positive.then_some(()).ok_or_else(refusal)
    }
}

fn finite(numbers: &[f32]) -> Result<(), String> {
    let wrong = numbers.iter().find(|v| !v.is_finite());
    wrong.map_or(Ok(()), |v| Err(format!("finite numbers, not {v}")))
}

/// Whether a list, where there is one, has that many elements.
fn listed(tensor: Option<&Tensor>, length: usize) -> Result<(), String> {
    match tensor {
        Some(list) if list.shape().axes() != [length] => {
            Err(format!("a list of {length}, not {}", list.shape()))
        }
        _ => Ok(()),
    }
}

/// The shape that both take when axes of length 1 are repeated; a shape with fewer axes lacks the first ones.
fn broadcast(a: &Shape, b: &Shape) -> Option<Shape> {
    let (a, b) = (a.axes(), b.axes());
    let length = a.len().max(b.len());
    let axis = |shape: &[usize], k: usize| match (k + shape.len()).checked_sub(length) {
        Some(k) => shape[k],
        None => 1,
    };
    let merged = (0..length).map(|k| match (axis(a, k), axis(b, k)) {
        (x, y) if x == y || y == 1 => Some(x),
        (1, y) => Some(y),
        _ => None,
    });
    merged.collect::<Option<Vec<_>>>().map(Shape::from)
}
