//! Convolutions and poolings.

use super::{
    call::Call,
    error::{Try, refuse},
    fold,
    importer::{Importer, Value, as_array, constant, input},
};
use crate::nn::{Op, Window};

/// Height and width of the images that a value is, which has four axes.
fn image(importer: &Importer, value: &Value) -> Try<[usize; 2]> {
    match importer.axes(value).as_slice() {
        [_, _, height, width] => Ok([*height, *width]),
        axes => refuse(
            format!("its input has {} axes", axes.len()),
            "only layers on images are imported: batch, channels, height, width",
        ),
    }
}

/// The window of a node with that kernel.
fn window(call: &Call<'_>, kernel: [usize; 2], image: [usize; 2]) -> Try<Window> {
    let mut window = Window {
        kernel,
        stride: call.pair("strides", 1)?,
        dilation: call.pair("dilations", 1)?,
        before: [0; 2],
        after: [0; 2],
        ceil: call.int("ceil_mode", 0) != 0,
    };
    match call.text("auto_pad", "NOTSET") {
        "NOTSET" => {
            let pads = call.ints("pads").unwrap_or(&[0; 4]);
            let pads: Option<Vec<usize>> = pads.iter().map(|&p| p.try_into().ok()).collect();
            match pads.as_deref() {
                Some([top, left, bottom, right]) => {
                    window.before = [*top, *left];
                    window.after = [*bottom, *right];
                }
                _ => {
                    return refuse(
                        "its pads are not four numbers from 0 on",
                        "only layers on images are imported",
                    );
                }
            }
        }
        "VALID" => {}
        upper @ ("SAME_UPPER" | "SAME_LOWER") => {
            for axis in 0..2 {
                // As many windows as strides fit, and the padding that they need.
                let windows = image[axis].div_ceil(window.stride[axis]);
                let extent = (kernel[axis] - 1)
                    .checked_mul(window.dilation[axis])
                    .and_then(|n| n.checked_add(1));
                let reach = (windows.saturating_sub(1)).checked_mul(window.stride[axis]);
                let Some(end) = extent.zip(reach).and_then(|(e, r)| e.checked_add(r)) else {
                    return refuse("its window is too large", "check the model");
                };
                let padding = end.saturating_sub(image[axis]);
                let (half, rest) = (padding / 2, padding - padding / 2);
                (window.before[axis], window.after[axis]) = match upper {
                    "SAME_UPPER" => (half, rest),
                    _ => (rest, half),
                };
            }
        }
        other => {
            return refuse(
                format!("its auto_pad is {other:?}"),
                "export it with explicit pads",
            );
        }
    }
    Ok(window)
}

/// The window of a pooling.
fn pool_window(call: &Call<'_>, image: [usize; 2]) -> Try<Window> {
    if !call.has("kernel_shape") {
        return refuse(
            "it has no kernel_shape",
            "check the model with `onnx.checker`",
        );
    }
    window(call, call.pair("kernel_shape", 1)?, image)
}

pub(super) fn convolution(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let image = image(importer, x)?;
    let weight = constant(inputs, 1, "weight")?;
    let [_, _, height, width] = weight.shape()[..] else {
        return refuse(
            format!("its weight has the shape {:?}", weight.shape()),
            "only convolutions of images are imported: outputs, inputs, height, width",
        );
    };
    if height == 0 || width == 0 {
        return refuse("its kernel is empty", "check the model with `onnx.checker`");
    }
    let bias = match inputs.get(2) {
        Some(Some(_)) => {
            let bias = constant(inputs, 2, "bias")?;
            Some(bias.tensor(bias.shape().to_vec())?)
        }
        _ => None,
    };
    let groups = usize::try_from(call.int("group", 1)).unwrap_or(0);
    let op = Op::Conv2d {
        weight: weight.tensor(weight.shape().to_vec())?,
        bias,
        window: window(call, [height, width], image)?,
        groups,
    };
    importer.layer(name, op, x)
}

pub(super) fn max_pool(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let window = pool_window(call, image(importer, x)?)?;
    importer.layer(name, Op::MaxPool { window, by: None }, x)
}

pub(super) fn average_pool(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let op = Op::AveragePool {
        window: pool_window(call, image(importer, x)?)?,
        count_padding: call.int("count_include_pad", 0) != 0,
    };
    importer.layer(name, op, x)
}

pub(super) fn global_pool(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let kernel = image(importer, x)?;
    let op = match call.operator().as_str() {
        "GlobalAveragePool" => Op::GlobalAveragePool,
        _ => Op::MaxPool {
            window: Window {
                kernel,
                ..Window::square(1, 1, 0)
            },
            by: None,
        },
    };
    importer.layer(name, op, x)
}

/// The mean over height and width.
pub(super) fn reduce_mean(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let x = input(inputs, 0)?;
    let arrays: Vec<_> = inputs.iter().map(as_array).collect();
    let axes = fold::axes(call, &arrays)?.unwrap_or_default();
    let total = importer.axes(x).len();
    let mut axes = axes
        .iter()
        .map(|&k| super::call::axis(k, total))
        .collect::<Try<Vec<_>>>()?;
    axes.sort_unstable();
    if axes != [2, 3] || total != 4 {
        return refuse(
            format!("it is the mean over the axes {axes:?} of {total}"),
            "only means over height and width are imported; for a layer norm train with batch norm in its place",
        );
    }
    let x = importer.realised(x)?;
    let mean = importer.push(name, Op::GlobalAveragePool, &[x])?;
    let value = importer.image(mean);
    if call.int("keepdims", 1) != 0 {
        return Ok(vec![value]);
    }
    let channels = importer.axes(&value)[1];
    let op = Op::Reshape([channels].into());
    importer.one(&format!("{name}.flatten"), op, &[mean])
}
