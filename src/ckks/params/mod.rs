//! Parameters: a literal that anyone may write, and the immutable [`Parameters`] that passed every check.
//!
//! The modulus chain is described by bit sizes; the primes follow from them, each below its power of two, so that what
//! the [`gate`](super::security::gate) says of the bit sizes holds for the primes.

mod chain;
mod check;
mod literal;
mod moduli;
pub mod sets;
mod size;

pub use chain::Chain;
pub use literal::{Encapsulation, LevelBits, ParametersLiteral, SpecialPrimes};
pub use moduli::Moduli;
pub use size::Sizes;

use super::{error::ParametersError, security, security::SecretKind, security::SecurityEstimate};
use crate::{
    circuit::{Scheme, SchemeLiteral},
    quantity::{Level, LogN, Scale},
    ring::Modulus,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Validated parameters. They are made from a [`ParametersLiteral`], stored as one, and never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ParametersLiteral", into = "ParametersLiteral")]
pub struct Parameters {
    literal: ParametersLiteral,
    log_n: LogN,
    chain: Chain,
    moduli: Moduli,
    scheme: Scheme,
    id: ParametersId,
    security: Vec<SecurityEstimate>,
}

impl Parameters {
    /// Checks a literal.
    ///
    /// # Errors
    /// When a number is out of range, the ring has too few primes of a size, the special primes are smaller than a
    /// digit, one of them smaller than q0 where there is an ephemeral secret, a published key misses the target and
    /// `insecure_toy` is not set, or [`BootstrapLiteral::check`](crate::bootstrap::BootstrapLiteral::check) refuses.
    pub fn new(literal: ParametersLiteral) -> Result<Self, ParametersError> {
        let log_n = LogN::new(literal.log_n.into())?;
        check::numbers(&literal, log_n)?;
        let chain = Chain::new(&literal)?;
        check::chain(&literal, log_n, &chain)?;
        let keys = check::keys(&literal, log_n, &chain);
        let security = if literal.insecure_toy {
            let estimates = keys.into_iter().map(security::estimate);
            estimates.collect::<Result<_, _>>()?
        } else {
            security::gate(&keys, literal.security)?
        };
        let moduli = Moduli::new(&literal, log_n, &chain)?;
        let scheme = Scheme::new(SchemeLiteral {
            log_n,
            q: moduli.q().iter().map(Modulus::value).collect(),
            p: moduli.p().iter().map(Modulus::value).collect(),
            scales: moduli.scales().to_vec(),
            sigma: literal.sigma,
            secret_variance: match literal.secret {
                SecretKind::UniformTernary => 2.0 / 3.0,
                SecretKind::Sparse(weight) => f64::from(weight) / log_n.degree() as f64,
            },
            encapsulation: literal.encapsulation.map(|e| e.hamming_weight),
        })?;
        if let Some(bootstrapping) = &literal.bootstrapping {
            bootstrapping.check(&scheme)?;
        }
        Ok(Self {
            id: ParametersId::of(&literal, &moduli),
            literal,
            log_n,
            chain,
            moduli,
            scheme,
            security,
        })
    }

    /// The literal that these came from.
    #[must_use]
    pub const fn literal(&self) -> &ParametersLiteral {
        &self.literal
    }

    /// log2 of the ring degree.
    #[must_use]
    pub const fn log_n(&self) -> LogN {
        self.log_n
    }

    /// Levels of a fresh ciphertext: the depth that can be evaluated.
    #[must_use]
    pub const fn max_level(&self) -> Level {
        self.chain.max_level()
    }

    /// Scale of a fresh message: the canonical one of the highest level.
    #[must_use]
    pub fn default_scale(&self) -> &Scale {
        self.scheme.scale(self.max_level())
    }

    /// The primes.
    #[must_use]
    pub const fn moduli(&self) -> &Moduli {
        &self.moduli
    }

    /// What circuits know of these parameters.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Tells parameters apart.
    #[must_use]
    pub const fn id(&self) -> ParametersId {
        self.id
    }

    /// The modulus chain by bit sizes.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Distribution of the main secret.
    #[must_use]
    pub const fn secret(&self) -> SecretKind {
        self.literal.secret
    }

    /// Standard deviation of the encryption error.
    #[must_use]
    pub const fn sigma(&self) -> f64 {
        self.literal.sigma
    }

    /// What the table says of every published key.
    #[must_use]
    pub fn security(&self) -> &[SecurityEstimate] {
        &self.security
    }

    /// Whether every published key reaches the target: false only with `insecure_toy`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        let target = self.literal.security;
        self.security
            .iter()
            .all(|key| key.met.is_some_and(|met| met >= target))
    }

    /// What keys and ciphertexts weigh at a level.
    ///
    /// # Errors
    /// When `level` exceeds [`Parameters::max_level`].
    pub fn sizes(&self, level: Level) -> Result<Sizes, ParametersError> {
        Sizes::new(self.log_n, &self.chain, level)
    }
}

/// SHA-256 of everything that ciphertexts and keys depend on. Objects with different ones do not go together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParametersId([u8; 32]);

impl ParametersId {
    /// The ring, the primes in order, the secret and the errors; not the security target, which changes nothing of them.
    fn of(literal: &ParametersLiteral, moduli: &Moduli) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"equiripple parameters 1");
        hash.update([literal.log_n]);
        for primes in [moduli.q(), moduli.p()] {
            hash.update((primes.len() as u64).to_le_bytes());
            for q in primes {
                hash.update(q.value().to_le_bytes());
            }
        }
        hash.update(literal.sigma.to_le_bytes());
        hash.update(literal.secret.to_string());
        let weight = literal.encapsulation.map_or(0, |e| e.hamming_weight);
        hash.update(u64::from(weight).to_le_bytes());
        Self(hash.finalize().into())
    }

    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for ParametersId {
    /// The first 8 bytes in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8]
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ParametersId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParametersId({self})")
    }
}

impl TryFrom<ParametersLiteral> for Parameters {
    type Error = ParametersError;

    fn try_from(literal: ParametersLiteral) -> Result<Self, ParametersError> {
        Self::new(literal)
    }
}

impl From<Parameters> for ParametersLiteral {
    fn from(parameters: Parameters) -> Self {
        parameters.literal
    }
}
