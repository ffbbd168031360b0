//! Constant arrays of a network: weights, biases, factors.

use super::{GraphError, Shape};
use std::sync::Arc;

/// Finite numbers in row-major order, the last axis fastest. Copies share the numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Shape,
    values: Arc<[f32]>,
}

impl Tensor {
    /// # Errors
    /// When the numbers are not as many as the shape says, or one of them is not finite.
    pub fn new(shape: impl Into<Shape>, values: impl Into<Arc<[f32]>>) -> Result<Self, GraphError> {
        let (shape, values) = (shape.into(), values.into());
        if shape.elements() != Some(values.len()) {
            return Err(GraphError::Count {
                shape,
                found: values.len(),
            });
        }
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(GraphError::NotFinite {
                shape,
                index,
                value: values[index],
            });
        }
        Ok(Self { shape, values })
    }

    /// A list: an array of one axis.
    ///
    /// # Errors
    /// When one of the numbers is not finite.
    pub fn list(values: impl Into<Arc<[f32]>>) -> Result<Self, GraphError> {
        let values = values.into();
        Self::new([values.len()], values)
    }

    /// Length of each axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// All numbers, the last axis fastest.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}
