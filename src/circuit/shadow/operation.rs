//! What is counted.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a backend is asked to do, as far as it differs in cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Encoding and encryption of an input.
    Encrypt,
    /// Encoding of a plaintext.
    Encode,
    /// Sum, difference or negation.
    Add,
    /// Sum with a scalar.
    AddScalar,
    /// Sum with a plaintext.
    AddPlain,
    /// Product with a scalar.
    MulScalar,
    /// Product with a plaintext.
    MulPlain,
    /// Product, three components.
    Mul,
    /// Back to two components.
    Relinearize,
    /// Division by the prime of the level.
    Rescale,
    /// Both at once.
    RelinearizeRescale,
    /// A rotation or conjugation by itself.
    Rotate,
    /// Digits of a ciphertext, for many rotations.
    Decompose,
    /// A rotation of decomposed digits.
    HoistedRotation,
    /// A rotation of decomposed digits that is not divided by P.
    BabyStep,
    /// Product with a diagonal over Q and P, and its addition.
    Diagonal,
    /// Rotation of a sum over Q and P.
    GiantStep,
    /// Division of both components by P.
    DivideByP,
    /// Fewer primes.
    Drop,
    /// Sum with a product with a scalar, in one pass.
    AddScaled,
    /// The same polynomials at another scale.
    Reinterpret,
    /// Product with the imaginary unit.
    MulI,
    /// From the modulus of level 0 to that of the shape.
    ModRaise,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encrypt => "encrypt",
            Self::Encode => "encode",
            Self::Add => "add",
            Self::AddScalar => "add scalar",
            Self::AddPlain => "add plaintext",
            Self::MulScalar => "multiply by scalar",
            Self::AddScaled => "add multiple by scalar",
            Self::MulPlain => "multiply by plaintext",
            Self::Mul => "multiply",
            Self::Relinearize => "relinearize",
            Self::Rescale => "rescale",
            Self::RelinearizeRescale => "relinearize and rescale",
            Self::Rotate => "rotate",
            Self::Decompose => "decompose",
            Self::HoistedRotation => "hoisted rotation",
            Self::BabyStep => "baby step",
            Self::Diagonal => "diagonal",
            Self::GiantStep => "giant step",
            Self::DivideByP => "divide by P",
            Self::Drop => "drop levels",
            Self::Reinterpret => "reinterpret",
            Self::MulI => "multiply by i",
            Self::ModRaise => "raise modulus",
        })
    }
}
