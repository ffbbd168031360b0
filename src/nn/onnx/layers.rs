//! Linear layers, batch norms and the softmax at the end.

use super::{
    call::{Call, axis},
    error::{Try, refuse},
    importer::{Importer, Value, as_array, constant, input},
};
use crate::nn::{Op, Tensor};

pub(super) fn batch_norm(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    if call.int("training_mode", 0) != 0 {
        return refuse(
            "it normalises by the batch itself",
            "export the model in evaluation mode: model.eval()",
        );
    }
    let x = input(inputs, 0)?;
    let channels = importer.axes(x).get(1).copied().unwrap_or(0);
    let mut lists = Vec::with_capacity(4);
    for (k, what) in [(1, "scale"), (2, "bias"), (3, "mean"), (4, "variance")] {
        let array = constant(inputs, k, what)?;
        if array.shape() != [channels] {
            return refuse(
                format!(
                    "its {what} has the shape {:?}, and {channels} channels come in",
                    array.shape()
                ),
                "check the model with `onnx.checker`",
            );
        }
        lists.push(array.tensor(vec![channels])?);
    }
    let epsilon = f64::from(call.float("epsilon", 1e-5));
    let [gamma, beta, mean, variance] = lists.as_slice() else {
        return refuse("it has other than four lists", "check the model");
    };
    let op = Op::batch_norm([gamma, beta, mean, variance], epsilon)?;
    importer.layer(name, op, x)
}

/// alpha·A·B + beta·C, or with B transposed.
pub(super) fn gemm(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    if call.int("transA", 0) != 0 {
        return refuse("it transposes the batch axis", "export it without transA");
    }
    let x = input(inputs, 0)?;
    if importer.axes(x).len() != 2 {
        return refuse(
            format!("its input has {} axes", importer.axes(x).len()),
            "flatten it before the layer",
        );
    }
    let weight = constant(inputs, 1, "second matrix")?;
    let [rows, columns] = weight.shape()[..] else {
        return refuse(
            format!("its second matrix has the shape {:?}", weight.shape()),
            "check the model with `onnx.checker`",
        );
    };
    let alpha = call.float("alpha", 1.0);
    let transposed = call.int("transB", 0) != 0;
    let (outputs, features) = if transposed {
        (rows, columns)
    } else {
        (columns, rows)
    };
    let values = weight.to_floats();
    let mut scaled = Vec::with_capacity(values.len());
    for o in 0..outputs {
        for i in 0..features {
            let at = if transposed {
                o * columns + i
            } else {
                i * columns + o
            };
            scaled.push(alpha * values[at]);
        }
    }
    let bias = match inputs.get(2).and_then(as_array) {
        Some(bias) => {
            let (beta, values) = (call.float("beta", 1.0), bias.to_floats());
            let fits = [1, outputs].contains(&values.len())
                && bias.shape().len() <= 2
                && bias.shape().last().is_none_or(|&n| n == values.len());
            if !fits {
                return refuse(
                    format!(
                        "its bias has the shape {:?} for {outputs} outputs",
                        bias.shape()
                    ),
                    "check the model with `onnx.checker`",
                );
            }
            let value = |o: usize| beta * values[if values.len() == 1 { 0 } else { o }];
            Some(Tensor::list((0..outputs).map(value).collect::<Vec<_>>())?)
        }
        None if matches!(inputs.get(2), Some(Some(_))) => {
            return refuse("its bias is not constant", "add it by an Add node");
        }
        None => None,
    };
    let op = Op::Linear {
        weight: Tensor::new([outputs, features], scaled)?,
        bias,
    };
    importer.layer(name, op, x)
}

/// A product with a constant matrix, along the last axis.
pub(super) fn matmul(
    importer: &mut Importer,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let weight = match inputs.get(1).and_then(as_array) {
        Some(weight) if weight.shape().len() == 2 => weight,
        _ => {
            return refuse(
                "its second factor is no constant matrix",
                "only products of a result with a constant matrix are imported, in this order",
            );
        }
    };
    if importer.axes(x).len() < 2 {
        return refuse("its input has no axis of features", "check the model");
    }
    let (features, outputs) = (weight.shape()[0], weight.shape()[1]);
    let values = weight.to_floats();
    let transposed: Vec<f32> = (0..outputs)
        .flat_map(|o| (0..features).map(move |i| (o, i)))
        .map(|(o, i)| values[i * outputs + o])
        .collect();
    let op = Op::Linear {
        weight: Tensor::new([outputs, features], transposed)?,
        bias: None,
    };
    importer.layer(name, op, x)
}

/// Along the axis that has the classes; no other may be longer than 1 behind it.
pub(super) fn softmax(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let axes = importer.axes(x);
    let otherwise = if call.opset < 13 { 1 } else { -1 };
    let along = axis(call.int("axis", otherwise), axes.len())?;
    let behind: usize = axes[along + 1..].iter().product();
    // Before operator set 13 all axes from this one on count as one.
    if along == 0 || behind > 1 && call.opset >= 13 {
        return refuse(
            format!("it runs along axis {along} of {axes:?}"),
            "run it along the last axis",
        );
    }
    let op = match call.operator().as_str() {
        "Softmax" => Op::Softmax,
        _ => Op::LogSoftmax,
    };
    let x = importer.realised(x)?;
    if along + 1 == axes.len() {
        return importer.one(name, op, &[x]);
    }
    let length: usize = axes[along..].iter().product();
    let flat = [&axes[1..along], &[length]].concat();
    let flat = importer.push(&format!("{name}.flatten"), Op::Reshape(flat.into()), &[x])?;
    let y = importer.push(name, op, &[flat])?;
    let back = Op::Reshape(axes[1..].to_vec().into());
    importer.one(&format!("{name}.reshape"), back, &[y])
}
