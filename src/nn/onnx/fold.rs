//! Operators on constants, among them the chains by which exporters compute the shape of a flattened array.

use super::{
    array::{Array, count, indices, position},
    call::{Call, axis},
    error::{Try, refuse},
    expression::{Binary, Unary},
};

/// The result of an operator whose inputs are all constants; nothing where it is not known for constants.
pub(super) fn fold(call: &Call<'_>, inputs: &[Option<Array>]) -> Option<Try<Array>> {
    let x = inputs.first().and_then(Option::as_ref);
    let y = inputs.get(1).and_then(Option::as_ref);
    if call.operator() == "Constant" {
        return constant(call);
    }
    if call.operator() == "ConstantOfShape" {
        return x.map(|x| constant_of_shape(call, x));
    }
    let x = x?;
    Some(match call.operator().as_str() {
        "Identity" | "Dropout" => Ok(x.clone()),
        "Cast" => cast(x, call.int("to", 1)),
        "Shape" => Ok(lengths_of(call, x.shape())),
        "Gather" => gather(x, y?, call.int("axis", 0)),
        "Concat" => concat(inputs, call.int("axis", 0)),
        "Slice" => slice(call, inputs, x),
        "Transpose" => transpose(x, call.ints("perm")),
        "Reshape" => reshape(x.shape(), y?.as_integers().ok()?, call.int("allowzero", 0))
            .and_then(|shape| x.reshaped(shape)),
        "Squeeze" | "Unsqueeze" => {
            let axes = axes(call, inputs).transpose()?;
            axes.and_then(|axes| squeezed(call, x.shape(), Some(&axes)))
                .and_then(|shape| x.reshaped(shape))
        }
        "Add" => binary(Binary::Add, x, y?),
        "Sub" => binary(Binary::Subtract, x, y?),
        "Mul" => binary(Binary::Multiply, x, y?),
        "Div" => binary(Binary::Divide, x, y?),
        "Pow" => binary(Binary::Power, x, y?),
        "Neg" => unary(Unary::Negative, x),
        "Sqrt" => unary(Unary::Root, x),
        "Reciprocal" => unary(Unary::Reciprocal, x),
        _ => return None,
    })
}

fn constant(call: &Call<'_>) -> Option<Try<Array>> {
    if let Some(array) = call.array("value") {
        return Some(array);
    }
    if let Some(floats) = call.floats("value_floats") {
        return Some(Array::floats(vec![floats.len()], floats.to_vec()));
    }
    if let Some(ints) = call.ints("value_ints") {
        return Some(Ok(Array::list(ints.to_vec())));
    }
    if call.has("value_float") {
        return Some(Array::floats(vec![], vec![call.float("value_float", 0.0)]));
    }
    call.has("value_int")
        .then(|| Array::integers(vec![], vec![call.int("value_int", 0)]))
}

/// The lengths of the axes that a Shape node asks for: from version 15 on, those from `start` to `end`.
pub(super) fn lengths_of(call: &Call<'_>, axes: &[usize]) -> Array {
    let all = axes.len() as i64;
    let bound = |name: &str, otherwise: i64| {
        let given = call.int(name, otherwise);
        let from_front = if given < 0 {
            given.saturating_add(all)
        } else {
            given
        };
        from_front.clamp(0, all) as usize
    };
    let (start, end) = (bound("start", 0), bound("end", all));
    let lengths = axes.iter().skip(start).take(end.saturating_sub(start));
    Array::list(lengths.map(|&n| n as i64).collect())
}

fn constant_of_shape(call: &Call<'_>, shape: &Array) -> Try<Array> {
    let shape = lengths(shape.as_integers()?)?;
    let value = match call.array("value") {
        Some(value) => value?,
        None => Array::floats(vec![1], vec![0.0])?,
    };
    value.picked(shape, |_| Some(0))
}

/// Lengths of axes.
fn lengths(given: &[i64]) -> Try<Vec<usize>> {
    let lengths: Option<Vec<usize>> = given.iter().map(|&n| n.try_into().ok()).collect();
    match lengths {
        Some(lengths) => Ok(lengths),
        None => refuse(
            format!("its shape is {given:?}"),
            "check the model with `onnx.checker`",
        ),
    }
}

fn cast(x: &Array, to: i64) -> Try<Array> {
    match to {
        1 | 10 | 11 | 16 => Array::floats(x.shape().to_vec(), x.to_floats().to_vec()),
        _ if x.is_float() => {
            let integers = x.to_floats().iter().map(|&v| v as i64).collect();
            Array::integers(x.shape().to_vec(), integers)
        }
        _ => Ok(x.clone()),
    }
}

fn gather(x: &Array, at: &Array, along: i64) -> Try<Array> {
    let along = axis(along, x.shape().len())?;
    let length = x.shape()[along];
    let picks: Vec<usize> = at
        .as_integers()?
        .iter()
        .map(|&k| axis(k, length))
        .collect::<Try<_>>()?;
    let shape = [&x.shape()[..along], at.shape(), &x.shape()[along + 1..]].concat();
    let inner = at.shape().len();
    x.picked(shape, |index| {
        let pick = picks.get(position(at.shape(), &index[along..along + inner]))?;
        let own = [&index[..along], &[*pick], &index[along + inner..]].concat();
        Some(position(x.shape(), &own))
    })
}

fn concat(inputs: &[Option<Array>], along: i64) -> Try<Array> {
    let arrays: Vec<&Array> = inputs.iter().flatten().collect();
    let Some(first) = arrays.first() else {
        return refuse("it has no input", "check the model with `onnx.checker`");
    };
    let along = axis(along, first.shape().len())?;
    let alike = arrays
        .iter()
        .all(|a| a.shape().len() == first.shape().len());
    let integers = arrays.iter().all(|a| !a.is_float());
    let mut shape = first.shape().to_vec();
    let total = arrays
        .iter()
        .try_fold(0usize, |n, a| n.checked_add(*a.shape().get(along)?));
    let (Some(total), true) = (total, alike) else {
        return refuse(
            "its inputs differ in their numbers of axes",
            "check the model with `onnx.checker`",
        );
    };
    shape[along] = total;
    let source = |mut index: Vec<usize>| {
        for (k, array) in arrays.iter().enumerate() {
            match index[along].checked_sub(array.shape()[along]) {
                Some(rest) => index[along] = rest,
                None => {
                    let inside = index.iter().zip(array.shape()).all(|(i, n)| i < n);
                    return inside.then(|| (k, position(array.shape(), &index)));
                }
            }
        }
        None
    };
    let sources: Option<Vec<(usize, usize)>> = indices(&shape)?.map(source).collect();
    let Some(sources) = sources else {
        return refuse(
            "its inputs differ in other axes than the one they are joined along",
            "check the model with `onnx.checker`",
        );
    };
    if integers {
        let parts: Vec<&[i64]> = arrays.iter().map(|a| a.as_integers()).collect::<Try<_>>()?;
        Array::integers(shape, sources.iter().map(|&(k, at)| parts[k][at]).collect())
    } else {
        let parts: Vec<_> = arrays.iter().map(|a| a.to_floats()).collect();
        Array::floats(shape, sources.iter().map(|&(k, at)| parts[k][at]).collect())
    }
}

/// Which elements of an axis a slice takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) axis: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) step: usize,
}

/// The cuts of a Slice node on an array of that shape.
pub(super) fn cuts(call: &Call<'_>, inputs: &[Option<Array>], shape: &[usize]) -> Try<Vec<Cut>> {
    let list = |k: usize, name: &str| -> Try<Option<Vec<i64>>> {
        match inputs.get(k).and_then(Option::as_ref) {
            Some(array) => Ok(Some(array.as_integers()?.to_vec())),
            None => Ok(call.ints(name).map(<[i64]>::to_vec)),
        }
    };
    let (Some(starts), Some(ends)) = (list(1, "starts")?, list(2, "ends")?) else {
        return refuse(
            "its bounds are not constant",
            "export the model with a fixed size of the images, or simplify it with `onnxsim`",
        );
    };
    let axes = list(3, "axes")?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = list(4, "steps")?.unwrap_or_else(|| vec![1; starts.len()]);
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return refuse(
            "its bounds are not as many as its axes",
            "check the model with `onnx.checker`",
        );
    }
    let cut = |k: usize| {
        let axis = axis(axes[k], shape.len())?;
        let length = shape[axis] as i64;
        // Negative bounds count from the end; those beyond the array end there.
        let clamp = |bound: i64| {
            let from_front = if bound < 0 {
                bound.saturating_add(length)
            } else {
                bound
            };
            from_front.clamp(0, length) as usize
        };
        if steps[k] < 1 {
            return refuse(
                format!("its step is {}", steps[k]),
                "reverse no axis: only positive steps are imported",
            );
        }
        Ok(Cut {
            axis,
            start: clamp(starts[k]),
            end: clamp(ends[k]),
            step: steps[k] as usize,
        })
    };
    (0..starts.len()).map(cut).collect()
}

fn slice(call: &Call<'_>, inputs: &[Option<Array>], x: &Array) -> Try<Array> {
    cuts(call, inputs, x.shape())?
        .into_iter()
        .try_fold(x.clone(), |x, cut| {
            let mut shape = x.shape().to_vec();
            shape[cut.axis] = cut.end.saturating_sub(cut.start).div_ceil(cut.step);
            x.picked(shape, |index| {
                let mut index = index.to_vec();
                index[cut.axis] = cut.start + cut.step * index[cut.axis];
                Some(position(x.shape(), &index))
            })
        })
}

/// Axis i of the result is axis `order[i]` of the input; reversed where no order is given.
pub(super) fn order(given: Option<&[i64]>, axes: usize) -> Try<Vec<usize>> {
    let Some(given) = given else {
        return Ok((0..axes).rev().collect());
    };
    let order: Vec<usize> = given.iter().map(|&k| axis(k, axes)).collect::<Try<_>>()?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    match sorted.into_iter().eq(0..axes) {
        true => Ok(order),
        false => refuse(
            format!("{given:?} is no order of {axes} axes"),
            "check the model with `onnx.checker`",
        ),
    }
}

fn transpose(x: &Array, given: Option<&[i64]>) -> Try<Array> {
    let order = order(given, x.shape().len())?;
    let shape = order.iter().map(|&k| x.shape()[k]).collect();
    x.picked(shape, |index| {
        let mut own = vec![0; index.len()];
        for (to, &from) in order.iter().enumerate() {
            own[from] = index[to];
        }
        Some(position(x.shape(), &own))
    })
}

/// The shape that a Reshape asks for: 0 keeps a length, −1 is what is left.
pub(super) fn reshape(from: &[usize], to: &[i64], allow_zero: i64) -> Try<Vec<usize>> {
    let wrong = || {
        refuse(
            format!("an array of {from:?} does not take the shape {to:?}"),
            "export the model with a batch of 1, or with an open batch axis",
        )
    };
    let length = |(k, &n): (usize, &i64)| match n {
        0 if allow_zero == 0 => from.get(k).copied(),
        -1 => Some(1),
        n => usize::try_from(n).ok(),
    };
    let shape: Option<Vec<usize>> = to.iter().enumerate().map(length).collect();
    let (Some(mut shape), Some(total)) = (shape, count(from)) else {
        return wrong();
    };
    let open: Vec<usize> = (0..to.len()).filter(|&k| to[k] == -1).collect();
    let given = count(&shape);
    match (open.as_slice(), given) {
        ([k], Some(given)) if given > 0 && total % given == 0 => shape[*k] = total / given,
        ([], Some(given)) if given == total => {}
        _ => return wrong(),
    }
    Ok(shape)
}

/// The axes of a Squeeze, Unsqueeze or reduction: an attribute, later an input.
pub(super) fn axes(call: &Call<'_>, inputs: &[Option<Array>]) -> Try<Option<Vec<i64>>> {
    match inputs.get(1).and_then(Option::as_ref) {
        Some(array) => Ok(Some(array.as_integers()?.to_vec())),
        None => Ok(call.ints("axes").map(<[i64]>::to_vec)),
    }
}

/// The shape without or with more axes of length 1.
pub(super) fn squeezed(call: &Call<'_>, shape: &[usize], axes: Option<&[i64]>) -> Try<Vec<usize>> {
    let squeeze = call.operator() == "Squeeze";
    let total = if squeeze {
        shape.len()
    } else {
        shape.len() + axes.map_or(0, <[i64]>::len)
    };
    let chosen: Vec<usize> = match axes {
        Some(axes) => axes.iter().map(|&k| axis(k, total)).collect::<Try<_>>()?,
        None => (0..total).filter(|&k| shape[k] == 1).collect(),
    };
    if squeeze {
        if let Some(k) = chosen.iter().find(|&&k| shape[k] != 1) {
            return refuse(
                format!(
                    "axis {k} has the length {}, and only 1 is squeezed",
                    shape[*k]
                ),
                "export the model with a fixed size of the images",
            );
        }
        let kept = (0..total).filter(|k| !chosen.contains(k));
        return Ok(kept.map(|k| shape[k]).collect());
    }
    let mut rest = shape.iter().copied();
    let lengths = (0..total).map(|k| match chosen.contains(&k) {
        true => Some(1),
        false => rest.next(),
    });
    match lengths.collect::<Option<Vec<_>>>() {
        Some(shape) => Ok(shape),
        None => refuse(
            "it names an axis twice",
            "check the model with `onnx.checker`",
        ),
    }
}

fn unary(f: Unary, x: &Array) -> Try<Array> {
    if let (Unary::Negative, false) = (f, x.is_float()) {
        let negative = x.as_integers()?.iter().map(|v| v.wrapping_neg()).collect();
        return Array::integers(x.shape().to_vec(), negative);
    }
    let values = x.to_floats();
    let values = values.iter().map(|&v| f.apply(v.into()) as f32).collect();
    Array::floats(x.shape().to_vec(), values)
}

/// Element by element, axes of length 1 repeated, first axes that are missing too.
fn binary(f: Binary, a: &Array, b: &Array) -> Try<Array> {
    let axes = a.shape().len().max(b.shape().len());
    let length = |shape: &[usize], k: usize| match (k + shape.len()).checked_sub(axes) {
        Some(k) => shape[k],
        None => 1,
    };
    let shape: Vec<usize> = (0..axes)
        .map(|k| match (length(a.shape(), k), length(b.shape(), k)) {
            (1, n) => n,
            (n, _) => n,
        })
        .collect();
    let spread = |x: &Array| {
        x.picked(shape.clone(), |index| {
            let own = &index[axes - x.shape().len()..];
            let own = own.iter().zip(x.shape());
            let own: Vec<usize> = own.map(|(&k, &n)| if n == 1 { 0 } else { k }).collect();
            let inside = own.iter().zip(x.shape()).all(|(k, n)| k < n);
            inside.then(|| position(x.shape(), &own))
        })
    };
    let (a, b) = (spread(a)?, spread(b)?);
    if a.is_float() || b.is_float() {
        let (x, y) = (a.to_floats(), b.to_floats());
        let pairs = x.iter().zip(y.iter());
        let values = pairs.map(|(&x, &y)| f.apply(x.into(), y.into()) as f32);
        return Array::floats(shape.clone(), values.collect());
    }
    let pairs = a.as_integers()?.iter().zip(b.as_integers()?);
    let values = pairs.map(|(&x, &y)| match f {
        Binary::Add => x.checked_add(y),
        Binary::Subtract => x.checked_sub(y),
        Binary::Multiply => x.checked_mul(y),
        Binary::Divide => x.checked_div(y),
        _ => Some(f.apply(x as f64, y as f64) as i64),
    });
    match values.collect::<Option<Vec<_>>>() {
        Some(values) => Array::integers(shape.clone(), values),
        None => refuse(
            "it divides an integer by zero, or exceeds 64 bits",
            "check the model with `onnx.checker`",
        ),
    }
}
