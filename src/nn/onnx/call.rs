//! A node of a model with its attributes.

use super::{
    array::Array,
    error::{Try, refuse},
    proto,
};

/// A node, and the version of the operator set it is to be read by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) node: &'a proto::Node,
    pub(super) opset: i64,
}

impl<'a> Call<'a> {
    /// The operator, with its domain where it is not ONNX's own.
    pub(super) fn operator(&self) -> String {
        match self.node.domain.as_str() {
            "" | "ai.onnx" => self.node.op_type.clone(),
            domain => format!("{domain}.{}", self.node.op_type),
        }
    }

    fn attribute(&self, name: &str) -> Option<&'a proto::Attribute> {
        self.node.attribute.iter().find(|a| a.name == name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    pub(super) fn int(&self, name: &str, otherwise: i64) -> i64 {
        self.attribute(name).map_or(otherwise, |a| a.i)
    }

    pub(super) fn float(&self, name: &str, otherwise: f32) -> f32 {
        self.attribute(name).map_or(otherwise, |a| a.f)
    }

    pub(super) fn floats(&self, name: &str) -> Option<&'a [f32]> {
        self.attribute(name).map(|a| a.floats.as_slice())
    }

    pub(super) fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|a| a.ints.as_slice())
    }

    pub(super) fn text(&self, name: &str, otherwise: &'a str) -> &'a str {
        let found = self.attribute(name).map(|a| a.s.as_slice());
        found.map_or(otherwise, |s| std::str::from_utf8(s).unwrap_or(otherwise))
    }

    pub(super) fn array(&self, name: &str) -> Option<Try<Array>> {
        let tensor = self.attribute(name)?.t.as_ref()?;
        Some(Array::read(tensor))
    }

    /// Two positive numbers, height and width, both `otherwise` where there are none.
    pub(super) fn pair(&self, name: &str, otherwise: usize) -> Try<[usize; 2]> {
        let Some(ints) = self.ints(name) else {
            return Ok([otherwise; 2]);
        };
        match ints {
            [h, w] if *h > 0 && *w > 0 => Ok([*h as usize, *w as usize]),
            _ => refuse(
                format!("its {name} are {ints:?}"),
                "use layers on images, with two positive numbers each",
            ),
        }
    }
}

/// An axis counted from the front, of so many; negative ones count from the back.
pub(super) fn axis(given: i64, axes: usize) -> Try<usize> {
    let from_front = if given < 0 {
        given.checked_add(axes as i64)
    } else {
        Some(given)
    };
    match from_front.and_then(|k| usize::try_from(k).ok()) {
        Some(k) if k < axes => Ok(k),
        _ => refuse(
            format!("it names axis {given} of {axes}"),
            "check the model with `onnx.checker`",
        ),
    }
}
