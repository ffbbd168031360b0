//! Functions of single elements, and sums and products of arrays.

use super::{
    array::Array,
    call::Call,
    error::{Try, refuse},
    expression::{Binary, Kind, Unary},
    importer::{Importer, QUOTIENT, Value, constant, input},
};
use crate::nn::{Activation, NodeId, Op, Tensor};

/// The operators that [`import`] knows.
pub(super) const OPERATORS: &[&str] = &[
    "Abs",
    "Add",
    "Clip",
    "Div",
    "Erf",
    "Exp",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "LeakyRelu",
    "Log",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "PRelu",
    "Pow",
    "Reciprocal",
    "Relu",
    "Sigmoid",
    "Softplus",
    "Sqrt",
    "Sub",
    "Sum",
    "Swish",
    "Tanh",
];

pub(super) fn import(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let operator = call.operator();
    let binary = match operator.as_str() {
        "Add" | "Sum" => Some(Binary::Add),
        "Sub" => Some(Binary::Subtract),
        "Mul" => Some(Binary::Multiply),
        "Div" => Some(Binary::Divide),
        "Pow" => Some(Binary::Power),
        "Max" => Some(Binary::Larger),
        "Min" => Some(Binary::Smaller),
        _ => None,
    };
    let Some(f) = binary else {
        return Ok(vec![unary(importer, call, name, inputs)?]);
    };
    // Max, Min and Sum take any number of inputs.
    let mut result = input(inputs, 0)?.clone();
    for k in 1..inputs.len() {
        result = pair(importer, f, name, &result, input(inputs, k)?)?;
    }
    Ok(vec![result])
}

fn unary(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Value> {
    let Value::Image(base, x) = input(inputs, 0)? else {
        return refuse(
            "it is computed of constants alone",
            "simplify the model with `onnxsim` before importing it",
        );
    };
    let x = x.clone();
    let kind = match call.operator().as_str() {
        "Abs" => Kind::Unary(Unary::Absolute, x),
        "Erf" => Kind::Unary(Unary::Erf, x),
        "Exp" => Kind::Unary(Unary::Exponential, x),
        "Log" => Kind::Unary(Unary::Logarithm, x),
        "Neg" => Kind::Unary(Unary::Negative, x),
        "Reciprocal" => Kind::Unary(Unary::Reciprocal, x),
        "Softplus" => Kind::Unary(Unary::Softplus, x),
        "Sqrt" => Kind::Unary(Unary::Root, x),
        _ => Kind::Activation(activation(call, inputs)?, x),
    };
    let expression = importer.expression(name, kind);
    importer.bounded(*base, expression)
}

fn activation(call: &Call<'_>, inputs: &[Option<Value>]) -> Try<Activation> {
    Ok(match call.operator().as_str() {
        "Clip" => return clip(call, inputs),
        "Gelu" if call.text("approximate", "none") == "tanh" => Activation::GeluTanh,
        "Gelu" => Activation::Gelu,
        "HardSigmoid" => Activation::HardSigmoid {
            slope: finite(call.float("alpha", 0.2), "alpha")?,
            offset: finite(call.float("beta", 0.5), "beta")?,
        },
        "HardSwish" => Activation::HardSwish,
        "LeakyRelu" => Activation::LeakyRelu {
            slope: finite(call.float("alpha", 0.01), "alpha")?,
        },
        "PRelu" => {
            let slopes = constant(inputs, 1, "slope")?.to_floats();
            match slopes.split_first() {
                Some((&slope, others)) if others.iter().all(|s| s.to_bits() == slope.to_bits()) => {
                    Activation::LeakyRelu {
                        slope: finite(slope, "slope")?,
                    }
                }
                _ => {
                    return refuse(
                        "its slopes differ from channel to channel",
                        "train with one slope: nn.PReLU(num_parameters=1)",
                    );
                }
            }
        }
        "Relu" => Activation::Relu,
        "Sigmoid" => Activation::Sigmoid,
        "Swish" if call.float("alpha", 1.0).to_bits() != 1f32.to_bits() => {
            return refuse("its alpha is not 1", "train with SiLU");
        }
        "Swish" => Activation::Silu,
        _ => Activation::Tanh,
    })
}

fn finite(number: f32, what: &str) -> Try<f32> {
    match number.is_finite() {
        true => Ok(number),
        false => refuse(format!("its {what} is {number}"), "give a finite number"),
    }
}

/// Bounds are attributes before operator set 11, inputs from there on.
fn clip(call: &Call<'_>, inputs: &[Option<Value>]) -> Try<Activation> {
    let bound = |k: usize, name: &str, otherwise: f32| -> Try<f32> {
        let given = match inputs.get(k) {
            Some(Some(_)) => constant(inputs, k, name)?.scalar().map(|v| v as f32),
            _ => Some(call.float(name, otherwise)),
        };
        match given {
            Some(given) if !given.is_nan() => Ok(given.clamp(f32::MIN, f32::MAX)),
            _ => refuse(format!("its {name} is no number"), "give it as one number"),
        }
    };
    let (low, high) = (bound(1, "min", f32::MIN)?, bound(2, "max", f32::MAX)?);
    if low > high {
        return refuse(
            format!("its bounds are [{low}, {high}]"),
            "give a lower bound that is below the upper one",
        );
    }
    Ok(match low == 0.0 && high == f32::MAX {
        true => Activation::Relu,
        false => Activation::Clip { low, high },
    })
}

/// A sum, difference, product or quotient.
fn pair(importer: &mut Importer, f: Binary, name: &str, a: &Value, b: &Value) -> Try<Value> {
    match (a, b) {
        (Value::Image(base, x), Value::Image(other, y)) if base == other => {
            let kind = Kind::Binary(f, x.clone(), y.clone());
            let expression = importer.expression(name, kind);
            importer.bounded(*base, expression)
        }
        (Value::Image(..), Value::Image(..)) => {
            let (a, mut b) = (importer.realised(a)?, importer.realised(b)?);
            let op = match f {
                Binary::Add => Op::Add,
                Binary::Subtract => {
                    b = importer.affine(&format!("{name}.negative"), b, -1.0, 0.0)?;
                    Op::Add
                }
                Binary::Multiply => Op::Multiply,
                Binary::Divide => return refuse(QUOTIENT.0, QUOTIENT.1),
                Binary::Power | Binary::Larger | Binary::Smaller => {
                    return refuse(
                        "it compares two results of the network, or takes a power of one",
                        "use sums and products of results alone",
                    );
                }
            };
            let made = importer.push(name, op, &[a, b])?;
            Ok(importer.image(made))
        }
        (Value::Image(base, x), Value::Constant(c)) => match c.scalar() {
            Some(number) if fits(importer, *base, c) => {
                let number = importer.expression(name, Kind::Number(number));
                let kind = Kind::Binary(f, x.clone(), number);
                let expression = importer.expression(name, kind);
                importer.bounded(*base, expression)
            }
            _ => with_array(importer, f, name, a, c, false),
        },
        (Value::Constant(c), Value::Image(base, x)) => match c.scalar() {
            Some(number) if fits(importer, *base, c) => {
                let number = importer.expression(name, Kind::Number(number));
                let kind = Kind::Binary(f, number, x.clone());
                let expression = importer.expression(name, kind);
                importer.bounded(*base, expression)
            }
            _ => with_array(importer, f, name, b, c, true),
        },
        _ => refuse(
            "it is computed of constants alone",
            "simplify the model with `onnxsim` before importing it",
        ),
    }
}

/// Whether a number adds no axis to the array that it is combined with.
fn fits(importer: &mut Importer, base: NodeId, number: &Array) -> bool {
    let image = importer.image(base);
    number.shape().len() <= importer.axes(&image).len()
}

/// A sum or product with a constant array: by channel where it can be, element by element otherwise.
fn with_array(
    importer: &mut Importer,
    f: Binary,
    name: &str,
    x: &Value,
    array: &Array,
    reversed: bool,
) -> Try<Value> {
    let axes = importer.axes(x);
    let node = importer.realised(x)?;
    let values = array.to_floats();
    let by = |scale: fn(f64) -> f64, shift: fn(f64) -> f64| {
        let list = |f: fn(f64) -> f64| -> Vec<f32> {
            values.iter().map(|&v| f(v.into()) as f32).collect()
        };
        (list(scale), list(shift))
    };
    let (scale, shift) = match (f, reversed) {
        (Binary::Add, _) => by(|_| 1.0, |v| v),
        (Binary::Subtract, false) => by(|_| 1.0, |v| -v),
        (Binary::Subtract, true) => by(|_| -1.0, |v| v),
        (Binary::Multiply, _) => by(|v| v, |_| 0.0),
        (Binary::Divide, false) => by(|v| 1.0 / v, |_| 0.0),
        (Binary::Divide, true) => return refuse(QUOTIENT.0, QUOTIENT.1),
        _ => {
            return refuse(
                "it takes a power or a maximum with different constants",
                "use one constant for all elements",
            );
        }
    };
    // In front of the array's axes there may be more, all of length 1 in the array.
    let missing = axes.len().checked_sub(array.shape().len());
    let Some(missing) = missing else {
        return refuse(
            format!("a constant of {:?} adds axes to {axes:?}", array.shape()),
            "give the constant as many axes as the result has",
        );
    };
    let full = [&vec![1; missing], array.shape()].concat();
    if full[0] != 1 {
        return refuse(
            format!(
                "a constant of {:?} differs from image to image",
                array.shape()
            ),
            "give the constant a batch axis of 1",
        );
    }
    let channels = axes.get(1).copied().unwrap_or(1);
    let by_channel = full.iter().enumerate().all(|(k, &n)| n == 1 || k == 1);
    if by_channel && full.get(1) == Some(&channels) {
        let op = Op::Affine {
            scale: Tensor::list(scale)?,
            shift: Tensor::list(shift)?,
        };
        let made = importer.push(name, op, &[node])?;
        return Ok(importer.image(made));
    }
    let (op, constant, node) = match f {
        Binary::Add | Binary::Subtract => {
            let node = match reversed && f == Binary::Subtract {
                true => importer.affine(&format!("{name}.negative"), node, -1.0, 0.0)?,
                false => node,
            };
            (Op::Add, shift, node)
        }
        _ => (Op::Multiply, scale, node),
    };
    let constant = Tensor::new(full[1..].to_vec(), constant)?;
    let constant = importer.push(&format!("{name}.constant"), Op::Constant(constant), &[])?;
    let made = importer.push(name, op, &[node, constant])?;
    Ok(importer.image(made))
}
