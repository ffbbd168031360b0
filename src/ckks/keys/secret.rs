//! The secret key.

use super::KeyId;
use crate::{
    ckks::{error::CkksError, params::ParametersId},
    ring::{RnsBasis, RnsPoly, poly::Evaluation},
};
use std::fmt;
use zeroize::Zeroizing;

/// A secret polynomial s with coefficients in {−1, 0, 1}. Its text form shows nothing of it; it is zeroized when dropped.
#[derive(Clone)]
pub struct SecretKey {
    parameters: ParametersId,
    id: KeyId,
    coefficients: Zeroizing<Vec<i64>>,
}

impl SecretKey {
    pub(in crate::ckks) fn new(
        parameters: ParametersId,
        id: KeyId,
        coefficients: Zeroizing<Vec<i64>>,
    ) -> Self {
        Self {
            parameters,
            id,
            coefficients,
        }
    }

    /// The parameters that it was made for.
    #[must_use]
    pub fn parameters(&self) -> ParametersId {
        self.parameters
    }

    /// Its public name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its coefficients, to be stored.
    pub(in crate::ckks) fn coefficients(&self) -> &[i64] {
        &self.coefficients
    }

    /// s over a basis.
    pub(in crate::ckks) fn over(
        &self,
        basis: &RnsBasis,
    ) -> Result<Zeroizing<RnsPoly<Evaluation>>, CkksError> {
        let poly = RnsPoly::from_signed(basis, &self.coefficients)?;
        // The transform works in place, so no copy is left behind.
        Ok(Zeroizing::new(poly.into_evaluation()?))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, ..)", self.id)
    }
}
