//! What circuits must know of the parameters: exact moduli, scales, and the distributions of secret and errors.

use super::CircuitError;
use crate::quantity::{Level, LogN, Scale};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// Plain data of a [`Scheme`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchemeLiteral {
    /// Ring.
    pub log_n: LogN,
    /// q0, …, qL.
    pub q: Vec<u64>,
    /// The special primes of key switching; α of them make digits of α primes.
    pub p: Vec<u64>,
    /// Scale of a message at each level, from level 0.
    pub scales: Vec<Scale>,
    /// Standard deviation of the encryption error.
    pub sigma: f64,
    /// Mean square of a coefficient of the secret: 2/3 for uniform ternary ones, h/N for weight h.
    pub secret_variance: f64,
    /// Weight of the ephemeral secret of bootstrapping, where there is one.
    #[serde(default)]
    pub encapsulation: Option<u32>,
}

/// Moduli, canonical scales and distributions of one parameter set. Never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    literal: SchemeLiteral,
    max_level: Level,
    /// log2 of q0⋯ql.
    log_q: Vec<f64>,
}

impl Scheme {
    /// Expects one scale for each modulus, and at least one modulus.
    ///
    /// # Errors
    /// When the numbers of moduli and scales differ, or there are none.
    pub fn new(literal: SchemeLiteral) -> Result<Self, CircuitError> {
        let levels = literal.q.len().min(literal.scales.len()) as u64;
        let max_level = Level::new(levels.checked_sub(1).ok_or(CircuitError::LevelsExhausted)?)?;
        let sums = literal.q.iter().scan(0.0, |sum, q| {
            *sum += (*q as f64).log2();
            Some(*sum)
        });
        Ok(Self {
            log_q: sums.collect(),
            max_level,
            literal,
        })
    }

    /// Its data.
    #[must_use]
    pub const fn literal(&self) -> &SchemeLiteral {
        &self.literal
    }

    /// Ring.
    #[must_use]
    pub const fn log_n(&self) -> LogN {
        self.literal.log_n
    }

    /// Level of a fresh ciphertext.
    #[must_use]
    pub const fn max_level(&self) -> Level {
        self.max_level
    }

    /// The prime that rescaling at this level divides by; levels beyond the chain count as the last one.
    #[must_use]
    pub fn modulus(&self, level: Level) -> u64 {
        self.literal.q[self.index(level)]
    }

    /// log2 of the product of all primes up to this level.
    #[must_use]
    pub fn log_q(&self, level: Level) -> f64 {
        self.log_q[self.index(level)]
    }

    /// The canonical scale S_l. Along equal bit sizes S_(l−1) = S_l²/q_l exactly, so the product of two ciphertexts of
    /// canonical scale has one again, after rescaling.
    #[must_use]
    pub fn scale(&self, level: Level) -> &Scale {
        &self.literal.scales[self.index(level)]
    }

    /// Whether a message of magnitude 1 at that scale fits the modulus of the level.
    ///
    /// # Errors
    /// When it does not.
    pub fn fits(&self, level: Level, scale: &Scale) -> Result<(), CircuitError> {
        let (log2_scale, log2_modulus) = (scale.log2(), self.log_q(level));
        if log2_scale + 1.0 <= log2_modulus {
            return Ok(());
        }
        Err(CircuitError::ModulusExceeded {
            log2_scale,
            log2_modulus,
            level,
        })
    }

    /// Refuses a level beyond the chain.
    ///
    /// # Errors
    /// When there is no such level.
    pub fn check_level(&self, level: Level) -> Result<(), CircuitError> {
        if level <= self.max_level {
            return Ok(());
        }
        Err(CircuitError::LevelTooHigh {
            found: self.max_level,
            wanted: level,
        })
    }

    /// Whether so many slots can be encoded at that level and scale.
    ///
    /// # Errors
    /// When there is no such level, the number is no power of two up to N/2, or the scale does not fit the modulus.
    pub fn encodes(&self, slots: usize, level: Level, scale: &Scale) -> Result<(), CircuitError> {
        self.check_level(level)?;
        let max = self.log_n().max_slots();
        if !slots.is_power_of_two() || slots > max {
            return Err(CircuitError::SlotCount { found: slots, max });
        }
        self.fits(level, scale)
    }

    /// As [`Scheme::encodes`], for slots that are known.
    ///
    /// # Errors
    /// As [`Scheme::encodes`], and when a slot is not finite.
    pub fn encodes_slots(
        &self,
        v: &[Complex64],
        level: Level,
        scale: &Scale,
    ) -> Result<(), CircuitError> {
        self.encodes(v.len(), level, scale)?;
        match v.iter().find(|z| !z.is_finite()) {
            Some(z) => Err(CircuitError::Constant {
                found: z.to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Weight of the ephemeral secret of bootstrapping.
    ///
    /// # Errors
    /// When the parameters have none.
    pub fn encapsulation(&self) -> Result<u32, CircuitError> {
        let weight = self.literal.encapsulation;
        weight.ok_or(CircuitError::NoEncapsulation)
    }

    /// The rotations n, 2n, …, N/4 of all N/2 slots that the trace from N/2 to n slots adds up, each in its turn. A
    /// ciphertext of n slots does not change by them; its coefficients outside of X^(N/2n) do.
    #[must_use]
    pub fn trace_rotations(&self, slots: usize) -> Vec<usize> {
        let all = self.log_n().max_slots();
        let doubled = |k: &usize| Some(2 * k);
        let rotations = std::iter::successors(Some(slots.max(1)), doubled);
        rotations.take_while(|k| *k < all).collect()
    }

    fn index(&self, level: Level) -> usize {
        level.min(self.max_level).get().into()
    }
}
