//! The public key.

use super::KeyId;
use crate::{
    ckks::{Context, error::CkksError, params::ParametersId},
    ring::{
        RnsPoly,
        poly::Evaluation,
        sampler::{Mask, Seed},
    },
};

/// (b, a) with b = −a·s + e over all q, a uniform from a seed. What encrypts under it is decrypted with s.
#[derive(Clone, Debug)]
pub struct PublicKey {
    pub(in crate::ckks) parameters: ParametersId,
    pub(in crate::ckks) id: KeyId,
    pub(in crate::ckks) seed: Seed<Mask>,
    pub(in crate::ckks) b: RnsPoly<Evaluation>,
    pub(in crate::ckks) a: RnsPoly<Evaluation>,
}

impl PublicKey {
    /// Expands the uniform half. Expects b to be over all q of the parameters.
    pub(in crate::ckks) fn new(
        context: &Context,
        id: KeyId,
        seed: Seed<Mask>,
        b: RnsPoly<Evaluation>,
    ) -> Result<Self, CkksError> {
        let basis = context.basis(context.parameters().max_level())?;
        basis.check(b.basis())?;
        Ok(Self {
            parameters: context.parameters().id(),
            id,
            a: RnsPoly::uniform(&basis, &seed),
            seed,
            b,
        })
    }

    /// The parameters that it was made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }

    /// Public name of the secret.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }
}
