//! The variance of the error that every operation adds, by formula.
//!
//! A variance is that of one coefficient of the error polynomial, in units of the ciphertext (before division by its
//! scale). Coefficients are taken as independent, of mean 0, and uniform on their ranges where they are roundings or
//! digits; h = E‖s‖² is N times the mean square of a coefficient of the secret. A product a·b of independent
//! polynomials then has N·var(a)·var(b) per coefficient. These are the central-limit estimates of Costache, Curtis,
//! Hales, Murphy, Ogilvie, Player (ePrint 2022/162), for hybrid key switching with digits D_j and special modulus P.
//!
//! Every formula assumes that roundings are to the nearest and digits centred, in ±D_j/2 (basis conversions without an
//! overflow by multiples of the source modulus; with centred residues of k primes and no correction of that overflow, the
//! variance of a rounding or digit would be k times as large).
//!
//! The roundings r1·s are told apart from the rest: in one slot they have |s(ζ)|²/h times their variance, whatever is done
//! there. |s(ζ)|²/h is a unit exponential over slots and keys, so a few slots in every key err much more than the others.

use super::Scheme;
use crate::quantity::{Level, Scale};
use std::ops::Add;

/// Variance of a rounding: uniform on an interval of length 1.
pub const ROUNDING: f64 = 1.0 / 12.0;
/// Mean square of a coefficient of the ephemeral secret of encryption, uniform in {−1, 0, 1}.
const EPHEMERAL: f64 = 2.0 / 3.0;

/// The variance of a coefficient of an error, at the mean of all secrets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variance {
    /// What is the same in every slot.
    pub even: f64,
    /// What goes with |s(ζ)|²/h of the slot.
    pub secret: f64,
}

impl Variance {
    /// Nothing of it goes with the secret.
    const fn even(even: f64) -> Self {
        Self { even, secret: 0.0 }
    }

    /// Of both parts.
    #[must_use]
    pub fn total(self) -> f64 {
        self.even + self.secret
    }
}

impl Add for Variance {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            even: self.even + other.even,
            secret: self.secret + other.secret,
        }
    }
}

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
    pub fn secret_key_encryption(&self) -> Variance {
        Variance::even(self.sigma_squared())
    }

    /// Encryption under the public key, v·e + e0 + e1·s: σ²·(2N/3 + 1 + E‖s‖²).
    #[must_use]
    pub fn public_key_encryption(&self) -> Variance {
        Variance {
            even: self.sigma_squared() * (self.degree() * EPHEMERAL + 1.0),
            secret: self.sigma_squared() * self.secret_norm(),
        }
    }

    /// The roundings r0 + r1·s + r2·s² + … of a division: (1 + h + 2h² + …)/12.
    ///
    /// The value of s at a root is a sum of N terms, so complex Gaussian with E|s|² = h, and E|s|^2k = k!·h^k. The terms
    /// of |s|⁴ and above are said to go with |s|².
    #[must_use]
    pub fn division(&self, components: usize) -> Variance {
        let moments = (1..components).scan(1.0, |moment, k| {
            *moment *= k as f64 * self.secret_norm();
            Some(*moment)
        });
        Variance {
            even: ROUNDING,
            secret: ROUNDING * moments.sum::<f64>(),
        }
    }

    /// Encoding: the rounding of a coefficient, 1/12.
    #[must_use]
    pub const fn encoding(&self) -> Variance {
        Variance::even(ROUNDING)
    }

    /// Errors of the key in one key switch at a level, Σ_j d_j·e_j, before any rounding, relative to the special modulus:
    /// N·σ²·Σ_j D_j²/12 / P².
    #[must_use]
    pub fn key_error(&self, level: Level) -> Variance {
        let literal = self.scheme.literal();
        let limbs = (usize::from(level.get()) + 1).min(literal.q.len());
        let special: f64 = literal.p.iter().map(|p| (*p as f64).log2()).sum();
        let digits = literal.q[..limbs].chunks(literal.p.len().max(1));
        let squares = digits.map(|digit| {
            let log2: f64 = digit.iter().map(|q| (*q as f64).log2()).sum();
            (2.0 * (log2 - special)).exp2()
        });
        Variance::even(self.degree() * self.sigma_squared() * ROUNDING * squares.sum::<f64>())
    }

    /// Key switching: the errors of the key, and the division by P.
    #[must_use]
    pub fn key_switch(&self, level: Level) -> Variance {
        self.key_error(level) + self.division(2)
    }

    /// Key switching and rescaling in one division: the errors of the key divided by the prime of the level too.
    #[must_use]
    pub fn key_switch_rescale(&self, level: Level) -> Variance {
        let q = self.scheme.modulus(level) as f64;
        Variance::even(self.key_error(level).total() / (q * q)) + self.division(2)
    }

    /// Raising the modulus by two switches of keys of one special prime p1 each, relative to the scale before the trace:
    /// 2·N·σ²·q0²/12/p1² by the errors of the keys, (1 + h')/12 by the division after the switch to the ephemeral secret of
    /// weight h', and (1 + h)/12 by the one after the switch back. What is switched back is the second component modulo q0
    /// itself, so it is one digit of ±q0/2, however high the level.
    ///
    /// The trace multiplies the coefficients that n slots read by N/2n, and so does it the scale: this stays what it is.
    /// Each of its log2(N/2n) steps adds a [`Noise::key_switch`] at the scale after that step, and the steps after it
    /// double that error's coefficients as they double the scale.
    #[must_use]
    pub fn mod_raise(&self, weight: u32) -> Variance {
        let literal = self.scheme.literal();
        let log2 = |prime: Option<&u64>| prime.map_or(0.0, |p| (*p as f64).log2());
        let quotient = (2.0 * (log2(literal.q.first()) - log2(literal.p.first()))).exp2();
        let key = self.degree() * self.sigma_squared() * ROUNDING * quotient;
        Variance::even(2.0 * key + ROUNDING * (1.0 + f64::from(weight))) + self.division(2)
    }

    /// One giant step of a linear transform: its second component is divided by P (h/12), then key-switched without a
    /// division. The first component stays a multiple of P all the time.
    ///
    /// A transform y = Σ_g rot_g(Σ_b d_(g,b)·rot_b(x)), g and b from the baby steps and giant steps of
    /// [`Steps`](super::linear::Steps), errs by
    /// * [`Noise::key_error`] of each rotation b ≠ 0, at the scale of x, times its diagonals;
    /// * [`Noise::encoding`] of each diagonal, at its scale, times the slots of x;
    /// * this, for each g ≠ 0, at the scale of y;
    /// * [`Noise::division`] of two components at the end, at the scale of y.
    #[must_use]
    pub fn giant_step(&self, level: Level) -> Variance {
        let rounding = Variance {
            even: 0.0,
            secret: ROUNDING * self.secret_norm(),
        };
        self.key_error(level) + rounding
    }

    /// E|e|² of a slot, for errors of that variance at that scale: 2n·v/Δ². Real and imaginary part have half of it
    /// each. Of the N coefficients only the 2n that n slots read count, and |s(ζ)|² is the mean over the slots that fall
    /// together there.
    #[must_use]
    pub fn slot(&self, variance: f64, slots: usize, scale: &Scale) -> f64 {
        2.0 * slots as f64 * variance * (-2.0 * scale.log2()).exp2()
    }
}
