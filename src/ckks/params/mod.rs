//! Parameters: a literal that anyone may write, and the immutable [`Parameters`] that passed every check.
//!
//! The modulus chain is described by bit sizes. A prime of b bits is the layer below's to choose, close to 2^b; that
//! layer passes the exact moduli through [`gate`](super::security::gate) again.

mod chain;
mod check;
mod literal;
mod size;

pub use chain::Chain;
pub use literal::{Encapsulation, LevelBits, ParametersLiteral, SpecialPrimes};
pub use size::Sizes;

use super::{error::ParametersError, security, security::SecretKind, security::SecurityEstimate};
use crate::quantity::{Level, LogN, Scale};
use serde::{Deserialize, Serialize};

/// Validated parameters. They are made from a [`ParametersLiteral`], stored as one, and never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ParametersLiteral", into = "ParametersLiteral")]
pub struct Parameters {
    literal: ParametersLiteral,
    log_n: LogN,
    chain: Chain,
    scale: Scale,
    security: Vec<SecurityEstimate>,
}

impl Parameters {
    /// Checks a literal.
    ///
    /// # Errors
    /// When a number is out of range, the ring has too few primes of a size, the special primes are smaller than a
    /// digit, or a published key misses the target and `insecure_toy` is not set.
    pub fn new(literal: ParametersLiteral) -> Result<Self, ParametersError> {
        let log_n = LogN::new(literal.log_n.into())?;
        let scale = Scale::power_of_two(literal.scale_bits)?;
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
        Ok(Self {
            literal,
            log_n,
            chain,
            scale,
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

    /// Scale at which messages are encoded unless another is asked for.
    #[must_use]
    pub const fn default_scale(&self) -> &Scale {
        &self.scale
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
