//! The variance of the error that every operation adds, by formula.
//!
//! A variance is that of one coefficient of the error polynomial, in units of the ciphertext (before division by its
//! scale). Coefficients are taken as independent, of mean 0, and uniform on their ranges where they are roundings or
//! digits; products with the secret sum N of them. These are the central-limit estimates of Costache, Curtis, Hales,
//! Murphy, Ogilvie, Player (ePrint 2022/162), for hybrid key switching with digits D_j and special modulus P.

use super::Scheme;
use crate::quantity::{Level, Scale};

/// Variance of a rounding: uniform on an interval of length 1.
pub const ROUNDING: f64 = 1.0 / 12.0;
/// Mean square of a coefficient of the ephemeral secret of encryption, uniform in {−1, 0, 1}.
const EPHEMERAL: f64 = 2.0 / 3.0;

/// The formulas for one parameter set.
#[derive(Debug, Clone, Copy)]
pub struct Noise<'a> {
    scheme: &'a Scheme,
}

impl<'a> Noise<'a> {
    /// For a scheme.
    #[must_use]
    pub const fn new(scheme: &'a Scheme) -> Self {
        Self { scheme }
    }

    fn degree(&self) -> f64 {
        self.scheme.log_n().degree() as f64
    }

    /// E‖s‖², N times the mean square of a coefficient of the secret.
    fn secret_norm(&self) -> f64 {
        self.degree() * self.scheme.literal().secret_variance
    }

    fn sigma_squared(&self) -> f64 {
        self.scheme.literal().sigma.powi(2)
    }

    /// Encryption under the secret key: σ².
    #[must_use]
    pub fn secret_key_encryption(&self) -> f64 {
        self.sigma_squared()
    }

    /// Encryption under the public key, v·e + e0 + e1·s: σ²·(2N/3 + 1 + E‖s‖²).
    #[must_use]
    pub fn public_key_encryption(&self) -> f64 {
        self.sigma_squared() * (self.degree() * EPHEMERAL + 1.0 + self.secret_norm())
    }

    /// The roundings r0 + r1·s (+ r2·s²) of a division: (1 + E‖s‖² (+ (E‖s‖²)²))/12.
    #[must_use]
    pub fn division(&self, components: usize) -> f64 {
        let powers = (0..components).map(|k| self.secret_norm().powi(k as i32));
        ROUNDING * powers.sum::<f64>()
    }

    /// Errors of the key in one key switch at a level, before any rounding, relative to the special modulus:
    /// N·σ²·Σ_j D_j²/12 / P².
    #[must_use]
    pub fn key_error(&self, level: Level) -> f64 {
        let literal = self.scheme.literal();
        let limbs = (usize::from(level.get()) + 1).min(literal.q.len());
        let special: f64 = literal.p.iter().map(|p| (*p as f64).log2()).sum();
        let digits = literal.q[..limbs].chunks(literal.p.len().max(1));
        let squares = digits.map(|digit| {
            let log2: f64 = digit.iter().map(|q| (*q as f64).log2()).sum();
            (2.0 * (log2 - special)).exp2()
        });
        self.degree() * self.sigma_squared() * ROUNDING * squares.sum::<f64>()
    }

    /// Key switching: the errors of the key, and the division by P.
    #[must_use]
    pub fn key_switch(&self, level: Level) -> f64 {
        self.key_error(level) + self.division(2)
    }

    /// Key switching and rescaling in one division: the errors of the key divided by the prime of the level too.
    #[must_use]
    pub fn key_switch_rescale(&self, level: Level) -> f64 {
        let q = self.scheme.modulus(level) as f64;
        self.key_error(level) / (q * q) + self.division(2)
    }

    /// E|e|² of a slot, for errors of that variance at that scale: 2n·v/Δ². Real and imaginary part have half of it
    /// each. Of the N coefficients only the 2n that n slots read count.
    #[must_use]
    pub fn slot(&self, variance: f64, slots: usize, scale: &Scale) -> f64 {
        2.0 * slots as f64 * variance * (-2.0 * scale.log2()).exp2()
    }
}
