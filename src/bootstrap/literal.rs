//! How a chain bootstraps.

use super::EvalModLiteral;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Plain data that may or may not fit a modulus chain; [`BootstrapLiteral::check`] and
/// [`Plan::new`](super::Plan::new) decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapLiteral {
    /// Which linear transform comes first.
    #[serde(default)]
    pub order: Order,
    /// Levels of coefficients to slots, one for each factor of the transform.
    pub coeffs_to_slots: u32,
    /// Levels of slots to coefficients.
    pub slots_to_coeffs: u32,
    /// The modular reduction between them.
    pub eval_mod: EvalModLiteral,
}

/// Which linear transform comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Slots to coefficients at the lowest levels, where it is cheap, then the raised modulus, coefficients to slots, and
    /// the modular reduction: it acts on the slots of the message themselves, and real slots need one of it.
    #[default]
    SlotsToCoeffsFirst,
    /// The raised modulus, coefficients to slots, the modular reduction, slots to coefficients: a message of level 0 is
    /// enough, and large messages that are spread over many coefficients are reduced more exactly.
    CoeffsToSlotsFirst,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SlotsToCoeffsFirst => "slots to coefficients first",
            Self::CoeffsToSlotsFirst => "coefficients to slots first",
        })
    }
}

/// What slots hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// Real numbers; imaginary parts, noise included, are removed.
    Real,
    /// Complex numbers.
    Complex,
    /// Real numbers of two ciphertexts, which are bootstrapped as the real and imaginary parts of one.
    Pair,
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "real",
            Self::Complex => "complex",
            Self::Pair => "pair of real",
        })
    }
}
