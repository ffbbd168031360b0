//! Arrays that are known before the images are: weights, shapes, indices.

use super::{
    error::{Try, refuse},
    proto,
};
use crate::nn::{Tensor, weights::numbers};
use half::{bf16, f16};
use std::sync::Arc;

/// Most elements of an array that is computed rather than read.
const MAX_MADE: usize = 1 << 24;

/// Numbers, the last axis fastest; as many as the shape says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Array {
    shape: Vec<usize>,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    Float(Arc<[f32]>),
    Integer(Arc<[i64]>),
}

impl Array {
    /// An array that a node makes.
    pub(super) fn floats(shape: Vec<usize>, values: Vec<f32>) -> Try<Self> {
        Self::checked(shape, Values::Float(values.into()))
    }

    /// An array of integers that a node makes.
    pub(super) fn integers(shape: Vec<usize>, values: Vec<i64>) -> Try<Self> {
        Self::checked(shape, Values::Integer(values.into()))
    }

    /// A list of integers.
    pub(super) fn list(values: Vec<i64>) -> Self {
        Self {
            shape: vec![values.len()],
            values: Values::Integer(values.into()),
        }
    }

    fn checked(shape: Vec<usize>, values: Values) -> Try<Self> {
        let found = match &values {
            Values::Float(v) => v.len(),
            Values::Integer(v) => v.len(),
        };
        if count(&shape) != Some(found) {
            return refuse(
                format!("{found} numbers do not fill the shape {shape:?}"),
                "the file is damaged: export it again",
            );
        }
        Ok(Self { shape, values })
    }

    /// Reads an initializer, or the value of a constant.
    pub(super) fn read(tensor: &proto::Tensor) -> Try<Self> {
        if tensor.data_location != 0 || !tensor.external_data.is_empty() {
            let file = tensor.external_data.iter().find(|e| e.key == "location");
            let file = file.map_or("another file", |e| e.value.as_str());
            return refuse(
                format!("its numbers are in {file:?}, and other files are not opened"),
                "save the model as one file: onnx.save(model, path, save_as_external_data=False)",
            );
        }
        let shape: Option<Vec<usize>> = tensor.dims.iter().map(|&n| n.try_into().ok()).collect();
        let Some(shape) = shape else {
            return refuse(
                format!("it has the shape {:?}", tensor.dims),
                "the file is damaged: export it again",
            );
        };
        Self::checked(shape, values(tensor)?)
    }

    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(super) fn len(&self) -> usize {
        match &self.values {
            Values::Float(v) => v.len(),
            Values::Integer(v) => v.len(),
        }
    }

    /// The same numbers in another shape of as many.
    pub(super) fn reshaped(&self, shape: Vec<usize>) -> Try<Self> {
        Self::checked(shape, self.values.clone())
    }

    /// All numbers, where they are integers.
    pub(super) fn as_integers(&self) -> Try<&[i64]> {
        match &self.values {
            Values::Integer(v) => Ok(v),
            Values::Float(_) => refuse(
                "integers are needed where it has floating-point numbers",
                "check the model with `onnx.checker`",
            ),
        }
    }

    pub(super) fn is_float(&self) -> bool {
        matches!(self.values, Values::Float(_))
    }

    /// All numbers as f32.
    pub(super) fn to_floats(&self) -> Arc<[f32]> {
        match &self.values {
            Values::Float(v) => v.clone(),
            Values::Integer(v) => v.iter().map(|&n| n as f32).collect(),
        }
    }

    /// The number, where it is one alone.
    pub(super) fn scalar(&self) -> Option<f64> {
        match &self.values {
            Values::Float(v) if v.len() == 1 => Some(f64::from(v[0])),
            Values::Integer(v) if v.len() == 1 => Some(v[0] as f64),
            _ => None,
        }
    }

    /// As a weight of that shape.
    pub(super) fn tensor(&self, shape: Vec<usize>) -> Try<Tensor> {
        Ok(Tensor::new(shape, self.to_floats())?)
    }

    /// An array of that shape whose element at an index is the element of this one at a position.
    pub(super) fn picked(
        &self,
        shape: Vec<usize>,
        position: impl Fn(&[usize]) -> Option<usize>,
    ) -> Try<Self> {
        let positions: Option<Vec<usize>> =
            indices(&shape)?.map(|index| position(&index)).collect();
        let Some(positions) = positions.filter(|p| p.iter().all(|&at| at < self.len())) else {
            return refuse(
                format!("an index lies outside of the shape {:?}", self.shape),
                "check the model with `onnx.checker`",
            );
        };
        let values = match &self.values {
            Values::Float(v) => Values::Float(positions.iter().map(|&at| v[at]).collect()),
            Values::Integer(v) => Values::Integer(positions.iter().map(|&at| v[at]).collect()),
        };
        Self::checked(shape, values)
    }
}

/// Number of elements.
pub(super) fn count(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |n, &axis| n.checked_mul(axis))
}

/// Every index of a shape, the last axis fastest.
pub(super) fn indices(shape: &[usize]) -> Try<impl Iterator<Item = Vec<usize>>> {
    let Some(count) = count(shape).filter(|&n| n <= MAX_MADE) else {
        return refuse(
            format!(
                "it computes a constant of the shape {shape:?}, and {MAX_MADE} elements are allowed"
            ),
            "simplify the model with `onnxsim` before importing it",
        );
    };
    let shape = shape.to_vec();
    Ok((0..count).map(move |mut at| {
        let mut index = vec![0; shape.len()];
        for (k, &length) in shape.iter().enumerate().rev() {
            (index[k], at) = (at % length, at / length);
        }
        index
    }))
}

/// Position of an index.
pub(super) fn position(shape: &[usize], index: &[usize]) -> usize {
    let pairs = shape.iter().zip(index);
    pairs.fold(0, |at, (&length, &k)| at * length + k)
}

fn values(tensor: &proto::Tensor) -> Try<Values> {
    let raw = tensor.raw_data.as_slice();
    let floats = |values: Vec<f32>| Ok(Values::Float(values.into()));
    let integers = |values: Vec<i64>| Ok(Values::Integer(values.into()));
    let halves = |number: fn(u16) -> f32| match raw.is_empty() {
        true => tensor
            .int32_data
            .iter()
            .map(|&b| number(b as u16))
            .collect(),
        false => numbers(raw, |b| number(u16::from_le_bytes(b))),
    };
    let small = |number: fn(u8) -> i64| match raw.is_empty() {
        true => tensor.int32_data.iter().map(|&b| i64::from(b)).collect(),
        false => raw.iter().map(|&b| number(b)).collect(),
    };
    let width = match tensor.data_type {
        2 | 3 | 9 => 1,
        10 | 16 => 2,
        1 | 6 => 4,
        7 | 11 => 8,
        other => {
            return refuse(
                format!("its numbers are of the type {other}"),
                "export the model with numbers of type float",
            );
        }
    };
    if raw.len() % width != 0 {
        return refuse(
            format!("{} bytes are no whole numbers of {width} bytes", raw.len()),
            "the file is damaged: export it again",
        );
    }
    match tensor.data_type {
        1 if raw.is_empty() => floats(tensor.float_data.clone()),
        1 => floats(numbers(raw, f32::from_le_bytes)),
        10 => floats(halves(|bits| f16::from_bits(bits).to_f32())),
        16 => floats(halves(|bits| bf16::from_bits(bits).to_f32())),
        11 if raw.is_empty() => floats(tensor.double_data.iter().map(|&v| v as f32).collect()),
        11 => floats(numbers(raw, |b| f64::from_le_bytes(b) as f32)),
        7 if raw.is_empty() => integers(tensor.int64_data.clone()),
        7 => integers(numbers(raw, i64::from_le_bytes)),
        6 if raw.is_empty() => integers(tensor.int32_data.iter().map(|&v| v.into()).collect()),
        6 => integers(numbers(raw, |b| i32::from_le_bytes(b).into())),
        3 => integers(small(|b| i64::from(b as i8))),
        _ => integers(small(i64::from)),
    }
}
