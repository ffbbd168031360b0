//! A graph as steps of inference, its weights made ready.

use super::{
    InferenceError, Real,
    clamp::Clamp,
    convolution::Convolution,
    elementwise::{Affine, Combine, Function, Identity, Softmax},
    linear::Linear,
    operation::{Call, Operation},
    pool::{AveragePool, GlobalAverage, MaxPool, Windows},
    runs::{self, Rearrange, Run, Source},
    standin::StandIn,
    tournament::Tournament,
};
use crate::nn::{Activation, Graph, Node, NodeId, Op, Shape, Tensor, Window};
use pulp::Arch;

/// How a step makes its result.
pub(super) enum Kind<T> {
    /// Takes the images.
    Images,
    /// Has it already, the same for all images.
    Constant(Vec<T>),
    /// Writes it beside its inputs.
    Apart(Box<dyn Operation<T>>),
    /// Makes it of its first input, which has as many elements.
    InPlace(Box<dyn Operation<T>>),
}

/// One node, ready to be run.
pub(super) struct Step<T> {
    pub(super) node: NodeId,
    pub(super) kind: Kind<T>,
    /// Positions of the nodes that it takes.
    pub(super) inputs: Vec<usize>,
    /// Elements of its result for an image.
    pub(super) elements: usize,
    /// Whether it is the last to take its first input, and once.
    pub(super) takes: bool,
    /// Nodes that nothing takes any more.
    pub(super) frees: Vec<usize>,
    /// That of the activation which alone takes the result.
    pub(super) clamp: Option<Clamp<T>>,
    /// Whether the step before it clamps in its place, if nobody looks.
    pub(super) absorbed: bool,
    /// Whether its argument is shown to an observer.
    pub(super) shows: bool,
    /// B of its polynomial.
    pub(super) range: f64,
}

/// The steps of all nodes, in their order; nothing for those that the output does not need.
pub(super) fn steps<T: Real>(
    graph: &Graph,
    arch: Arch,
) -> Result<Vec<Option<Step<T>>>, InferenceError> {
    let mut last = last_uses(graph);
    // The images are always there, even if nothing takes them.
    last[graph.input().index()].get_or_insert(graph.input().index());
    let mut steps: Vec<Option<Step<T>>> = vec![];
    for (id, node) in graph.iter() {
        let step = last[id.index()].map(|_| step(graph, id, node, &last, arch));
        steps.push(step.transpose()?);
    }
    let frees = last.iter().enumerate();
    for (node, last) in frees.filter_map(|(node, last)| Some((node, (*last)?))) {
        if let Some(Some(step)) = steps.get_mut(last) {
            step.frees.push(node);
        }
    }
    absorb(graph, &mut steps);
    Ok(steps)
}

/// For each node the last that takes its result, of those that the output needs; the number of nodes for the output.
fn last_uses(graph: &Graph) -> Vec<Option<usize>> {
    let nodes = graph.nodes();
    let mut last = vec![None; nodes.len()];
    last[graph.output().index()] = Some(nodes.len());
    for id in (0..nodes.len()).rev() {
        if last[id].is_some() {
            for input in nodes[id].inputs() {
                last[input.index()].get_or_insert(id);
            }
        }
    }
    last
}

/// Lets steps clamp for the activation after them.
fn absorb<T: Real>(graph: &Graph, steps: &mut [Option<Step<T>>]) {
    let uses = graph.uses();
    for (id, node) in graph.iter() {
        let Op::Activation(activation) = node.op() else {
            continue;
        };
        let Some(clamp) = Clamp::of(activation) else {
            continue;
        };
        let Some(input) = node.inputs().first().map(|input| input.index()) else {
            continue;
        };
        let able = steps[input].as_mut().filter(|step| match &step.kind {
            Kind::Apart(operation) | Kind::InPlace(operation) => {
                operation.clamps() && uses[input] == 1
            }
            Kind::Images | Kind::Constant(_) => false,
        });
        if let Some(producer) = able {
            producer.clamp = Some(clamp);
            if let Some(step) = &mut steps[id.index()] {
                step.absorbed = true;
            }
        }
    }
}

/// A step and the order in which it takes its inputs.
fn step<T: Real>(
    graph: &Graph,
    id: NodeId,
    node: &Node,
    last: &[Option<usize>],
    arch: Arch,
) -> Result<Step<T>, InferenceError> {
    let elements = node.shape().elements().filter(|&n| n > 0);
    let elements = elements.ok_or_else(|| InferenceError::Shape {
        node: node.name().into(),
        shape: node.shape().clone(),
    })?;
    let mut inputs: Vec<NodeId> = node.inputs().to_vec();
    let takes = |inputs: &[NodeId], k: usize| {
        let constant = matches!(graph.node(inputs[k]).op(), Op::Constant(_));
        let once = inputs.iter().filter(|&&input| input == inputs[k]).count() == 1;
        !constant && once && last[inputs[k].index()] == Some(id.index())
    };
    if matches!(node.op(), Op::Add | Op::Multiply) {
        // In place of the one that has the result's shape, better of one that is not needed afterwards.
        let whole = |k: usize| graph.node(inputs[k]).shape() == node.shape();
        if whole(1) && (!whole(0) || (takes(&inputs, 1) && !takes(&inputs, 0))) {
            inputs.swap(0, 1);
        }
    }
    let shapes: Vec<&Shape> = inputs.iter().map(|&i| graph.node(i).shape()).collect();
    let (mut shows, mut range) = (false, f64::INFINITY);
    if let Op::Activation(activation) = node.op() {
        shows = true;
        if let Activation::Polynomial(polynomial) = activation {
            range = polynomial.range.into();
        }
    }
    if let Op::MaxPool { by, .. } = node.op() {
        shows = true;
        range = by.as_ref().map_or(range, |by| by.range.into());
    }
    let kind = kind(node, &shapes, arch).map_err(|reason| InferenceError::Circuit {
        node: node.name().into(),
        reason,
    })?;
    Ok(Step {
        node: id,
        kind,
        takes: !inputs.is_empty() && takes(&inputs, 0),
        inputs: inputs.iter().map(|input| input.index()).collect(),
        elements,
        frees: vec![],
        clamp: None,
        absorbed: false,
        shows,
        range,
    })
}

fn kind<T: Real>(
    node: &Node,
    inputs: &[&Shape],
    arch: Arch,
) -> Result<Kind<T>, crate::circuit::CircuitError> {
    let (shape, axes) = (node.shape(), node.shape().axes());
    // The graph has checked that operations on images have one.
    let image = |shape: Option<&&Shape>| shape.and_then(|s| s.image()).unwrap_or([0; 3]);
    let ([_, height, width], out) = (image(inputs.first()), image(Some(&shape)));
    let windows = |window: &Window| Windows::new(window, [height, width], [out[1], out[2]]);
    Ok(match node.op() {
        Op::Input => Kind::Images,
        Op::Constant(tensor) => Kind::Constant(numbers(tensor)),
        Op::Conv2d {
            weight,
            bias,
            window,
            groups,
        } => {
            let bias = bias.as_ref();
            let whole = window.kernel == [height, width] && window.before == [0, 0];
            // A kernel as large as the image makes a linear map of it.
            if *groups == 1 && whole && window.dilation == [1, 1] && out[1..] == [1, 1] {
                apart(Linear::new(arch, weight, bias, out[0]))
            } else {
                let image = image(inputs.first());
                apart(Convolution::new(weight, bias, window, *groups, image, out))
            }
        }
        Op::Linear { weight, bias } => {
            let outputs = axes.last().copied().unwrap_or(0);
            apart(Linear::new(arch, weight, bias.as_ref(), outputs))
        }
        Op::Affine { scale, shift } => {
            let channel = axes[1..].iter().product();
            in_place(Affine::new(scale, shift, channel))
        }
        Op::Activation(Activation::Polynomial(polynomial)) => in_place(StandIn::new(polynomial)?),
        Op::Activation(activation) => in_place(Function(activation.clone())),
        Op::MaxPool { window, by: None } => apart(MaxPool(windows(window))),
        Op::MaxPool {
            window,
            by: Some(polynomial),
        } => {
            let output = [out[1], out[2]];
            apart(Tournament::new(
                polynomial,
                window,
                [height, width],
                output,
            )?)
        }
        Op::AveragePool {
            window,
            count_padding,
        } => apart(AveragePool::new(windows(window), *count_padding)),
        Op::GlobalAveragePool => apart(GlobalAverage {
            pixels: height * width,
        }),
        Op::Add => combine(shape, inputs, false),
        Op::Multiply => combine(shape, inputs, true),
        Op::Concat { axis } => rearrange(shape, 0.0, |index| {
            let mut index = index.to_vec();
            let mut found = None;
            for (k, input) in inputs.iter().enumerate() {
                match index[*axis].checked_sub(input.axes()[*axis]) {
                    Some(rest) => index[*axis] = rest,
                    None => {
                        found = Some((k, runs::place(input, &index)));
                        break;
                    }
                }
            }
            found
        }),
        Op::Reshape(_) => in_place(Identity),
        Op::Transpose { order } => rearrange(shape, 0.0, |index| {
            let mut from = vec![0; index.len()];
            for (&k, &at) in order.iter().zip(index) {
                from[k] = at;
            }
            Some((0, runs::place(inputs[0], &from)))
        }),
        Op::Slice {
            axis, start, step, ..
        } => rearrange(shape, 0.0, |index| {
            let mut index = index.to_vec();
            index[*axis] = start + step * index[*axis];
            Some((0, runs::place(inputs[0], &index)))
        }),
        Op::Pad { before, value, .. } => rearrange(shape, *value, |index| {
            let pairs = index.iter().zip(before).zip(inputs[0].axes());
            let inside = pairs.map(|((&at, &before), &length)| {
                let at = at.checked_sub(before)?;
                (at < length).then_some(at)
            });
            let inside: Vec<usize> = inside.collect::<Option<_>>()?;
            Some((0, runs::place(inputs[0], &inside)))
        }),
        Op::Softmax | Op::LogSoftmax => in_place(Softmax {
            row: axes.last().copied().unwrap_or(1),
            log: matches!(node.op(), Op::LogSoftmax),
        }),
    })
}

fn apart<T: Real>(operation: impl Operation<T> + 'static) -> Kind<T> {
    Kind::Apart(Box::new(operation))
}

fn in_place<T: Real>(operation: impl Operation<T> + 'static) -> Kind<T> {
    Kind::InPlace(Box::new(operation))
}

fn numbers<T: Real>(tensor: &Tensor) -> Vec<T> {
    let values = tensor.values().iter();
    values.map(|&x| T::from_f64(x.into())).collect()
}

fn rearrange<T: Real>(shape: &Shape, value: f32, source: impl Fn(&[usize]) -> Source) -> Kind<T> {
    apart(Rearrange {
        runs: runs::runs(runs::indices(shape).map(|index| source(&index))),
        value: T::from_f64(value.into()),
        elements: shape.elements().unwrap_or(0),
    })
}

/// Which element of an array meets each of the shape.
fn meets(shape: &Shape, array: &Shape) -> Vec<Run> {
    let elements = shape.elements().unwrap_or(0);
    if array == shape {
        return vec![Run {
            input: Some(0),
            start: 0,
            step: 1,
            length: elements,
        }];
    }
    let places = runs::indices(shape).map(|index| Some((0, runs::repeated(array, &index))));
    runs::runs(places)
}

fn combine<T: Real>(shape: &Shape, inputs: &[&Shape], product: bool) -> Kind<T> {
    let elements = shape.elements().unwrap_or(0);
    let second = Combine {
        runs: meets(shape, inputs[1]),
        product,
        elements,
    };
    if inputs[0] == shape {
        return in_place(second);
    }
    apart(Repeated {
        first: Rearrange {
            runs: meets(shape, inputs[0]),
            value: T::zero(),
            elements,
        },
        second,
    })
}

/// Two arrays of which neither has the result's shape.
struct Repeated<T> {
    first: Rearrange<T>,
    second: Combine,
}

impl<T: Real> Operation<T> for Repeated<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let Call {
            arch,
            images,
            arguments,
            clamp,
            scratch,
            excesses,
        } = call;
        let first = Call {
            arch,
            images,
            arguments: &arguments[..1],
            clamp: Clamp::none(),
            scratch: &mut *scratch,
            excesses: &mut *excesses,
        };
        self.first.apply(first, out);
        let second = Call {
            arch,
            images,
            arguments: &arguments[1..],
            clamp,
            scratch,
            excesses,
        };
        self.second.apply(second, out);
    }

    fn clamps(&self) -> bool {
        true
    }
}
