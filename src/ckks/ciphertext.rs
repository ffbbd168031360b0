//! Ciphertexts and plaintexts.

use super::{keys::KeyId, params::ParametersId};
use crate::{
    circuit::Shape,
    quantity::{Level, Scale},
    ring::{RnsPoly, poly::Evaluation},
};

/// Polynomials (c0, c1) or (c0, c1, c2) with Σ c_k·s^k = Δ·m + e modulo q0⋯ql.
#[derive(Clone, Debug, PartialEq)]
pub struct Ciphertext {
    pub(super) parameters: ParametersId,
    pub(super) key: KeyId,
    pub(super) scale: Scale,
    pub(super) level: Level,
    pub(super) slots: usize,
    pub(super) components: Vec<RnsPoly<Evaluation>>,
}

impl Ciphertext {
    /// Level, scale, slots and components.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            level: self.level,
            scale: self.scale.clone(),
            slots: self.slots,
            components: self.components.len(),
        }
    }

    /// The parameters it was made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }

    /// Public name of the secret that decrypts it.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The same polynomials at another shape. Expects `shape` to be what they are.
    pub(super) fn with(&self, shape: Shape, components: Vec<RnsPoly<Evaluation>>) -> Self {
        Self {
            parameters: self.parameters,
            key: self.key,
            scale: shape.scale,
            level: shape.level,
            slots: shape.slots,
            components,
        }
    }
}

/// Slots encoded at a scale, modulo q0⋯ql.
#[derive(Clone, Debug, PartialEq)]
pub struct Plaintext {
    pub(super) parameters: ParametersId,
    pub(super) scale: Scale,
    pub(super) level: Level,
    pub(super) slots: usize,
    pub(super) poly: RnsPoly<Evaluation>,
}

impl Plaintext {
    /// Level, scale and slots; one component.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            level: self.level,
            scale: self.scale.clone(),
            slots: self.slots,
            components: 1,
        }
    }

    /// The parameters it was made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }
}
