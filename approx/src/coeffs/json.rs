//! The file as JSON, and the model of its contents that the CSV file shares.

use serde::{Deserialize, Serialize};

use super::{
    Basis, CoefficientTable, Exact, MAX_DEGREE, MAX_FILE, Provenance, SCHEMA, StageTable,
    exact::read_decimal,
};
use crate::{ApproxError, Result, poly::Parity};

const WHAT: &str = "a coefficient table";

/// An error of the file's contents at a place.
pub(super) fn fail(place: impl Into<String>, why: impl Into<String>) -> ApproxError {
    ApproxError::Parse {
        what: WHAT,
        place: place.into(),
        why: why.into(),
    }
}

/// A number in its exact and its readable form.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number {
    pub(super) exact: String,
    pub(super) decimal: String,
}

/// A coefficient and the degree it belongs to.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    pub(super) degree: usize,
    pub(super) exact: String,
    pub(super) decimal: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageFile {
    pub(super) degree: usize,
    pub(super) parity: Parity,
    pub(super) interval: [Number; 2],
    pub(super) domain: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) coefficients: Vec<Term>,
}

/// The contents of a file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) schema: u32,
    pub(super) function: String,
    pub(super) alpha: Option<f64>,
    pub(super) input_scale: Number,
    pub(super) basis: Basis,
    pub(super) product: bool,
    pub(super) offset: Number,
    pub(super) log2_lower: Option<f64>,
    pub(super) log2_upper: Option<f64>,
    pub(super) provenance: Provenance,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stages: Vec<StageFile>,
}

/// The one field that is read before the others.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

impl From<&Exact> for Number {
    fn from(x: &Exact) -> Self {
        Self {
            exact: x.to_string(),
            decimal: x.decimal(),
        }
    }
}

/// The value of a number, if its two forms agree.
pub(super) fn value(exact: &str, decimal: &str, place: &str) -> Result<Exact> {
    let value = Exact::read(exact).map_err(|why| fail(format!("{place}, field `exact`"), why))?;
    let rounded = read_decimal(decimal, value.value().prec())
        .map_err(|why| fail(format!("{place}, field `decimal`"), why))?;
    if rounded != *value.value() {
        let expected = value.decimal();
        return Err(fail(
            format!("{place}, field `decimal`"),
            format!(
                "it is not the number of field `exact`, which is {expected}; correct one of them"
            ),
        ));
    }
    Ok(value)
}

impl Number {
    fn read(&self, place: &str) -> Result<Exact> {
        value(&self.exact, &self.decimal, place)
    }
}

impl From<&StageTable> for StageFile {
    fn from(stage: &StageTable) -> Self {
        let terms = stage.coefficients.iter().enumerate().map(|(k, c)| Term {
            degree: stage.parity.degree_of(k),
            exact: c.to_string(),
            decimal: c.decimal(),
        });
        Self {
            degree: stage.degree(),
            parity: stage.parity,
            interval: stage.interval.each_ref().map(Number::from),
            domain: stage.domain.clone(),
            coefficients: terms.collect(),
        }
    }
}

impl StageFile {
    /// The stage with a coefficient for every degree of its parity, in whatever order they are listed.
    fn read(&self, number: usize) -> Result<StageTable> {
        let place = format!("stage {number}");
        let (parity, degree) = (self.parity, self.degree);
        let fits = match parity {
            Parity::Full => true,
            Parity::Odd => degree % 2 == 1,
            Parity::Even => degree % 2 == 0,
        };
        if degree > MAX_DEGREE || !fits {
            let kind = parity.name();
            let why =
                format!("expected a {kind} stage's degree up to {MAX_DEGREE}, found {degree}");
            return Err(fail(format!("{place}, field `degree`"), why));
        }
        let count = parity.len_for(degree);
        if self.coefficients.len() != count {
            let found = self.coefficients.len();
            let why = format!("degree {degree} needs {count} coefficients, found {found}");
            return Err(fail(format!("{place}, field `coefficients`"), why));
        }
        let step = if parity == Parity::Full { 1 } else { 2 };
        let mut slots: Vec<Option<Exact>> = vec![None; count];
        for term in &self.coefficients {
            let place = format!("{place}, degree {}", term.degree);
            let index = Some(term.degree / step).filter(|&k| parity.degree_of(k) == term.degree);
            let slot = index.and_then(|k| slots.get_mut(k)).ok_or_else(|| {
                let kind = parity.name();
                fail(
                    &*place,
                    format!("a stage that is {kind} and of degree {degree} has no such term"),
                )
            })?;
            if slot.is_some() {
                return Err(fail(place, "the degree is listed twice"));
            }
            *slot = Some(value(&term.exact, &term.decimal, &place)?);
        }
        // As many as slots and none twice: all slots are filled.
        Ok(StageTable {
            parity,
            interval: [
                self.interval[0].read(&format!("{place}, lower end"))?,
                self.interval[1].read(&format!("{place}, upper end"))?,
            ],
            domain: self.domain.clone(),
            coefficients: slots.into_iter().flatten().collect(),
        })
    }
}

impl From<&CoefficientTable> for File {
    fn from(table: &CoefficientTable) -> Self {
        Self {
            schema: SCHEMA,
            function: table.function.clone(),
            alpha: table.alpha,
            input_scale: (&table.input_scale).into(),
            basis: table.basis,
            product: table.product,
            offset: (&table.offset).into(),
            log2_lower: table.log2_lower,
            log2_upper: table.log2_upper,
            provenance: table.provenance.clone(),
            stages: table.stages.iter().map(StageFile::from).collect(),
        }
    }
}

impl From<CoefficientTable> for File {
    fn from(table: CoefficientTable) -> Self {
        Self::from(&table)
    }
}

impl TryFrom<File> for CoefficientTable {
    type Error = ApproxError;

    fn try_from(file: File) -> Result<Self> {
        check_schema(file.schema)?;
        check_stages(file.stages.len())?;
        let stages = file.stages.iter().zip(1..).map(|(s, i)| s.read(i));
        let table = Self {
            stages: stages.collect::<Result<_>>()?,
            function: file.function,
            alpha: file.alpha,
            input_scale: file.input_scale.read("input_scale")?,
            basis: file.basis,
            offset: file.offset.read("offset")?,
            product: file.product,
            log2_lower: file.log2_lower,
            log2_upper: file.log2_upper,
            provenance: file.provenance,
        };
        table
            .validate()
            .map_err(|e| fail("the table", e.to_string()))?;
        Ok(table)
    }
}

fn check_schema(schema: u32) -> Result<()> {
    if schema == SCHEMA {
        return Ok(());
    }
    let why = format!("expected version {SCHEMA}, found {schema}; use the version that wrote it");
    Err(fail("field `schema`", why))
}

pub(super) fn check_stages(count: usize) -> Result<()> {
    if (1..=super::MAX_STAGES).contains(&count) {
        return Ok(());
    }
    let why = format!("expected 1 to {} stages, found {count}", super::MAX_STAGES);
    Err(fail("field `stages`", why))
}

pub(super) fn check_length(text: &str) -> Result<()> {
    if text.len() <= MAX_FILE {
        return Ok(());
    }
    let why = format!("expected at most {MAX_FILE} bytes, found {}", text.len());
    Err(fail("the file", why))
}

impl CoefficientTable {
    /// The table as JSON.
    ///
    /// # Errors
    /// Those of [`Self::validate`].
    pub fn to_json(&self) -> Result<String> {
        self.validate()?;
        let mut text = serde_json::to_string_pretty(&File::from(self))
            .map_err(|e| fail("the table", e.to_string()))?;
        text.push('\n');
        Ok(text)
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// [`ApproxError::Parse`] with the line and column, or the stage and degree.
    pub fn from_json(text: &str) -> Result<Self> {
        let located = |e: serde_json::Error| {
            let place = format!("line {}, column {}", e.line(), e.column());
            fail(place, e.to_string())
        };
        check_length(text)?;
        let version: Version = serde_json::from_str(text).map_err(located)?;
        check_schema(version.schema)?;
        let file: File = serde_json::from_str(text).map_err(located)?;
        file.try_into()
    }
}
