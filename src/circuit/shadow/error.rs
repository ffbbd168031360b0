//! Errors with a name.

use super::Event;
use crate::quantity::Level;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What makes an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Encoding and encryption of an input.
    Encryption,
    /// Encoding of a plaintext.
    Encoding,
    /// Key switching: relinearisation, rotation, conjugation.
    KeySwitch,
    /// Relinearisation and rescaling at once.
    KeySwitchRescale,
    /// Rescaling.
    Rescale,
    /// Roundings inside a linear transform, and its key switches.
    Transform,
    /// The switches to the ephemeral secret and back.
    ModRaise,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encryption => "encryption",
            Self::Encoding => "encoding",
            Self::KeySwitch => "key switch",
            Self::KeySwitchRescale => "key switch and rescale",
            Self::Rescale => "rescale",
            Self::Transform => "linear transform",
            Self::ModRaise => "raised modulus",
        })
    }
}

/// A cause at a level: that of the operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// What.
    pub cause: Cause,
    /// Where.
    pub level: Level,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} @ level {}", self.cause, self.level)
    }
}

/// Complex Gaussian errors, one for each slot; independent for a given secret.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// Which: equal events are equal errors.
    pub event: Event,
    /// Why.
    pub label: Label,
    /// √E|e|² over all slots and keys, in units of the message.
    pub deviation: f64,
    /// Share of its square that goes with |s(ζ)|²/h, see [`noise`](crate::circuit::noise).
    pub of_secret: f64,
}
