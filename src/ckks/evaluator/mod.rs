//! Circuits on ciphertexts.

mod arithmetic;
mod diagonal;
mod raise;
mod rotate;
mod transform;

use diagonal::Storage;
pub use transform::EncodedTransform;

use super::{
    Ciphertext, Context, Plaintext,
    error::CkksError,
    keys::{EvaluationKeys, KeyId},
    params::ParametersId,
};
use crate::{
    circuit::{Evaluator, LinearTransform, Scheme, Shape},
    quantity::{Level, Scale},
};
use num_complex::Complex64;
use std::sync::Arc;

/// Computes on the ciphertexts of one secret with its evaluation keys. It never sees a secret key.
#[derive(Clone, Debug)]
pub struct CkksEvaluator {
    context: Context,
    keys: Arc<EvaluationKeys>,
}

impl CkksEvaluator {
    /// With these keys.
    ///
    /// # Errors
    /// When they are of other parameters.
    pub fn new(context: &Context, keys: Arc<EvaluationKeys>) -> Result<Self, CkksError> {
        context.check(keys.parameters())?;
        Ok(Self {
            context: context.clone(),
            keys,
        })
    }

    /// The context.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &EvaluationKeys {
        &self.keys
    }

    fn check(&self, parameters: ParametersId, key: KeyId) -> Result<(), CkksError> {
        self.context.check(parameters)?;
        let need = self.keys.id();
        if key == need {
            return Ok(());
        }
        Err(CkksError::Key { found: key, need })
    }

    /// Its shape, after a check of where it belongs.
    fn own(&self, a: &Ciphertext) -> Result<Shape, CkksError> {
        self.check(a.parameters, a.key)?;
        Ok(a.shape())
    }
}

impl Evaluator for CkksEvaluator {
    type Ciphertext = Ciphertext;
    type Plaintext = Plaintext;
    type Transform = EncodedTransform;
    type Error = CkksError;

    fn scheme(&self) -> &Scheme {
        self.context.parameters().scheme()
    }

    fn shape(&self, a: &Ciphertext) -> Shape {
        a.shape()
    }

    fn add(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.combined(a, b, false)
    }

    fn sub(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.combined(a, b, true)
    }

    fn neg(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.negated(a)
    }

    fn add_scalar(&self, a: &Ciphertext, c: f64) -> Result<Ciphertext, CkksError> {
        self.plus_scalar(a, c)
    }

    fn mul_scalar(&self, a: &Ciphertext, c: f64, scale: &Scale) -> Result<Ciphertext, CkksError> {
        self.times_scalar(a, c, scale, a.level)
    }

    fn mul_scalar_at(
        &self,
        a: &Ciphertext,
        c: f64,
        scale: &Scale,
        level: Level,
    ) -> Result<Ciphertext, CkksError> {
        self.times_scalar(a, c, scale, level)
    }

    fn reinterpret(&self, a: &Ciphertext, scale: &Scale) -> Result<Ciphertext, CkksError> {
        self.reinterpreted(a, scale)
    }

    fn mul_i(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.times_i(a)
    }

    fn with_slots(&self, a: &Ciphertext, slots: usize) -> Result<Ciphertext, CkksError> {
        let shape = self.own(a)?.with_slots(self.scheme(), slots)?;
        Ok(a.with(shape, a.components.clone()))
    }

    fn add_scaled(
        &self,
        sum: &Ciphertext,
        a: &Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Ciphertext, CkksError> {
        self.plus_scaled(sum, a, c, scale)
    }

    fn encode(&self, v: &[Complex64], level: Level, scale: &Scale) -> Result<Plaintext, CkksError> {
        self.context.encode(v, level, scale)
    }

    fn add_plain(&self, a: &Ciphertext, v: &Plaintext) -> Result<Ciphertext, CkksError> {
        self.plus_plain(a, v)
    }

    fn mul_plain(&self, a: &Ciphertext, v: &Plaintext) -> Result<Ciphertext, CkksError> {
        self.times_plain(a, v)
    }

    fn mul(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.product(a, b)
    }

    fn relinearize(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.relinearized(a)
    }

    fn rescale(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.rescaled(a)
    }

    fn relinearize_rescale(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.relinearized_rescaled(a)
    }

    fn drop_to(&self, a: &Ciphertext, level: Level) -> Result<Ciphertext, CkksError> {
        self.dropped(a, level)
    }

    fn rotate(&self, a: &Ciphertext, k: i64) -> Result<Ciphertext, CkksError> {
        self.rotated(a, k)
    }

    fn rotate_many(&self, a: &Ciphertext, k: &[i64]) -> Result<Vec<Ciphertext>, CkksError> {
        self.rotated_many(a, k)
    }

    fn conjugate(&self, a: &Ciphertext) -> Result<Ciphertext, CkksError> {
        self.conjugated(a)
    }

    fn prepare(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
    ) -> Result<EncodedTransform, CkksError> {
        self.encoded_transform(transform, level, scale, Storage::Values)
    }

    fn prepare_compact(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
    ) -> Result<EncodedTransform, CkksError> {
        self.encoded_transform(transform, level, scale, Storage::Coefficients)
    }

    fn transform(
        &self,
        a: &Ciphertext,
        transform: &EncodedTransform,
    ) -> Result<Ciphertext, CkksError> {
        self.transformed(a, transform)
    }
}
