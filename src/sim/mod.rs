//! Circuits on slots with the errors of encryption, drawn at random.
//!
//! A [`Simulator`] computes on n complex slots of f64 and adds to each operation's result an error of the variance of
//! [`noise`](crate::circuit::noise): it shows what accuracy is left, without keys and polynomials.
//!
//! Modelled: encoding and encryption, roundings of rescaling and key switching, the errors of keys, roundings of
//! plaintexts and diagonals, rounded scalars (exactly), overflow (refused, see [`shadow`]), the multiples of q0 that raising
//! the modulus leaves, products of errors with errors, and the one secret behind all roundings, which makes them large
//! together in some slots.
//! Not modelled: the roundings against the square of the secret, which are said to go with the secret itself; that a plaintext or diagonal that repeats with a short period has fewer coefficients to round, so errs
//! less than said here; that rotations need keys; the errors of f64 in the encoder of a backend. The simulator's own f64 has
//! 2^-53 relative in every operation.
//!
//! The same seed, circuit and nonces give the same bits on any number of threads.

mod sampled;
mod secret;

pub use sampled::Sampled;

use crate::{
    circuit::{
        CircuitError, Scheme,
        shadow::{self, Event, Key, Shadow, Shadowed, Slots},
    },
    quantity::Level,
};
use num_complex::Complex64;
use secret::Secret;
use std::sync::Arc;

/// A simulated ciphertext.
pub type Ciphertext = Shadowed<Sampled>;

/// The interpreter that errs as encryption does.
#[derive(Debug, Clone)]
pub struct Simulator {
    scheme: Scheme,
    seed: Event,
    secret: Arc<Secret>,
}

/// What the secret is drawn as.
const SECRET: u64 = u64::from_le_bytes(*b"secret\0\0");

impl Simulator {
    /// The secret and every error are drawn from `seed`.
    #[must_use]
    pub fn new(scheme: Scheme, seed: u64) -> Self {
        let event = Event::seeded(seed);
        Self {
            secret: Arc::new(Secret::new(scheme.log_n().degree() / 2, event.then(SECRET))),
            scheme,
            seed: event,
        }
    }

    /// Encrypts slots under the public key, at the canonical scale of `level`. `nonce` tells encryptions apart: the same
    /// one errs in the same way, so take another for every input.
    ///
    /// # Errors
    /// When there is no such level, the number of slots is no power of two up to N/2, or a slot is not finite or does not
    /// fit the modulus.
    pub fn encrypt(
        &self,
        values: &[Complex64],
        level: Level,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        self.fresh(values, level, Key::Public, nonce)
    }

    /// As [`Simulator::encrypt`], under the secret key.
    ///
    /// # Errors
    /// As [`Simulator::encrypt`].
    pub fn encrypt_secret(
        &self,
        values: &[Complex64],
        level: Level,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        self.fresh(values, level, Key::Secret, nonce)
    }

    /// The slots with their errors. Decryption adds none.
    #[must_use]
    pub fn decrypt<'a>(&self, a: &'a Ciphertext) -> &'a [Complex64] {
        a.slots().values()
    }

    /// |s(ζ)|²/h in each of `slots` slots, a power of two up to N/2: what roundings vary with.
    ///
    /// # Errors
    /// When it is no such number.
    pub fn secret_squares(&self, slots: usize) -> Result<&[f64], CircuitError> {
        let max = self.scheme.log_n().max_slots();
        if !slots.is_power_of_two() || slots > max {
            return Err(CircuitError::SlotCount { found: slots, max });
        }
        Ok(self.secret.squares(slots))
    }

    fn fresh(
        &self,
        values: &[Complex64],
        level: Level,
        key: Key,
        nonce: u64,
    ) -> Result<Ciphertext, CircuitError> {
        let slots = Sampled::new(values, &self.secret);
        shadow::encrypt(self, slots, values.len(), level, key, nonce)
    }
}

impl Shadow for Simulator {
    type Slots = Sampled;

    fn parameters(&self) -> &Scheme {
        &self.scheme
    }

    fn seed(&self) -> Event {
        self.seed
    }
}
