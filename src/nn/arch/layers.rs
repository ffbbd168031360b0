//! Layers by the names of their weights.

use super::parameters::{Parameters, Role};
use crate::nn::{Activation, Builder, Graph, GraphError, NodeId, Op, Shape, Tensor, Window};

/// A network under construction, and where its weights come from.
pub(super) struct Layers<'a> {
    builder: Builder,
    parameters: &'a mut dyn Parameters,
    /// Added to variances.
    epsilon: f64,
}

pub(super) type Done = Result<NodeId, GraphError>;

impl<'a> Layers<'a> {
    pub(super) fn new(name: &str, input: Shape, parameters: &'a mut dyn Parameters) -> Self {
        Self {
            builder: Builder::new(name, input),
            parameters,
            epsilon: 1e-5,
        }
    }

    /// Another ε than 10⁻⁵ for the batch norms that follow.
    pub(super) fn set_epsilon(&mut self, epsilon: f64) {
        self.epsilon = epsilon;
    }

    pub(super) fn input(&self) -> NodeId {
        self.builder.input()
    }

    pub(super) fn finish(self, output: NodeId) -> Result<Graph, GraphError> {
        self.builder.build(output)
    }

    /// Length of the first axis.
    pub(super) fn channels(&self, x: NodeId) -> usize {
        self.axes(x).first().copied().unwrap_or(0)
    }

    fn axes(&self, x: NodeId) -> &[usize] {
        self.builder.node(x).shape().axes()
    }

    /// An operation without weights.
    pub(super) fn push(&mut self, name: &str, op: Op, inputs: &[NodeId]) -> Done {
        self.builder.push(name, op, inputs)
    }

    /// A convolution to `outputs` channels: `name.weight`, and `name.bias` where it has one.
    pub(super) fn convolution(
        &mut self,
        name: &str,
        x: NodeId,
        outputs: usize,
        window: Window,
        bias: bool,
    ) -> Done {
        let [height, width] = window.kernel;
        let rest = [self.channels(x), height, width];
        let (weight, bias) = self.weight_and_bias(name, outputs, &rest, bias)?;
        let op = Op::Conv2d {
            weight,
            bias,
            window,
            groups: 1,
        };
        self.push(name, op, &[x])
    }

    /// The layer that says how many classes there are, as a convolution of one pixel.
    pub(super) fn classifying_convolution(
        &mut self,
        name: &str,
        x: NodeId,
        classes: usize,
    ) -> Done {
        let rest = [self.channels(x), 1, 1];
        let classes = self.outputs(name, &rest, classes);
        self.convolution(name, x, classes, Window::square(1, 1, 0), true)
    }

    /// A linear layer with bias on a list of features.
    pub(super) fn linear(&mut self, name: &str, x: NodeId, outputs: usize) -> Done {
        let rest = [self.channels(x)];
        let (weight, bias) = self.weight_and_bias(name, outputs, &rest, true)?;
        self.push(name, Op::Linear { weight, bias }, &[x])
    }

    /// The linear layer that says how many classes there are.
    pub(super) fn classifier(&mut self, name: &str, x: NodeId, classes: usize) -> Done {
        let classes = self.outputs(name, &[self.channels(x)], classes);
        self.linear(name, x, classes)
    }

    fn outputs(&self, name: &str, rest: &[usize], otherwise: usize) -> usize {
        let weight = format!("{name}.weight");
        self.parameters.outputs(&weight, rest, otherwise)
    }

    fn weight_and_bias(
        &mut self,
        name: &str,
        outputs: usize,
        rest: &[usize],
        bias: bool,
    ) -> Result<(Tensor, Option<Tensor>), GraphError> {
        let role = Role::Weight {
            fan_in: rest.iter().product(),
        };
        let shape = [&[outputs], rest].concat();
        let weight = self
            .parameters
            .tensor(&format!("{name}.weight"), shape.into(), role)?;
        let name = format!("{name}.bias");
        let bias = bias.then(|| self.parameters.tensor(&name, [outputs].into(), Role::Shift));
        Ok((weight, bias.transpose()?))
    }

    /// A batch norm: `name.weight` γ, `name.bias` β, `name.running_mean` μ, `name.running_var` σ². Random γ are about
    /// `gain`.
    pub(super) fn norm(&mut self, name: &str, x: NodeId, gain: f32) -> Done {
        let channels = self.channels(x);
        let mut list = |what: &str, role| {
            let name = format!("{name}.{what}");
            self.parameters.tensor(&name, [channels].into(), role)
        };
        let (gamma, beta) = (
            list("weight", Role::Factor(gain))?,
            list("bias", Role::Shift)?,
        );
        let (mean, variance) = (
            list("running_mean", Role::Shift)?,
            list("running_var", Role::Factor(1.0))?,
        );
        let op = Op::batch_norm([&gamma, &beta, &mean, &variance], self.epsilon)?;
        self.push(name, op, &[x])
    }

    /// ReLU; a·x² + b·x + c where the weights have `name.a`, `name.b` and `name.c`, one number for the layer or one for
    /// each channel.
    pub(super) fn relu(&mut self, name: &str, x: NodeId) -> Done {
        if !self.parameters.has(&format!("{name}.a")) {
            return self.push(name, Op::Activation(Activation::Relu), &[x]);
        }
        let channels = self.channels(x);
        let mut list = |what: &str| {
            let name = format!("{name}.{what}");
            let count = self.parameters.outputs(&name, &[], channels);
            let count = if count == 1 { 1 } else { channels };
            self.parameters.tensor(&name, [count].into(), Role::Shift)
        };
        let (a, b, c) = (list("a")?, list("b")?, list("c")?);
        let each = |list: &Tensor| -> Result<Tensor, GraphError> {
            match list.values() {
                &[one] => Tensor::list(vec![one; channels]),
                _ => Ok(list.clone()),
            }
        };
        if let (&[a], &[b], &[c]) = (a.values(), b.values(), c.values()) {
            return self.push(
                name,
                Op::Activation(Activation::Quadratic { a, b, c }),
                &[x],
            );
        }
        let slope = Op::Affine {
            scale: each(&a)?,
            shift: each(&b)?,
        };
        let slope = self.push(&format!("{name}.slope"), slope, &[x])?;
        let product = self.push(&format!("{name}.product"), Op::Multiply, &[slope, x])?;
        let constant = Op::Affine {
            scale: Tensor::list(vec![1.0; channels])?,
            shift: each(&c)?,
        };
        self.push(name, constant, &[product])
    }

    /// Whether the weights have an array of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parameters.has(name)
    }

    pub(super) fn max_pool(&mut self, name: &str, x: NodeId, window: Window) -> Done {
        self.push(name, Op::MaxPool { window, by: None }, &[x])
    }

    /// Each `step`th element of an axis, from the first on.
    pub(super) fn every(&self, x: NodeId, axis: usize, step: usize) -> Op {
        Op::Slice {
            axis,
            start: 0,
            end: self.axes(x)[axis],
            step,
        }
    }

    /// The elements as a list.
    pub(super) fn flatten(&mut self, x: NodeId) -> Done {
        let features = self.builder.node(x).shape().elements().unwrap_or(0);
        self.push("flatten", Op::Reshape([features].into()), &[x])
    }

    /// The mean of each channel as a list.
    pub(super) fn global_pool(&mut self, x: NodeId) -> Done {
        let pool = self.push("avgpool", Op::GlobalAveragePool, &[x])?;
        self.flatten(pool)
    }

    /// Means to `side`×`side` pixels; the image's sides must be multiples of that.
    pub(super) fn adaptive_pool(&mut self, x: NodeId, side: usize) -> Done {
        let image = self.builder.node(x).shape().clone();
        let axes = image.axes();
        if axes[1..] == [side, side] {
            return Ok(x);
        }
        if !axes[1..].iter().all(|n| n.is_multiple_of(side)) {
            return Err(GraphError::Inputs {
                node: "avgpool".into(),
                op: "adaptive average-pool",
                needed: format!("a height and a width that are multiples of {side}"),
                found: vec![image],
            });
        }
        let kernel = [axes[1] / side, axes[2] / side];
        let window = Window {
            kernel,
            stride: kernel,
            ..Window::square(1, 1, 0)
        };
        let op = Op::AveragePool {
            window,
            count_padding: false,
        };
        self.push("avgpool", op, &[x])
    }

    /// Convolution without bias, batch norm and ReLU: `name.conv`, `name.bn`.
    pub(super) fn conv_norm_relu(
        &mut self,
        name: &str,
        x: NodeId,
        outputs: usize,
        window: Window,
    ) -> Done {
        let x = self.convolution(&format!("{name}.conv"), x, outputs, window, false)?;
        let x = self.norm(&format!("{name}.bn"), x, 1.0)?;
        self.relu(&format!("{name}.relu"), x)
    }

    /// From images normalised by ImageNet's means and deviations to those with values of [−1, 1], which GoogLeNet and
    /// Inception were trained on.
    pub(super) fn unit_range(&mut self) -> Done {
        const MEAN: [f64; 3] = [0.485, 0.456, 0.406];
        const DEVIATION: [f64; 3] = [0.229, 0.224, 0.225];
        let op = Op::Affine {
            scale: Tensor::list(DEVIATION.map(|s| (s / 0.5) as f32).to_vec())?,
            shift: Tensor::list(MEAN.map(|m| ((m - 0.5) / 0.5) as f32).to_vec())?,
        };
        let input = self.input();
        self.push("transform_input", op, &[input])
    }
}
