//! Ciphertexts and plaintexts.

use super::{error::CkksError, keys::KeyId, params::ParametersId};
use crate::{
    circuit::{CircuitError, Shape},
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

/// Ciphertexts that belong together, such as those of one image: one at least, all of the same parameters and secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Ciphertexts(Vec<Ciphertext>);

impl Ciphertexts {
    /// In this order.
    ///
    /// # Errors
    /// When there is none, or they are of different parameters or secrets.
    pub fn new(ciphertexts: Vec<Ciphertext>) -> Result<Self, CkksError> {
        let Some(first) = ciphertexts.first() else {
            return Err(CircuitError::Inputs { found: 0, need: 1 }.into());
        };
        for other in &ciphertexts {
            if other.parameters != first.parameters {
                return Err(CkksError::Parameters {
                    found: other.parameters,
                    need: first.parameters,
                });
            }
            if other.key != first.key {
                return Err(CkksError::Key {
                    found: other.key,
                    need: first.key,
                });
            }
        }
        Ok(Self(ciphertexts))
    }

    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Ciphertext] {
        &self.0
    }

    /// The parameters they were made for, and the public name of the secret that decrypts them.
    #[must_use]
    pub fn owner(&self) -> (ParametersId, KeyId) {
        // There is one at least.
        (self.0[0].parameters, self.0[0].key)
    }
}

impl From<Ciphertexts> for Vec<Ciphertext> {
    fn from(ciphertexts: Ciphertexts) -> Self {
        ciphertexts.0
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
