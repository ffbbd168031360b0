//! Interpreters without ciphertexts: one set of rules for all that only know the slots.
//!
//! A [`Shadow`] is an [`Evaluator`](super::Evaluator) on [`Slots`]: what it refuses, the scales it computes and the
//! variance of the errors it meets are written here, once; how slots carry errors (drawn, or as labelled terms) is theirs.
//!
//! A shadow sees what a backend cannot: a message that overflows its modulus. It refuses a slot of magnitude above
//! Q/(2Δ). Coefficients are at most as large as the largest slot, so what passes is sure to fit; what is refused might
//! have fitted, if its slots happen to cancel in every coefficient.

mod error;
mod evaluator;
mod event;
mod operation;
mod raise;
mod transform;

pub use error::{Cause, Disturbance, Label};
pub use event::Event;
pub use operation::Operation;
pub use transform::{Prepared, TransformErrors};

use super::{CircuitError, Scheme, Shape, noise::Noise};
use crate::quantity::{Level, Scale};
use num_complex::Complex64;
use std::sync::Arc;

/// Slots with their errors, in whatever form.
pub trait Slots: Clone + Send + Sync {
    /// The values; fewer than all slots stand for their periodic continuation.
    fn values(&self) -> &[Complex64];
    /// a + b.
    #[must_use]
    fn sum(&self, other: &Self) -> Self;
    /// a − b.
    #[must_use]
    fn difference(&self, other: &Self) -> Self;
    /// a·b.
    #[must_use]
    fn product(&self, other: &Self) -> Self;
    /// a + c.
    #[must_use]
    fn shifted(&self, c: f64) -> Self;
    /// a·c.
    #[must_use]
    fn scaled(&self, c: f64) -> Self;
    /// a + v for one period of a plaintext with errors of its own.
    #[must_use]
    fn plus(&self, v: &[Complex64], encoding: &Disturbance) -> Self;
    /// a·v for one period of a plaintext with errors of its own.
    #[must_use]
    fn times(&self, v: &[Complex64], encoding: &Disturbance) -> Self;
    /// a + v for exact numbers v, one for each slot.
    #[must_use]
    fn plus_exact(&self, v: &[Complex64]) -> Self;
    /// a·√−1.
    #[must_use]
    fn times_i(&self) -> Self;
    /// Slot i becomes slot i+k of `slots`. Pre: k < `slots`.
    #[must_use]
    fn rotated(&self, k: usize, slots: usize) -> Self;
    /// Read as so many slots: continued, or the means of those that fall together. Pre: a power of two.
    #[must_use]
    fn with_slots(&self, slots: usize) -> Self;
    /// The complex conjugates.
    #[must_use]
    fn conjugated(&self) -> Self;
    /// With an error of the same deviation in every slot.
    #[must_use]
    fn disturbed(self, error: &Disturbance) -> Self;
    /// A linear transform, by baby steps and giant steps.
    #[must_use]
    fn transformed(&self, transform: &Prepared, errors: &TransformErrors) -> Self {
        transform::by_steps(self, transform, errors)
    }
}

/// An interpreter on slots. Whatever is one, is an [`Evaluator`](super::Evaluator).
pub trait Shadow: Sync {
    /// How slots carry their errors.
    type Slots: Slots;
    /// The moduli and canonical scales.
    fn parameters(&self) -> &Scheme;
    /// What the names of all errors begin with.
    fn seed(&self) -> Event;
    /// Told of every operation, with the shape of its first operand.
    fn record(&self, operation: Operation, shape: &Shape, times: u64) {
        let _ = (operation, shape, times);
    }
}

/// A ciphertext of a shadow: slots, their shape, and how they came about.
#[derive(Debug, Clone)]
pub struct Shadowed<S> {
    shape: Shape,
    event: Event,
    slots: Arc<S>,
}

impl<S> Shadowed<S> {
    /// Level, scale, slots and components.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Its slots.
    #[must_use]
    pub fn slots(&self) -> &S {
        &self.slots
    }
}

/// Slots encoded for one level and scale. Its rounding is the same wherever it is used.
#[derive(Debug, Clone)]
pub struct Plaintext {
    values: Vec<Complex64>,
    level: Level,
    scale: Scale,
    event: Event,
}

impl Plaintext {
    fn shape(&self) -> Shape {
        Shape {
            level: self.level,
            scale: self.scale.clone(),
            slots: self.values.len(),
            components: 1,
        }
    }

    fn error(&self, scheme: &Scheme) -> Disturbance {
        let variance = Noise::new(scheme).encoding();
        let shape = self.shape();
        evaluator::disturbance(
            scheme,
            self.event,
            Cause::Encoding,
            self.level,
            variance,
            &shape,
        )
    }
}

/// Which key encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// [`Noise::public_key_encryption`].
    Public,
    /// [`Noise::secret_key_encryption`].
    Secret,
}

/// Encrypts `slots` with the errors of encoding and encryption, at the canonical scale of `level`. `count` is their
/// number, `nonce` tells encryptions apart: the same nonce errs in the same way.
///
/// # Errors
/// When there is no such level, `count` is no power of two up to N/2, or a slot is not finite or does not fit.
pub fn encrypt<T: Shadow>(
    shadow: &T,
    slots: T::Slots,
    count: usize,
    level: Level,
    key: Key,
    nonce: u64,
) -> Result<Shadowed<T::Slots>, CircuitError> {
    let scheme = shadow.parameters();
    scheme.encodes(count, level, scheme.scale(level))?;
    let shape = Shape {
        level,
        scale: scheme.scale(level).clone(),
        slots: count,
        components: 2,
    };
    let noise = Noise::new(scheme);
    let variance = noise.encoding()
        + match key {
            Key::Public => noise.public_key_encryption(),
            Key::Secret => noise.secret_key_encryption(),
        };
    let words = [nonce, level.get().into(), key as u64];
    let event = evaluator::event(shadow, Operation::Encrypt, &[], words);
    let error = evaluator::disturbance(scheme, event, Cause::Encryption, level, variance, &shape);
    evaluator::checked(scheme, shape, event, slots.disturbed(&error))
}

/// c as it is encoded: the multiple of 1/Δ nearest to it.
fn encoded(c: f64, scale: &Scale) -> Result<f64, CircuitError> {
    let refused = || CircuitError::Constant {
        found: c.to_string(),
    };
    let integer = scale.round(c).ok_or_else(refused)?;
    Ok(integer as f64 / scale.to_f64())
}
