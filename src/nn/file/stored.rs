//! An operation as JSON, its arrays and tables elsewhere.

use crate::nn::{Activation, Op, Polynomial, Shape, Tensor, WeightsError, Window};
use equiripple_approx::coeffs::CoefficientTable;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// [`Op`] without its arrays.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Stored {
    Constant,
    Conv2d {
        window: Window,
        groups: usize,
        bias: bool,
    },
    Linear {
        bias: bool,
    },
    Affine,
    Activation {
        function: Function,
    },
    MaxPool {
        window: Window,
        by: Option<Stage>,
    },
    AveragePool {
        window: Window,
        count_padding: bool,
    },
    GlobalAveragePool,
    Add,
    Multiply,
    Concat {
        axis: usize,
    },
    Reshape {
        shape: Shape,
    },
    Transpose {
        order: Vec<usize>,
    },
    Slice {
        axis: usize,
        start: usize,
        end: usize,
        step: usize,
    },
    Pad {
        before: Vec<usize>,
        after: Vec<usize>,
        value: f32,
    },
    Softmax,
    LogSoftmax,
}

/// [`Activation`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Function {
    Relu,
    LeakyRelu { slope: f32 },
    Clip { low: f32, high: f32 },
    Sigmoid,
    Tanh,
    HardSigmoid { slope: f32, offset: f32 },
    HardSwish,
    Gelu,
    GeluTanh,
    Silu,
    Quadratic { a: f32, b: f32, c: f32 },
    Polynomial(Stage),
}

/// [`Polynomial`], its table by position.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stage {
    table: usize,
    range: f32,
}

/// Tables that nodes share, each once.
#[derive(Default)]
pub(super) struct Tables(pub(super) Vec<Arc<CoefficientTable>>);

impl Tables {
    fn stage(&mut self, polynomial: &Polynomial) -> Stage {
        let table = &polynomial.table;
        let same = |known: &Arc<CoefficientTable>| Arc::ptr_eq(known, table) || known == table;
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            self.0.push(table.clone());
            self.0.len() - 1
        });
        Stage {
            table: at,
            range: polynomial.range,
        }
    }
}

/// The arrays of an operation, by what they are.
pub(super) fn arrays(op: &Op) -> Vec<(&'static str, &Tensor)> {
    match op {
        Op::Constant(value) => vec![("value", value)],
        Op::Conv2d { weight, bias, .. } | Op::Linear { weight, bias } => {
            let bias = bias.iter().map(|bias| ("bias", bias));
            std::iter::once(("weight", weight)).chain(bias).collect()
        }
        Op::Affine { scale, shift } => vec![("scale", scale), ("shift", shift)],
        _ => vec![],
    }
}

impl Stored {
    pub(super) fn of(op: &Op, tables: &mut Tables) -> Self {
        match op {
            // The input is no node of the file; a graph has no second one.
            Op::Input | Op::Constant(_) => Self::Constant,
            Op::Conv2d {
                bias,
                window,
                groups,
                ..
            } => Self::Conv2d {
                window: *window,
                groups: *groups,
                bias: bias.is_some(),
            },
            Op::Linear { bias, .. } => Self::Linear {
                bias: bias.is_some(),
            },
            Op::Affine { .. } => Self::Affine,
            Op::Activation(activation) => Self::Activation {
                function: Function::of(activation, tables),
            },
            Op::MaxPool { window, by } => Self::MaxPool {
                window: *window,
                by: by.as_ref().map(|by| tables.stage(by)),
            },
            Op::AveragePool {
                window,
                count_padding,
            } => Self::AveragePool {
                window: *window,
                count_padding: *count_padding,
            },
            Op::GlobalAveragePool => Self::GlobalAveragePool,
            Op::Add => Self::Add,
            Op::Multiply => Self::Multiply,
            Op::Concat { axis } => Self::Concat { axis: *axis },
            Op::Reshape(shape) => Self::Reshape {
                shape: shape.clone(),
            },
            Op::Transpose { order } => Self::Transpose {
                order: order.clone(),
            },
            &Op::Slice {
                axis,
                start,
                end,
                step,
            } => Self::Slice {
                axis,
                start,
                end,
                step,
            },
            Op::Pad {
                before,
                after,
                value,
            } => Self::Pad {
                before: before.clone(),
                after: after.clone(),
                value: *value,
            },
            Op::Softmax => Self::Softmax,
            Op::LogSoftmax => Self::LogSoftmax,
        }
    }

    /// The operation; nothing where it names a table that is not there.
    pub(super) fn restored(
        self,
        tables: &[Arc<CoefficientTable>],
        array: &mut impl FnMut(&str) -> Result<Tensor, WeightsError>,
    ) -> Result<Option<Op>, WeightsError> {
        Ok(Some(match self {
            Self::Constant => Op::Constant(array("value")?),
            Self::Conv2d {
                window,
                groups,
                bias,
            } => Op::Conv2d {
                weight: array("weight")?,
                bias: bias.then(|| array("bias")).transpose()?,
                window,
                groups,
            },
            Self::Linear { bias } => Op::Linear {
                weight: array("weight")?,
                bias: bias.then(|| array("bias")).transpose()?,
            },
            Self::Affine => Op::Affine {
                scale: array("scale")?,
                shift: array("shift")?,
            },
            Self::Activation { function } => match function.restored(tables) {
                Some(activation) => Op::Activation(activation),
                None => return Ok(None),
            },
            Self::MaxPool { window, by: None } => Op::MaxPool { window, by: None },
            Self::MaxPool {
                window,
                by: Some(stage),
            } => match stage.restored(tables) {
                Some(by) => Op::MaxPool {
                    window,
                    by: Some(by),
                },
                None => return Ok(None),
            },
            Self::AveragePool {
                window,
                count_padding,
            } => Op::AveragePool {
                window,
                count_padding,
            },
            Self::GlobalAveragePool => Op::GlobalAveragePool,
            Self::Add => Op::Add,
            Self::Multiply => Op::Multiply,
            Self::Concat { axis } => Op::Concat { axis },
            Self::Reshape { shape } => Op::Reshape(shape),
            Self::Transpose { order } => Op::Transpose { order },
            Self::Slice {
                axis,
                start,
                end,
                step,
            } => Op::Slice {
                axis,
                start,
                end,
                step,
            },
            Self::Pad {
                before,
                after,
                value,
            } => Op::Pad {
                before,
                after,
                value,
            },
            Self::Softmax => Op::Softmax,
            Self::LogSoftmax => Op::LogSoftmax,
        }))
    }
}

impl Function {
    fn of(activation: &Activation, tables: &mut Tables) -> Self {
        match *activation {
            Activation::Relu => Self::Relu,
            Activation::LeakyRelu { slope } => Self::LeakyRelu { slope },
            Activation::Clip { low, high } => Self::Clip { low, high },
            Activation::Sigmoid => Self::Sigmoid,
            Activation::Tanh => Self::Tanh,
            Activation::HardSigmoid { slope, offset } => Self::HardSigmoid { slope, offset },
            Activation::HardSwish => Self::HardSwish,
            Activation::Gelu => Self::Gelu,
            Activation::GeluTanh => Self::GeluTanh,
            Activation::Silu => Self::Silu,
            Activation::Quadratic { a, b, c } => Self::Quadratic { a, b, c },
            Activation::Polynomial(ref polynomial) => Self::Polynomial(tables.stage(polynomial)),
        }
    }

    fn restored(self, tables: &[Arc<CoefficientTable>]) -> Option<Activation> {
        Some(match self {
            Self::Relu => Activation::Relu,
            Self::LeakyRelu { slope } => Activation::LeakyRelu { slope },
            Self::Clip { low, high } => Activation::Clip { low, high },
            Self::Sigmoid => Activation::Sigmoid,
            Self::Tanh => Activation::Tanh,
            Self::HardSigmoid { slope, offset } => Activation::HardSigmoid { slope, offset },
            Self::HardSwish => Activation::HardSwish,
            Self::Gelu => Activation::Gelu,
            Self::GeluTanh => Activation::GeluTanh,
            Self::Silu => Activation::Silu,
            Self::Quadratic { a, b, c } => Activation::Quadratic { a, b, c },
            Self::Polynomial(stage) => Activation::Polynomial(stage.restored(tables)?),
        })
    }
}

impl Stage {
    fn restored(self, tables: &[Arc<CoefficientTable>]) -> Option<Polynomial> {
        Some(Polynomial {
            table: tables.get(self.table)?.clone(),
            range: self.range,
        })
    }
}
