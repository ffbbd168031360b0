//! The table: what a polynomial or a composition consists of, and what is checked about it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Exact, MAX_DEGREE, MAX_STAGES, MAX_TEXT, SCHEMA, exact::excerpt, json::File};
use crate::{ApproxError, Result, certify::Bounds, poly::Parity};

/// What the coefficients are coefficients of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// `T_k` of the argument mapped to `[−1, 1]`.
    #[default]
    Chebyshev,
    /// `x^k`, the argument unmapped.
    Monomial,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chebyshev => "chebyshev",
            Self::Monomial => "monomial",
        })
    }
}

impl FromStr for Basis {
    type Err = ApproxError;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "chebyshev" => Ok(Self::Chebyshev),
            "monomial" => Ok(Self::Monomial),
            _ => Err(ApproxError::Parse {
                what: "a basis",
                place: format!("`{}`", excerpt(name)),
                why: "expected chebyshev or monomial".into(),
            }),
        }
    }
}

/// How a table came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Its source revision.
    pub revision: String,
    /// The command that was run.
    pub command: String,
    /// When, in the form of RFC 3339.
    pub created: String,
}

/// One polynomial of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct StageTable {
    /// Which degrees have a coefficient.
    pub parity: Parity,
    /// The interval that is mapped to `[−1, 1]`; symmetric for an odd or even stage.
    pub interval: [Exact; 2],
    /// What the stage was designed for, as text.
    pub domain: String,
    /// The coefficients in rising degree, those that are zero included.
    pub coefficients: Vec<Exact>,
}

impl StageTable {
    /// The largest degree that has a coefficient, be it zero.
    pub fn degree(&self) -> usize {
        self.parity
            .degree_of(self.coefficients.len().saturating_sub(1))
    }
}

/// A polynomial or a composition of polynomials, with everything that is needed to use it.
///
/// With `P(x) = p_k(… p_1(input_scale·x))` the function is `x/2 + x·P(x) + offset` if `product` is set, and
/// `P(x) + offset` if not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "File", try_from = "File")]
pub struct CoefficientTable {
    /// What is approximated: `sign`, `relu`, `max`, another name, or an expression.
    pub function: String,
    /// The precision parameter, where there is one.
    pub alpha: Option<f64>,
    /// The input is multiplied by this before the first stage.
    pub input_scale: Exact,
    /// What the coefficients are coefficients of.
    pub basis: Basis,
    /// The stages in order of application.
    pub stages: Vec<StageTable>,
    /// The constant c₀.
    pub offset: Exact,
    /// Whether the outcome is `x/2 + x·P(x) + offset`; the ½ of the second term is folded into the last stage.
    pub product: bool,
    /// log₂ of the certified lower bound of the error.
    pub log2_lower: Option<f64>,
    /// log₂ of the certified upper bound of the error.
    pub log2_upper: Option<f64>,
    /// How the table came to be.
    pub provenance: Provenance,
}

impl CoefficientTable {
    /// A table of Chebyshev series without offset or product.
    pub fn new(function: &str, stages: Vec<StageTable>) -> Self {
        Self {
            function: function.into(),
            alpha: None,
            input_scale: Exact::from(1),
            basis: Basis::Chebyshev,
            stages,
            offset: Exact::default(),
            product: false,
            log2_lower: None,
            log2_upper: None,
            provenance: Provenance::default(),
        }
    }

    /// The version of the file format.
    pub fn schema(&self) -> u32 {
        SCHEMA
    }

    /// The same table with a certificate. A lower bound of zero has no logarithm and is left out.
    #[must_use]
    pub fn with_bounds(mut self, bounds: &Bounds) -> Self {
        let finite = |x: f64| Some(x).filter(|x| x.is_finite());
        self.log2_lower = finite(bounds.log2_lower());
        self.log2_upper = finite(bounds.log2_upper());
        self
    }

    /// Checks what the types do not: counts, degrees, intervals, lengths of texts, finite numbers. Every writer,
    /// reader and exporter does.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<()> {
        let count = self.stages.len();
        if !(1..=MAX_STAGES).contains(&count) {
            return Err(ApproxError::OutOfRange {
                name: "stages",
                value: count.to_string(),
                bound: format!("from 1 to {MAX_STAGES}"),
            });
        }
        let p = &self.provenance;
        let provenance = [&p.tool, &p.version, &p.revision, &p.command, &p.created];
        let domains = self.stages.iter().map(|s| &s.domain);
        let texts = provenance
            .into_iter()
            .chain(domains)
            .chain([&self.function]);
        if let Some(longest) = texts.map(String::len).max().filter(|n| *n > MAX_TEXT) {
            return Err(ApproxError::OutOfRange {
                name: "length of a text",
                value: longest.to_string(),
                bound: format!("at most {MAX_TEXT} bytes"),
            });
        }
        let logarithms = [self.alpha, self.log2_lower, self.log2_upper];
        if let Some(x) = logarithms.iter().flatten().find(|x| !x.is_finite()) {
            return Err(ApproxError::NonFinite {
                what: format!("alpha or a bound ({x})"),
                at: "the table".into(),
            });
        }
        if self.input_scale.value().is_zero() {
            return Err(ApproxError::OutOfRange {
                name: "input_scale",
                value: "0".into(),
                bound: "a number other than 0".into(),
            });
        }
        self.stages.iter().try_for_each(StageTable::validate)
    }
}

impl StageTable {
    fn validate(&self) -> Result<()> {
        if self.coefficients.is_empty() || self.degree() > MAX_DEGREE {
            return Err(ApproxError::Degree {
                degree: self.degree(),
                min: 0,
                max: MAX_DEGREE,
                why: format!("the stage has {} coefficients", self.coefficients.len()),
            });
        }
        let [lo, hi] = &self.interval;
        if lo.value() >= hi.value() {
            return Err(ApproxError::InvertedInterval {
                lo: lo.decimal(),
                hi: hi.decimal(),
            });
        }
        let symmetric = lo.value().cmp_abs(hi.value()) == Some(std::cmp::Ordering::Equal);
        if self.parity != Parity::Full && !symmetric {
            return Err(ApproxError::Parity {
                parity: self.parity.name(),
                why: format!(
                    "the interval [{}, {}] is not symmetric about 0",
                    lo.decimal(),
                    hi.decimal()
                ),
            });
        }
        Ok(())
    }
}
