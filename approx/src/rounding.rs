//! Coefficients as they are really used: rounded to f64, or to multiples of `2^-b`.

use std::{fmt, str::FromStr};

use rug::Float;
use serde::{Deserialize, Serialize};

use crate::{ApproxError, Result, poly::Chebyshev};

mod lattice;

pub use lattice::round_on_lattice;

/// What coefficients are rounded to before they are certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Rounding {
    /// Kept at the working precision.
    #[default]
    Exact,
    /// To the nearest f64.
    F64,
    /// To the nearest multiple of `2^-b`, one by one.
    Grid(u32),
    /// To multiples of `2^-b` that are chosen together, so that the polynomial moves least.
    Lattice(u32),
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => write!(f, "exact"),
            Self::F64 => write!(f, "f64"),
            Self::Grid(b) => write!(f, "grid:{b}"),
            Self::Lattice(b) => write!(f, "lattice:{b}"),
        }
    }
}

impl From<Rounding> for String {
    fn from(r: Rounding) -> Self {
        r.to_string()
    }
}

impl TryFrom<String> for Rounding {
    type Error = ApproxError;
    fn try_from(s: String) -> Result<Self> {
        s.parse()
    }
}

impl FromStr for Rounding {
    type Err = ApproxError;

    fn from_str(s: &str) -> Result<Self> {
        let bits = |b: &str| {
            b.parse::<u32>()
                .ok()
                .filter(|b| (4..=1000).contains(b))
                .ok_or_else(|| ApproxError::OutOfRange {
                    name: "bits of --round",
                    value: b.to_string(),
                    bound: "from 4 to 1000".into(),
                })
        };
        match s.split_once(':') {
            None if s == "exact" => Ok(Self::Exact),
            None if s == "f64" => Ok(Self::F64),
            Some(("grid", b)) => Ok(Self::Grid(bits(b)?)),
            Some(("lattice", b)) => Ok(Self::Lattice(bits(b)?)),
            _ => Err(ApproxError::Parse {
                what: "rounding",
                place: format!("`{s}`"),
                why: "expected exact, f64, grid:B or lattice:B, B the bits after the binary point"
                    .into(),
            }),
        }
    }
}

impl Rounding {
    /// The polynomial with rounded coefficients. `lo` and `hi` bound where it is used (on `[−hi, −lo]` too if it has
    /// a parity): a lattice rounding moves it least there.
    ///
    /// # Errors
    /// Those of the lattice reduction.
    pub fn apply(self, p: &Chebyshev, lo: &Float, hi: &Float) -> Result<Chebyshev> {
        Ok(match self {
            Self::Exact => p.clone(),
            Self::F64 => p.map_coeffs(|c| Float::with_val(53, c.to_f64())),
            Self::Grid(b) => p.map_coeffs(|c| to_grid(c, b)),
            Self::Lattice(b) => round_on_lattice(p, lo, hi, b)?,
        })
    }
}

/// The nearest multiple of `2^-bits`, exactly represented.
pub(crate) fn to_grid(c: &Float, bits: u32) -> Float {
    let scaled = Float::with_val(c.prec(), c << bits).round();
    let exponent = scaled.get_exp().unwrap_or(1).max(1) as u32;
    Float::with_val(exponent.max(53), scaled) >> bits
}
