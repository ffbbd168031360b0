//! What a user writes, and its ranges.

use crate::bootstrap::BootstrapError;
use serde::{Deserialize, Serialize};

/// log2 of the message ratio.
const LOG_RATIO: (f64, f64) = (4.0, 20.0);
/// Largest K'.
const MAX_INTEGERS: u32 = 64;
/// Least degree: of one, the cosine would be constant.
const MIN_DEGREE: u32 = 2;
/// Largest degree.
const MAX_DEGREE: u32 = 127;
/// Most double angles.
const MAX_DOUBLE_ANGLES: u32 = 6;
/// Degrees of the arcsine.
const ARCSINES: [u32; 3] = [0, 3, 7];

/// Plain data that may or may not describe a modular reduction; [`EvalMod::new`](super::EvalMod::new) decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvalModLiteral {
    /// log2 of R = q0/Δ, how much larger the lowest prime is than the largest message; from 4 to 20.
    pub log_message_ratio: f64,
    /// K': the integers I with |I| ≤ K' are expected; from 1 to 64.
    pub integers: u32,
    /// Degree of the polynomial that approximates the exponential; from 2 to 127.
    pub degree: u32,
    /// r, the double angles after it; from 0 to 6.
    pub double_angles: u32,
    /// Degree of the arcsine after them: 3 or 7, or 0 for none.
    #[serde(default)]
    pub arcsine: u32,
}

impl EvalModLiteral {
    /// R.
    pub(super) fn ratio(&self) -> f64 {
        self.log_message_ratio.exp2()
    }

    /// Levels that it takes: ⌈log2(degree + 1)⌉ of the polynomial, one of each double angle, and those of the arcsine.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        let series = bits(self.degree) + bits(self.arcsine);
        series.saturating_add(self.double_angles)
    }

    /// Refuses what is out of range.
    pub(in crate::bootstrap) fn check(&self) -> Result<(), BootstrapError> {
        check_log_ratio(self.log_message_ratio)?;
        let numbers = [
            (
                "the largest integer",
                self.integers,
                1,
                MAX_INTEGERS,
                INTEGERS,
            ),
            ("the degree", self.degree, MIN_DEGREE, MAX_DEGREE, DEGREE),
            (
                "the number of double angles",
                self.double_angles,
                0,
                MAX_DOUBLE_ANGLES,
                ANGLES,
            ),
        ];
        for (name, found, min, max, remedy) in numbers {
            if !(min..=max).contains(&found) {
                return Err(BootstrapError::OutOfRange {
                    name,
                    found: found.to_string(),
                    bound: format!("from {min} to {max}"),
                    remedy,
                });
            }
        }
        if !ARCSINES.contains(&self.arcsine) {
            return Err(BootstrapError::OutOfRange {
                name: "the degree of the arcsine",
                found: self.arcsine.to_string(),
                bound: "0, 3 or 7".into(),
                remedy: "give 0 for no arcsine",
            });
        }
        Ok(())
    }
}

/// ⌈log2(d + 1)⌉.
const fn bits(d: u32) -> u32 {
    u32::BITS - d.leading_zeros()
}

const INTEGERS: &str = "a sparser secret has smaller integers";
const DEGREE: &str = "more double angles need a lower degree";
const ANGLES: &str = "a larger degree needs fewer of them";

/// Refuses a message ratio out of range.
pub(in crate::bootstrap) fn check_log_ratio(found: f64) -> Result<(), BootstrapError> {
    let (min, max) = LOG_RATIO;
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(BootstrapError::OutOfRange {
        name: "log2 of the message ratio",
        found: found.to_string(),
        bound: format!("from {min} to {max}"),
        remedy: "choose the scale of the messages so that the lowest prime is that much larger",
    })
}
