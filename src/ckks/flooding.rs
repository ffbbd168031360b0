//! Decryption whose results may be published: noise that hides the noise of encryption.
//!
//! A decrypted value m + e is no longer secure to show, since e tells about the secret (Li, Micciancio 2021, ePrint
//! 2020/1533). Gaussian noise of deviation σ = √(12τ)·2^(s/2)·t on every result makes it secure again, to s bits for an
//! attacker of any power, when τ results are shown and each errs by at most t (Li, Micciancio, Schultz, Sorrell 2022,
//! ePrint 2022/816). Here t bounds the Euclidean norm of the error over all coefficients that are read, and is
//! Δ·2^−bits for slots that err by at most 2^−bits: for n slots, ‖slots‖² = n·‖coefficients‖²/Δ².
//!
//! All rests on t. It must bound the error of whatever is decrypted, in the worst case: with estimates for average ones
//! the key was found (Guo, Nabokov, Suvanto, Johansson, USENIX Security 2024). A forecast holds for its own circuit, for
//! inputs in its domain that were encrypted afresh and independently of each other.

use super::{Ciphertext, Decryptor, error::CkksError};
use crate::{
    quantity::{ErrorBits, Scale},
    ring::sampler::{MasterSeed, Noise, WideGaussian},
};
use num_complex::Complex64;
use rayon::prelude::*;
use thiserror::Error;
use zeroize::Zeroizing;

/// Fewest bits of security against an attacker of any power, and most.
const SECURITY: [u32; 2] = [30, 128];
/// Most results.
const MAX_QUERIES: u64 = 1 << 32;
/// log2 of the widest noise of a coefficient.
const MAX_LOG2: f64 = 100.0;
/// Coefficients of one stream.
const CHUNK: usize = 1024;

/// Why noise of decryption is refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum FloodingError {
    /// No or too many results.
    #[error("{found} published decryptions; choose from 1 to {max}")]
    Queries {
        /// As given.
        found: u64,
        /// The most there can be.
        max: u64,
    },
    /// Too little security, or too much.
    #[error("{found} bits of security of published decryptions; choose from {min} to {max}")]
    Security {
        /// As given.
        found: u32,
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// An error that no ciphertext of this scale has.
    #[error(
        "an error of 2^-{error_bits:.2} is below what coefficients at scale 2^{log2_scale:.2} are rounded to; give the bound that the circuit was forecast with"
    )]
    ErrorTooSmall {
        /// Bits of the error.
        error_bits: f64,
        /// log2 of the scale.
        log2_scale: f64,
    },
    /// Noise beyond what coefficients hold.
    #[error(
        "noise of 2^{log2_deviation:.1} in a coefficient exceeds 2^{max_log2}; publish fewer decryptions, or compute with a smaller error"
    )]
    TooWide {
        /// log2 of its deviation.
        log2_deviation: f64,
        /// log2 of the bound.
        max_log2: f64,
    },
}

/// How much noise makes decryptions safe to publish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flooding {
    queries: u64,
    log2_security: u32,
    error: ErrorBits,
}

impl Flooding {
    /// For τ = `queries` results of one key in all, s = `log2_security` bits, and slots that err by at most `error`.
    ///
    /// # Errors
    /// When `queries` is not in 1..=2^32 or `log2_security` not in 30..=128.
    pub fn new(queries: u64, log2_security: u32, error: ErrorBits) -> Result<Self, FloodingError> {
        if !(1..=MAX_QUERIES).contains(&queries) {
            return Err(FloodingError::Queries {
                found: queries,
                max: MAX_QUERIES,
            });
        }
        let [min, max] = SECURITY;
        if !(min..=max).contains(&log2_security) {
            return Err(FloodingError::Security {
                found: log2_security,
                min,
                max,
            });
        }
        Ok(Self {
            queries,
            log2_security,
            error,
        })
    }

    /// τ.
    #[must_use]
    pub const fn queries(&self) -> u64 {
        self.queries
    }

    /// s.
    #[must_use]
    pub const fn log2_security(&self) -> u32 {
        self.log2_security
    }

    /// σ, the standard deviation of the noise of a coefficient.
    ///
    /// # Errors
    /// When no slot at that scale errs so little, or the noise exceeds 2^100.
    pub fn deviation(&self, scale: &Scale) -> Result<f64, FloodingError> {
        let (error_bits, log2_scale) = (self.error.get(), scale.log2());
        if error_bits > log2_scale {
            return Err(FloodingError::ErrorTooSmall {
                error_bits,
                log2_scale,
            });
        }
        let log2_factor =
            ((12.0 * self.queries as f64).log2() + f64::from(self.log2_security)) / 2.0;
        let log2_deviation = log2_factor + log2_scale - error_bits;
        if log2_deviation > MAX_LOG2 {
            return Err(FloodingError::TooWide {
                log2_deviation,
                max_log2: MAX_LOG2,
            });
        }
        Ok(log2_deviation.exp2())
    }

    /// √E|e|² of the noise of a slot, σ·√(2n)/Δ.
    ///
    /// # Errors
    /// As [`Flooding::deviation`].
    pub fn slot_deviation(&self, scale: &Scale, slots: usize) -> Result<f64, FloodingError> {
        Ok(self.deviation(scale)? * (2.0 * slots as f64).sqrt() / scale.to_f64())
    }
}

impl Decryptor {
    /// The slots, with noise. It follows from `seed`, which must serve one decryption alone: take it from the operating
    /// system. Whoever calls this counts, as [`Queries`](super::serial::Queries) does.
    ///
    /// # Errors
    /// As [`Decryptor::coefficients`] and [`Flooding::deviation`].
    pub fn decrypt_flooded(
        &self,
        ciphertext: &Ciphertext,
        flooding: &Flooding,
        seed: &MasterSeed,
    ) -> Result<Vec<Complex64>, CkksError> {
        let shape = ciphertext.shape();
        let gaussian = WideGaussian::new(flooding.deviation(&shape.scale)?)?;
        let mut coefficients = Zeroizing::new(self.coefficients(ciphertext)?);
        let seed = seed.seed::<Noise>();
        let mut noise = Zeroizing::new(vec![0; 2 * shape.slots]);
        let chunks = noise.par_chunks_mut(CHUNK).enumerate();
        chunks.for_each(|(i, chunk)| {
            let mut stream = seed.stream(i as u64);
            chunk.fill_with(|| gaussian.sample(&mut stream));
        });
        // Those that decoding reads.
        let gap = coefficients.len() / noise.len();
        for (c, e) in coefficients.iter_mut().step_by(gap).zip(noise.iter()) {
            *c += e;
        }
        let encoder = self.context.encoder();
        Ok(encoder.decode(&coefficients, shape.slots, &shape.scale)?)
    }
}
