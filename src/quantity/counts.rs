//! Quantities that count: degree of the ring, levels, depth.

use super::QuantityError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Smallest and largest log2 of the ring degree.
const LOG_N: (u8, u8) = (3, 17);
/// Largest level, and so the largest depth.
const LEVELS: u8 = 63;

fn checked(what: &'static str, found: u64, range: (u8, u8)) -> Result<u8, QuantityError> {
    let (min, max) = range;
    u8::try_from(found)
        .ok()
        .filter(|value| (min..=max).contains(value))
        .ok_or(QuantityError::OutOfRange {
            what,
            found,
            min: min.into(),
            max: max.into(),
        })
}

/// log2 of the degree N of the ring ℤ\[X\]/(X^N + 1), from 3 to 17.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct LogN(u8);

impl LogN {
    /// Checks log2 N.
    ///
    /// # Errors
    /// When `log_n` lies outside 3..=17.
    pub fn new(log_n: u64) -> Result<Self, QuantityError> {
        checked("log2 of the ring degree", log_n, LOG_N).map(Self)
    }

    /// The degree N = 2^log_n.
    #[must_use]
    pub const fn degree(self) -> usize {
        1 << self.0
    }

    /// The most slots a ciphertext can have, N/2.
    #[must_use]
    pub const fn max_slots(self) -> usize {
        1 << (self.0 - 1)
    }
}

/// Rescalings that a ciphertext can still take, from 0 to 63.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u64", into = "u64")]
pub struct Level(u8);

impl Level {
    /// Checks a level.
    ///
    /// # Errors
    /// When `level` exceeds 63.
    pub fn new(level: u64) -> Result<Self, QuantityError> {
        checked("the level", level, (0, LEVELS)).map(Self)
    }

    /// The level after a computation of that depth.
    ///
    /// # Errors
    /// When the depth exceeds the level.
    pub fn after(self, depth: Depth) -> Result<Self, QuantityError> {
        self.0
            .checked_sub(depth.0)
            .map(Self)
            .ok_or(QuantityError::LevelsExhausted { level: self, depth })
    }
}

/// Levels that a computation consumes, from 0 to 63.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "u64", into = "u64")]
pub struct Depth(u8);

impl Depth {
    /// Checks a depth.
    ///
    /// # Errors
    /// When `depth` exceeds 63.
    pub fn new(depth: u64) -> Result<Self, QuantityError> {
        checked("the depth", depth, (0, LEVELS)).map(Self)
    }

    /// Depth of this computation followed by `next`.
    ///
    /// # Errors
    /// When the sum exceeds 63.
    pub fn then(self, next: Self) -> Result<Self, QuantityError> {
        Self::new(u64::from(self.0) + u64::from(next.0))
    }
}

macro_rules! count {
    ($name:ident) => {
        impl $name {
            /// The number itself.
            #[must_use]
            pub const fn get(self) -> u8 {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = QuantityError;

            fn try_from(value: u64) -> Result<Self, QuantityError> {
                Self::new(value)
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

count!(LogN);
count!(Level);
count!(Depth);
