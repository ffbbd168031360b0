//! Operators that move elements and change none.

use super::{
    array::Array,
    call::{Call, axis},
    error::{Try, refuse},
    fold,
    importer::{Importer, Value, as_array, constant, input},
};
use crate::nn::{Op, Tensor};

/// The operators that [`import`] knows.
pub(super) const OPERATORS: &[&str] = &[
    "Cast",
    "Concat",
    "Dropout",
    "Flatten",
    "Identity",
    "Pad",
    "Reshape",
    "Shape",
    "Slice",
    "Split",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
];

pub(super) fn import(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let arrays: Vec<Option<Array>> = inputs.iter().map(as_array).collect();
    if call.operator() == "Concat" {
        return concat(importer, call, name, inputs);
    }
    let x = input(inputs, 0)?;
    let axes = importer.axes(x);
    match call.operator().as_str() {
        "Identity" => Ok(vec![x.clone()]),
        "Dropout"
            if constant(inputs, 2, "training mode").is_ok_and(|t| t.scalar() != Some(0.0)) =>
        {
            refuse(
                "it drops elements at random",
                "export the model in evaluation mode: model.eval()",
            )
        }
        "Dropout" => Ok(vec![x.clone()]),
        "Cast" => match call.int("to", 1) {
            1 | 10 | 11 | 16 => Ok(vec![x.clone()]),
            _ => refuse(
                "it turns results into integers",
                "keep them as floating-point numbers",
            ),
        },
        "Shape" => Ok(vec![Value::Constant(fold::lengths_of(call, &axes))]),
        "Flatten" => {
            let at = call.int("axis", 1);
            let at = if at == axes.len() as i64 {
                axes.len()
            } else {
                axis(at, axes.len())?
            };
            let (outer, inner) = axes.split_at(at);
            reshaped(
                importer,
                name,
                x,
                vec![outer.iter().product(), inner.iter().product()],
            )
        }
        "Reshape" => {
            let to = constant(inputs, 1, "shape")?;
            let shape = fold::reshape(&axes, to.as_integers()?, call.int("allowzero", 0))?;
            reshaped(importer, name, x, shape)
        }
        "Squeeze" | "Unsqueeze" => {
            let chosen = fold::axes(call, &arrays)?;
            let chosen = match chosen {
                // The axis of the images has the length 1 only by chance.
                None => (1..axes.len())
                    .filter(|&k| axes[k] == 1)
                    .map(|k| k as i64)
                    .collect(),
                Some(chosen) => chosen,
            };
            let shape = fold::squeezed(call, &axes, Some(&chosen))?;
            reshaped(importer, name, x, shape)
        }
        "Transpose" => {
            let order = fold::order(call.ints("perm"), axes.len())?;
            if order.first() != Some(&0) {
                return refuse("it moves the batch axis", "keep the batch axis first");
            }
            let order = order[1..].iter().map(|k| k - 1).collect();
            let x = importer.realised(x)?;
            importer.one(name, Op::Transpose { order }, &[x])
        }
        "Slice" => slice(importer, call, name, inputs),
        "Split" => split(importer, call, name, inputs),
        _ => pad(importer, call, name, inputs),
    }
}

/// The same elements; the first axis must remain that of the images.
fn reshaped(importer: &mut Importer, name: &str, x: &Value, shape: Vec<usize>) -> Try<Vec<Value>> {
    if importer.axes(x) == shape {
        return Ok(vec![x.clone()]);
    }
    let Some((1, rest)) = shape.split_first() else {
        return refuse(
            format!("it makes {shape:?} of {:?}", importer.axes(x)),
            "keep the batch axis first",
        );
    };
    let op = Op::Reshape(rest.to_vec().into());
    importer.layer(name, op, x)
}

/// Axis of an image from an axis of the model.
fn image_axis(given: usize) -> Try<usize> {
    match given.checked_sub(1) {
        Some(axis) => Ok(axis),
        None => refuse("it works along the batch axis", "keep the images apart"),
    }
}

fn concat(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let axes = importer.axes(input(inputs, 0)?);
    let along = image_axis(axis(call.int("axis", 1), axes.len())?)?;
    let mut parts = Vec::with_capacity(inputs.len());
    for (k, value) in inputs.iter().enumerate() {
        parts.push(match value {
            Some(Value::Constant(array)) => {
                let shape = array.shape();
                if shape.first() != Some(&1) {
                    return refuse(
                        format!("it joins a constant of the shape {shape:?}"),
                        "give constants a batch axis of 1",
                    );
                }
                let tensor: Tensor = array.tensor(shape[1..].to_vec())?;
                importer.push(&format!("{name}.{k}"), Op::Constant(tensor), &[])?
            }
            Some(value) => importer.realised(value)?,
            None => return refuse("an input is missing", "check the model with `onnx.checker`"),
        });
    }
    importer.one(name, Op::Concat { axis: along }, &parts)
}

fn slice(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let arrays: Vec<Option<Array>> = inputs.iter().map(as_array).collect();
    let axes = importer.axes(input(inputs, 0)?);
    let mut x = importer.realised(input(inputs, 0)?)?;
    for cut in fold::cuts(call, &arrays, &axes)? {
        if (cut.start, cut.end, cut.step) == (0, axes[cut.axis], 1) {
            continue;
        }
        let op = Op::Slice {
            axis: image_axis(cut.axis)?,
            start: cut.start,
            end: cut.end,
            step: cut.step,
        };
        x = importer.push(name, op, &[x])?;
    }
    Ok(vec![importer.image(x)])
}

fn split(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let axes = importer.axes(input(inputs, 0)?);
    let given = axis(call.int("axis", 0), axes.len())?;
    let (along, length) = (image_axis(given)?, axes[given]);
    let parts = call.node.output.len().max(1);
    let sizes = match inputs.get(1).and_then(as_array) {
        Some(array) => array.as_integers()?.to_vec(),
        None => match call.ints("split") {
            Some(sizes) => sizes.to_vec(),
            None => {
                let each = length.div_ceil(parts);
                let size = |k: usize| length.saturating_sub(k * each).min(each) as i64;
                (0..parts).map(size).collect()
            }
        },
    };
    if sizes.len() != parts {
        return refuse(
            format!("it has {parts} outputs of {} sizes", sizes.len()),
            "check the model with `onnx.checker`",
        );
    }
    let x = importer.realised(input(inputs, 0)?)?;
    let mut start = 0usize;
    let mut values = Vec::with_capacity(parts);
    for size in sizes {
        let end = usize::try_from(size)
            .ok()
            .and_then(|n| start.checked_add(n));
        let Some(end) = end else {
            return refuse(format!("a part has the size {size}"), "check the model");
        };
        let op = Op::Slice {
            axis: along,
            start,
            end,
            step: 1,
        };
        let part = importer.push(name, op, &[x])?;
        values.push(importer.image(part));
        start = end;
    }
    Ok(values)
}

fn pad(
    importer: &mut Importer,
    call: &Call<'_>,
    name: &str,
    inputs: &[Option<Value>],
) -> Try<Vec<Value>> {
    let mode = call.text("mode", "constant");
    if mode != "constant" {
        return refuse(
            format!("it pads by {mode:?}"),
            "pad with a constant: nn.ZeroPad2d, or padding_mode='zeros'",
        );
    }
    let axes = importer.axes(input(inputs, 0)?).len();
    let pads = match call.ints("pads") {
        Some(pads) => pads.to_vec(),
        None => constant(inputs, 1, "pads")?.as_integers()?.to_vec(),
    };
    let value = match inputs.get(2) {
        Some(Some(_)) => constant(inputs, 2, "value")?.scalar().unwrap_or(f64::NAN) as f32,
        _ => call.float("value", 0.0),
    };
    if !value.is_finite() {
        return refuse(format!("it pads with {value}"), "pad with a finite number");
    }
    // Where axes are named, all others are not padded.
    let named: Vec<usize> = match inputs.get(3) {
        Some(Some(_)) => {
            let given = constant(inputs, 3, "axes")?;
            let given = given.as_integers()?.iter();
            given.map(|&k| axis(k, axes)).collect::<Try<_>>()?
        }
        _ => (0..axes).collect(),
    };
    let pads: Option<Vec<usize>> = pads.iter().map(|&p| p.try_into().ok()).collect();
    let Some(pads) = pads.filter(|p| p.len() == 2 * named.len()) else {
        return refuse(
            "its pads are not two numbers from 0 on for each axis",
            "cut off elements by a slice, not by a negative padding",
        );
    };
    let (mut before, mut after) = (vec![0; axes], vec![0; axes]);
    for (k, &axis) in named.iter().enumerate() {
        (before[axis], after[axis]) = (pads[k], pads[k + named.len()]);
    }
    if before[0] != 0 || after[0] != 0 {
        return refuse("it pads the batch axis", "keep the images apart");
    }
    let op = Op::Pad {
        before: before[1..].to_vec(),
        after: after[1..].to_vec(),
        value,
    };
    importer.layer(name, op, input(inputs, 0)?)
}
