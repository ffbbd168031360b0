//! Circuits over encrypted slots, written once for every interpreter.
//!
//! An [`Evaluator`] is what can be done with ciphertexts. The cost analyzer, the noise simulator and RNS-CKKS implement
//! it; polynomials ([`polynomial`]), activations ([`activation`]), linear transforms ([`linear`]) and sums ([`reduction`])
//! are written against it and run on all three. [`ModRaise`] is what bootstrapping adds. [`Scheme`] is what they must know of the parameters, [`Shape`] what is
//! public of a ciphertext, [`noise`] the variance of every operation's error. Interpreters that know only slots share
//! [`shadow`].

pub mod activation;
pub mod clear;
pub mod error;
pub mod linear;
mod lower;
pub mod noise;
pub mod polynomial;
mod raise;
pub mod real;
pub mod reduction;
mod scheme;
pub mod shadow;
mod shape;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests;

pub use error::CircuitError;
pub use linear::LinearTransform;
pub use lower::{lowered, lowered_times};
pub use raise::ModRaise;
pub use real::RealTransform;
pub use scheme::{Scheme, SchemeLiteral};
pub use shape::Shape;

use crate::quantity::{Level, Scale};
use num_complex::Complex64;

/// What can be done with ciphertexts of n slots.
///
/// Every operation is slot-wise unless it says otherwise, and every interpreter refuses the same operands, by the checks
/// of [`Shape`]: nothing is brought to a common level or scale silently. Results are the same whatever the number of
/// threads; evaluators are shared between them.
pub trait Evaluator: Sync {
    /// n encrypted slots at a [`Shape`].
    type Ciphertext: Clone + Send + Sync;
    /// Slots encoded for one level and scale.
    type Plaintext: Send + Sync;
    /// A linear transform with its plaintexts encoded for one level.
    type Transform: Send + Sync;
    /// What a refused operation returns.
    type Error: From<CircuitError> + Send;

    /// The moduli and canonical scales.
    fn scheme(&self) -> &Scheme;

    /// Level, scale, slots and components of a ciphertext.
    fn shape(&self, a: &Self::Ciphertext) -> Shape;

    /// a + b, of one level, scale and number of slots.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// a − b, of one level, scale and number of slots.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn sub(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// −a.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn neg(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// a + c in every slot, c encoded at the scale of a.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add_scalar(&self, a: &Self::Ciphertext, c: f64) -> Result<Self::Ciphertext, Self::Error>;

    /// sum + a·c, as [`Evaluator::mul_scalar`] of a dropped to the level of the sum, which must then have its scale.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add_scaled(
        &self,
        sum: &Self::Ciphertext,
        a: &Self::Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, Self::Error> {
        let dropped = self.drop_to(a, self.shape(sum).level)?;
        self.add(sum, &self.mul_scalar(&dropped, c, scale)?)
    }

    /// Encodes slots for ciphertexts of that level; a longer-lived plaintext is encoded once and used often.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn encode(
        &self,
        v: &[Complex64],
        level: Level,
        scale: &Scale,
    ) -> Result<Self::Plaintext, Self::Error>;

    /// a + v, v encoded at the level and scale of a.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn add_plain(
        &self,
        a: &Self::Ciphertext,
        v: &Self::Plaintext,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// a·c with c rounded to a multiple of 1/`scale`; the scale becomes the product. No level is spent until rescaling.
    ///
    /// With c = 1 this changes the scale alone.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul_scalar(
        &self,
        a: &Self::Ciphertext,
        c: f64,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// [`Evaluator::mul_scalar`] of the ciphertext dropped to a level.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul_scalar_at(
        &self,
        a: &Self::Ciphertext,
        c: f64,
        scale: &Scale,
        level: Level,
    ) -> Result<Self::Ciphertext, Self::Error> {
        self.mul_scalar(&self.drop_to(a, level)?, c, scale)
    }

    /// The same polynomials read at another scale: every slot is multiplied by the old scale over the new one. It costs
    /// nothing, and is the way to multiply or divide by a power of two without a level.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn reinterpret(
        &self,
        a: &Self::Ciphertext,
        scale: &Scale,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// Every slot times the imaginary unit, exactly: the product with X^(N/2), which is √−1 at every ζ^(5^j). No level is
    /// spent.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul_i(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// The same polynomials read with another number of slots. More of them repeat the slots; of fewer, each is the mean of
    /// those that fall together: what does not repeat vanishes. It costs nothing.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn with_slots(
        &self,
        a: &Self::Ciphertext,
        slots: usize,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// a·v, v encoded at the level of a; the scale becomes the product. No level is spent until rescaling.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul_plain(
        &self,
        a: &Self::Ciphertext,
        v: &Self::Plaintext,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// a·b of one level, of three components; the scale becomes the product.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mul(
        &self,
        a: &Self::Ciphertext,
        b: &Self::Ciphertext,
    ) -> Result<Self::Ciphertext, Self::Error>;

    /// Back to two components; what has two is returned as it is.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn relinearize(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// Division of the scale by the prime of the level, which is spent.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn rescale(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// [`Evaluator::relinearize`] and [`Evaluator::rescale`] with one division and one rounding.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn relinearize_rescale(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// The same slots at a lower level and the same scale.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn drop_to(&self, a: &Self::Ciphertext, level: Level) -> Result<Self::Ciphertext, Self::Error>;

    /// Slot i becomes slot i+k, cyclically: a rotation to the left.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn rotate(&self, a: &Self::Ciphertext, k: i64) -> Result<Self::Ciphertext, Self::Error>;

    /// All these rotations of one ciphertext, with the common part done once (hoisting).
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn rotate_many(
        &self,
        a: &Self::Ciphertext,
        k: &[i64],
    ) -> Result<Vec<Self::Ciphertext>, Self::Error>;

    /// The complex conjugate of every slot.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn conjugate(&self, a: &Self::Ciphertext) -> Result<Self::Ciphertext, Self::Error>;

    /// Encodes the diagonals of a transform for ciphertexts of that level, at `scale`.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn prepare(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
    ) -> Result<Self::Transform, Self::Error>;

    /// The same in the least memory, where that differs; to apply it takes longer.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn prepare_compact(
        &self,
        transform: &LinearTransform,
        level: Level,
        scale: &Scale,
    ) -> Result<Self::Transform, Self::Error> {
        self.prepare(transform, level, scale)
    }

    /// The linear transform of the slots; the scale becomes the product. No level is spent until rescaling.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn transform(
        &self,
        a: &Self::Ciphertext,
        transform: &Self::Transform,
    ) -> Result<Self::Ciphertext, Self::Error>;
}
