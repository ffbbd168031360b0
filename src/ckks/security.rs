//! The security gate: every published (secret, modulus) pair against a table with its provenance.

mod table;

use super::error::SecurityError;
use crate::quantity::LogN;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Classical security, in bits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u32", into = "u32")]
pub enum SecurityLevel {
    /// 128 bits.
    #[default]
    Bits128,
    /// 192 bits.
    Bits192,
    /// 256 bits.
    Bits256,
}

impl SecurityLevel {
    /// All levels, from the lowest.
    pub const ALL: [Self; 3] = [Self::Bits128, Self::Bits192, Self::Bits256];

    /// Its number of bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits128 => 128,
            Self::Bits192 => 192,
            Self::Bits256 => 256,
        }
    }
}

impl From<SecurityLevel> for u32 {
    fn from(level: SecurityLevel) -> Self {
        level.bits()
    }
}

impl TryFrom<u32> for SecurityLevel {
    type Error = String;

    fn try_from(bits: u32) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|level| level.bits() == bits);
        known.ok_or_else(|| {
            format!("security of {bits} bits is not offered; ask for 128, 192 or 256")
        })
    }
}

impl fmt::Display for SecurityLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bits().fmt(f)
    }
}

/// Distribution of a secret polynomial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// Every coefficient uniform in {−1, 0, 1}.
    #[default]
    UniformTernary,
    /// That many coefficients ±1, all others 0.
    Sparse(u32),
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UniformTernary => f.write_str("uniform ternary"),
            Self::Sparse(weight) => write!(f, "weight-{weight} sparse"),
        }
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPurpose {
    /// Encryption and key switching under the main secret.
    Main,
    /// The switch to an ephemeral sparse secret inside bootstrapping.
    Encapsulation,
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "main key",
            Self::Encapsulation => "encapsulation key",
        })
    }
}

/// A secret and the largest modulus under which anything encrypted with it is published.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KeyModulus {
    /// Ring.
    pub log_n: LogN,
    /// log2 of the modulus, special primes included.
    pub log_qp: f64,
    /// Distribution of the secret.
    pub secret: SecretKind,
    /// What the key is for.
    pub purpose: KeyPurpose,
}

/// What the table says of a [`KeyModulus`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SecurityEstimate {
    /// The pair judged.
    pub key: KeyModulus,
    /// Highest level whose row it meets.
    pub met: Option<SecurityLevel>,
    /// Bits interpolated between two rows of the table, linearly in 1/log2(QP); an estimate, never what the gate goes
    /// by, and absent outside the rows.
    pub interpolated_bits: Option<f64>,
}

impl fmt::Display for SecurityEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        write!(
            f,
            "{}, {} secret, N = 2^{}, modulus of {:.1} bits: ",
            key.purpose, key.secret, key.log_n, key.log_qp
        )?;
        match self.met {
            Some(level) => write!(f, "{level}-bit security")?,
            None => f.write_str("INSECURE")?,
        }
        match self.interpolated_bits {
            Some(bits) => write!(f, " (interpolated: {bits:.0} bits)"),
            None => Ok(()),
        }
    }
}

/// What the table says of one key, without a target.
///
/// # Errors
/// When `log_qp` is not positive and finite.
pub fn estimate(key: KeyModulus) -> Result<SecurityEstimate, SecurityError> {
    let log_qp = key.log_qp;
    if !(log_qp.is_finite() && log_qp > 0.0) {
        return Err(SecurityError::Modulus { log_qp });
    }
    let rows = SecurityLevel::ALL
        .map(|level| table::max_log_qp(&key, level).map(|max| (level, f64::from(max))));
    let met = rows.into_iter().flatten().filter(|row| log_qp <= row.1);
    let interpolated_bits = rows.windows(2).find_map(|pair| {
        let [Some((low, most)), Some((high, least))] = *pair else {
            return None;
        };
        let along = (1.0 / log_qp - 1.0 / most) / (1.0 / least - 1.0 / most);
        let (low, high) = (f64::from(low.bits()), f64::from(high.bits()));
        (0.0..=1.0)
            .contains(&along)
            .then_some(low + along * (high - low))
    });
    Ok(SecurityEstimate {
        key,
        met: met.map(|row| row.0).max(),
        interpolated_bits,
    })
}

/// Lets all keys pass that reach `target`, or says which does not.
///
/// # Errors
/// When a key has no row at that target, or a larger modulus than its row allows, or when there is no key.
pub fn gate(
    keys: &[KeyModulus],
    target: SecurityLevel,
) -> Result<Vec<SecurityEstimate>, SecurityError> {
    if keys.is_empty() {
        return Err(SecurityError::NoKeys);
    }
    keys.iter().map(|key| gate_one(*key, target)).collect()
}

fn gate_one(key: KeyModulus, target: SecurityLevel) -> Result<SecurityEstimate, SecurityError> {
    let estimate = estimate(key)?;
    if estimate.met.is_some_and(|met| met >= target) {
        return Ok(estimate);
    }
    let KeyModulus {
        log_n,
        log_qp,
        secret,
        purpose,
    } = key;
    Err(match table::max_log_qp(&key, target) {
        Some(max) => SecurityError::ModulusTooLarge {
            log_n,
            log_qp,
            secret,
            purpose,
            target,
            max,
        },
        None => SecurityError::NotListed {
            log_n,
            secret,
            purpose,
            target,
        },
    })
}
