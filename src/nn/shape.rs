//! Lengths of the axes of an array.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Most elements of the result of a node: 1 GiB of f32.
pub const MAX_ELEMENTS: usize = 1 << 28;

/// Length of each axis, without the images of a batch: `[C, H, W]` of an image, `[F]` of a list of features.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// Length of each axis.
    pub fn axes(&self) -> &[usize] {
        &self.0
    }

    /// Number of elements; nothing where it is beyond the machine's integers.
    pub fn elements(&self) -> Option<usize> {
        self.0
            .iter()
            .try_fold(1usize, |n, &axis| n.checked_mul(axis))
    }

    /// Whether a node may have such a result: not empty, and at most [`MAX_ELEMENTS`].
    pub fn is_computable(&self) -> bool {
        self.elements()
            .is_some_and(|n| (1..=MAX_ELEMENTS).contains(&n))
    }

    /// Channels, height and width, of three axes.
    pub fn image(&self) -> Option<[usize; 3]> {
        <[usize; 3]>::try_from(self.0.as_slice()).ok()
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(axes: [usize; N]) -> Self {
        Self(axes.to_vec())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(axes: Vec<usize>) -> Self {
        Self(axes)
    }
}

/// `16×32×32`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, axis) in self.0.iter().enumerate() {
            write!(f, "{}{axis}", if i == 0 { "" } else { "×" })?;
        }
        if self.0.is_empty() {
            write!(f, "one number")?;
        }
        Ok(())
    }
}
