//! Parameter sets by name.

use super::{Encapsulation, LevelBits, ParametersLiteral, SpecialPrimes};
use crate::{
    bootstrap::{BootstrapLiteral, EvalModLiteral, Order},
    ckks::security::{SecretKind, SecurityLevel},
    ring::sampler::SIGMA,
};
use serde::Serialize;

/// A named chain that bootstraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NamedSet {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    #[serde(skip)]
    shape: Sizes,
}

/// From the bottom up: q0, slots to coefficients and application, modular reduction, coefficients to slots, and P.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    log_n: u8,
    q0: u32,
    /// Levels of slots to coefficients and of circuits, of one size.
    slots_to_coeffs: u32,
    application: u32,
    scale: u32,
    /// The primes of the modular reduction and of coefficients to slots.
    high: u32,
    coeffs_to_slots: u32,
    special: u32,
    /// log2 R, in eighths.
    ratio: u32,
    integers: u32,
    degree: u32,
    arcsine: u32,
    insecure_toy: bool,
}

const DOUBLE_ANGLES: u32 = 3;
/// Weight of the ephemeral secret.
const EPHEMERAL: u32 = 32;

const GENERAL: Sizes = Sizes {
    log_n: 16,
    q0: 50,
    slots_to_coeffs: 3,
    application: 10,
    scale: 40,
    high: 50,
    coeffs_to_slots: 3,
    special: 9,
    ratio: 8 * 10 + 6,
    integers: 16,
    degree: 31,
    arcsine: 0,
    insecure_toy: false,
};

/// All sets.
pub const SETS: &[NamedSet] = &[
    NamedSet {
        name: "general",
        purpose: "deep circuits at 40 bits, the least work for a level",
        shape: GENERAL,
    },
    NamedSet {
        name: "general-sparse-integers",
        purpose: "general with 31 intervals: an overflow is improbable instead of impossible",
        shape: Sizes {
            integers: 15,
            ..GENERAL
        },
    },
    NamedSet {
        name: "precise",
        purpose: "two levels more for an arcsine, and messages nearer to the modulus: the most exact",
        shape: Sizes {
            ratio: 8 * 8,
            arcsine: 3,
            ..GENERAL
        },
    },
    NamedSet {
        name: "deep",
        purpose: "more levels between two bootstraps",
        shape: Sizes {
            application: 13,
            special: 10,
            ..GENERAL
        },
    },
    NamedSet {
        name: "small",
        purpose: "quadratic networks at 31 bits: half the ring, a quarter of the memory",
        shape: Sizes {
            log_n: 15,
            q0: 42,
            slots_to_coeffs: 2,
            application: 4,
            scale: 31,
            high: 48,
            coeffs_to_slots: 2,
            special: 3,
            ratio: 8 * 10,
            ..GENERAL
        },
    },
    NamedSet {
        name: "toy",
        purpose: "tests: protects nothing",
        shape: Sizes {
            log_n: 11,
            application: 5,
            special: 4,
            insecure_toy: true,
            ..GENERAL
        },
    },
];

/// The set of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static NamedSet> {
    SETS.iter().find(|set| set.name == name)
}

impl NamedSet {
    /// Its parameters, as a user would write them.
    #[must_use]
    pub fn literal(&self) -> ParametersLiteral {
        let s = self.shape;
        let low = s.slots_to_coeffs + s.application;
        let eval_mod = EvalModLiteral {
            log_message_ratio: f64::from(s.ratio) / 8.0,
            integers: s.integers,
            degree: s.degree,
            double_angles: DOUBLE_ANGLES,
            arcsine: s.arcsine,
        };
        let high = eval_mod.depth() + s.coeffs_to_slots;
        let sizes = [(low, s.scale), (high, s.high)];
        let levels = sizes
            .iter()
            .flat_map(|(count, bits)| std::iter::repeat_n(*bits, *count as usize));
        ParametersLiteral {
            log_n: s.log_n,
            q0_bits: s.q0,
            levels: LevelBits::Each(levels.collect()),
            scale_bits: s.scale,
            special: SpecialPrimes {
                count: s.special,
                bits: s.high,
            },
            secret: SecretKind::UniformTernary,
            encapsulation: Some(Encapsulation {
                hamming_weight: EPHEMERAL,
            }),
            bootstrapping: Some(BootstrapLiteral {
                order: Order::SlotsToCoeffsFirst,
                coeffs_to_slots: s.coeffs_to_slots,
                slots_to_coeffs: s.slots_to_coeffs,
                eval_mod,
            }),
            sigma: SIGMA,
            security: SecurityLevel::default(),
            insecure_toy: s.insecure_toy,
        }
    }
}
