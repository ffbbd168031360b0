//! What is public of a ciphertext, and the rules that every interpreter keeps.

use super::{CircuitError, Scheme};
use crate::quantity::{Level, Scale};
use serde::{Deserialize, Serialize};

/// Level, scale, slots and components of a ciphertext.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Rescalings left.
    pub level: Level,
    /// The ciphertext holds round(scale·m) for the message m.
    pub scale: Scale,
    /// Number of slots, a power of two.
    pub slots: usize,
    /// Polynomials: 2, or 3 for a product before relinearisation.
    pub components: usize,
}

impl Shape {
    /// The shape of a sum or difference.
    ///
    /// # Errors
    /// When levels, scales or numbers of slots differ.
    pub fn sum(&self, other: &Self) -> Result<Self, CircuitError> {
        self.same_slots(other)?;
        self.same_level(other)?;
        if !self.scale.matches(&other.scale) {
            return Err(CircuitError::ScaleMismatch {
                left: self.scale.to_string(),
                right: other.scale.to_string(),
            });
        }
        Ok(Self {
            components: self.components.max(other.components),
            ..self.clone()
        })
    }

    /// The shape of a product of two ciphertexts.
    ///
    /// # Errors
    /// When levels or numbers of slots differ, or an operand is not relinearised.
    pub fn product(&self, other: &Self) -> Result<Self, CircuitError> {
        self.same_slots(other)?;
        self.same_level(other)?;
        self.linear()?;
        other.linear()?;
        Ok(Self {
            scale: self.scale.times(&other.scale)?,
            components: 3,
            ..self.clone()
        })
    }

    /// The shape of a product with a plaintext.
    ///
    /// # Errors
    /// When levels or numbers of slots differ.
    pub fn times_plain(&self, plaintext: &Self) -> Result<Self, CircuitError> {
        self.same_slots(plaintext)?;
        self.same_level(plaintext)?;
        self.scaled(&plaintext.scale)
    }

    /// The shape of a product with a constant of that scale.
    ///
    /// # Errors
    /// When the scale grows beyond its type.
    pub fn scaled(&self, scale: &Scale) -> Result<Self, CircuitError> {
        Ok(Self {
            scale: self.scale.times(scale)?,
            ..self.clone()
        })
    }

    /// The shape after division by the prime `q` of its level.
    ///
    /// # Errors
    /// When no level is left, or the scale would fall below 1.
    pub fn rescaled(&self, q: u64) -> Result<Self, CircuitError> {
        Ok(Self {
            level: self.below()?,
            scale: self.scale.rescaled(q)?,
            ..self.clone()
        })
    }

    /// The shape with another number of slots.
    ///
    /// # Errors
    /// When it is no power of two up to N/2.
    pub fn with_slots(&self, scheme: &Scheme, slots: usize) -> Result<Self, CircuitError> {
        scheme.encodes(slots, self.level, &self.scale)?;
        Ok(Self {
            slots,
            ..self.clone()
        })
    }

    /// The level after one rescaling.
    ///
    /// # Errors
    /// When no level is left.
    pub fn below(&self) -> Result<Level, CircuitError> {
        let below = self.level.get().checked_sub(1);
        let below = below.ok_or(CircuitError::LevelsExhausted)?;
        Ok(Level::new(below.into())?)
    }

    /// The shape at a lower level.
    ///
    /// # Errors
    /// When `level` is higher.
    pub fn dropped(&self, level: Level) -> Result<Self, CircuitError> {
        if level > self.level {
            return Err(CircuitError::LevelTooHigh {
                found: self.level,
                wanted: level,
            });
        }
        Ok(Self {
            level,
            ..self.clone()
        })
    }

    /// The shape of the same polynomials at another scale.
    ///
    /// # Errors
    /// When the scale does not fit the modulus of the level.
    pub fn reinterpreted(&self, scheme: &Scheme, scale: &Scale) -> Result<Self, CircuitError> {
        scheme.fits(self.level, scale)?;
        Ok(Self {
            scale: scale.clone(),
            ..self.clone()
        })
    }

    /// The shape after raising the modulus, before the trace of [`ModRaise::mod_raise`](super::ModRaise::mod_raise).
    ///
    /// # Errors
    /// When the level is not 0 or the new one is not above it in the chain, there are three components, `bound` is not
    /// positive, the scale would not fit after the trace, or the scheme has no ephemeral secret.
    pub fn raised(&self, scheme: &Scheme, level: Level, bound: f64) -> Result<Self, CircuitError> {
        self.linear()?;
        if self.level.get() != 0 || level.get() == 0 {
            return Err(CircuitError::Raise {
                from: self.level,
                to: level,
            });
        }
        scheme.check_level(level)?;
        scheme.encapsulation()?;
        if bound.is_nan() || bound <= 0.0 {
            return Err(CircuitError::RaiseBound { found: bound });
        }
        let raised = Self {
            level,
            ..self.clone()
        };
        scheme.fits(level, &raised.traced(scheme)?.scale)?;
        Ok(raised)
    }

    /// The shape after the trace from N/2 slots to those there are, which multiplies coefficients by N/2n.
    ///
    /// # Errors
    /// When the scale grows beyond its type.
    pub fn traced(&self, scheme: &Scheme) -> Result<Self, CircuitError> {
        let log2 = scheme.trace_rotations(self.slots).len() as u32;
        self.scaled(&Scale::power_of_two(log2)?)
    }

    /// Two components.
    ///
    /// # Errors
    /// When there are three.
    pub fn linear(&self) -> Result<(), CircuitError> {
        match self.components {
            2 => Ok(()),
            components => Err(CircuitError::NotRelinearized { components }),
        }
    }

    /// Refuses a plaintext of another number of slots.
    ///
    /// # Errors
    /// When `found` is another number.
    pub fn check_slots(&self, found: usize) -> Result<(), CircuitError> {
        if found == self.slots {
            return Ok(());
        }
        Err(CircuitError::SlotMismatch {
            left: self.slots,
            right: found,
        })
    }

    /// Rotation by k as a rotation to the left by less than the number of slots.
    #[must_use]
    pub fn rotation(&self, k: i64) -> usize {
        k.rem_euclid(self.slots as i64) as usize
    }

    fn same_slots(&self, other: &Self) -> Result<(), CircuitError> {
        self.check_slots(other.slots)
    }

    fn same_level(&self, other: &Self) -> Result<(), CircuitError> {
        if self.level == other.level {
            return Ok(());
        }
        Err(CircuitError::LevelMismatch {
            left: self.level,
            right: other.level,
        })
    }
}
