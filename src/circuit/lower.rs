//! Fewer levels, at the scale that belongs there.

use super::{CircuitError, Evaluator};
use crate::quantity::Level;

/// The message of a ciphertext at a lower level and its canonical scale: a product with 1 that takes the level above.
///
/// # Errors
/// When the ciphertext is below that level, or at it with another scale, or the interpreter refuses something.
pub fn lowered<E: Evaluator>(
    evaluator: &E,
    a: &E::Ciphertext,
    level: Level,
) -> Result<E::Ciphertext, E::Error> {
    let scheme = evaluator.scheme();
    let (shape, wanted) = (evaluator.shape(a), scheme.scale(level));
    if shape.level == level && shape.scale.matches(wanted) {
        return Ok(a.clone());
    }
    lowered_times(evaluator, a, 1.0, level)
}

/// The message of a ciphertext times a constant, at a lower level and its canonical scale.
///
/// # Errors
/// When the ciphertext is not above that level, or the interpreter refuses something.
pub fn lowered_times<E: Evaluator>(
    evaluator: &E,
    a: &E::Ciphertext,
    c: f64,
    level: Level,
) -> Result<E::Ciphertext, E::Error> {
    let scheme = evaluator.scheme();
    let (shape, wanted) = (evaluator.shape(a), scheme.scale(level));
    let above = Level::new(u64::from(level.get()) + 1).map_err(CircuitError::from)?;
    let factor = wanted.times_modulus(scheme.modulus(above));
    let factor = factor.and_then(|product| product.over(&shape.scale));
    let factor = factor.map_err(CircuitError::from)?;
    let raised = evaluator.mul_scalar_at(a, c, &factor, above)?;
    evaluator.rescale(&raised)
}
