//! The file as CSV: `# key = JSON` lines for what is not a coefficient, then a record for each coefficient.

use std::fmt::Write;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::{
    CoefficientTable, MAX_DEGREE, MAX_STAGES,
    json::{File, StageFile, Term, check_length, check_stages, fail, value},
};
use crate::Result;

const HEADER: [&str; 5] = ["stage", "degree", "parity", "exact", "decimal"];

impl CoefficientTable {
    /// The table as CSV, stages numbered from 1.
    ///
    /// # Errors
    /// Those of [`Self::validate`].
    pub fn to_csv(&self) -> Result<String> {
        self.validate()?;
        let mut file = File::from(self);
        let stages = std::mem::take(&mut file.stages);
        let mut text = String::new();
        let mut line = |key: &str, value: &Value| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "# {key} = {value}");
        };
        let broken = |e: serde_json::Error| fail("the table", e.to_string());
        // The version first: whoever reads the file needs it first.
        line("schema", &file.schema.into());
        if let Value::Object(fields) = serde_json::to_value(&file).map_err(broken)? {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "schema") {
                line(key, value);
            }
        }
        for (i, stage) in (1..).zip(&stages) {
            let bare = StageFile {
                coefficients: vec![],
                ..stage.clone()
            };
            line(
                &format!("stage {i}"),
                &serde_json::to_value(bare).map_err(broken)?,
            );
        }
        text.push_str(&HEADER.join(","));
        text.push('\n');
        for (i, stage) in (1..).zip(&stages) {
            let parity = stage.parity.name();
            for t in &stage.coefficients {
                let _ = writeln!(text, "{i},{},{parity},{},{}", t.degree, t.exact, t.decimal);
            }
        }
        Ok(text)
    }

    /// Reads what [`Self::to_csv`] wrote. Blank lines and comments without `=` are passed over.
    ///
    /// # Errors
    /// [`crate::ApproxError::Parse`] with the line and the column.
    pub fn from_csv(text: &str) -> Result<Self> {
        check_length(text)?;
        let (mut file, first_record) = read_head(text)?;
        let body = text.get(first_record.byte..).unwrap_or("");
        let mut reader = ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(body.as_bytes());
        let at = |line: u64| format!("line {}", line + first_record.line);
        let broken = |e: csv::Error| {
            let line = e
                .position()
                .map_or(0, csv::Position::line)
                .saturating_sub(1);
            fail(at(line), e.to_string())
        };
        if reader.headers().map_err(broken)?.iter().ne(HEADER) {
            let why = format!("expected the columns {}", HEADER.join(","));
            return Err(fail(at(0), why));
        }
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record
                .position()
                .map_or(0, csv::Position::line)
                .saturating_sub(1);
            read_record(&mut file, &record, &at(line))?;
        }
        file.try_into()
    }
}

/// Where the records begin: byte, and line from 1.
struct Start {
    byte: usize,
    line: u64,
}

/// The commented lines before the first record, as a file without coefficients.
fn read_head(text: &str) -> Result<(File, Start)> {
    let mut fields = Map::new();
    let mut stages: Vec<StageFile> = vec![];
    let mut start = Start { byte: 0, line: 1 };
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() {
            let Some(comment) = content.strip_prefix('#') else {
                break;
            };
            if let Some((key, json)) = comment.split_once('=') {
                let (key, place) = (key.trim(), format!("line {}", start.line));
                let value: Value = serde_json::from_str(json.trim())
                    .map_err(|e| fail(format!("{place}, field `{key}`"), e.to_string()))?;
                if let Some(number) = key.strip_prefix("stage ") {
                    check_stages(stages.len() + 1)?;
                    if number.parse() != Ok(stages.len() + 1) {
                        let why = format!("expected `stage {}`, found `{key}`", stages.len() + 1);
                        return Err(fail(place, why));
                    }
                    stages.push(
                        serde_json::from_value(value).map_err(|e| fail(&*place, e.to_string()))?,
                    );
                } else if fields.insert(key.to_owned(), value).is_some() {
                    return Err(fail(place, format!("field `{key}` is given twice")));
                }
            }
        }
        start.byte += line.len();
        start.line += 1;
    }
    let version = fields.get("schema").and_then(Value::as_u64);
    if version.is_some_and(|v| v != u64::from(super::SCHEMA)) {
        let why = format!(
            "expected version {}; use the version that wrote it",
            super::SCHEMA
        );
        return Err(fail("field `schema`", why));
    }
    let mut file: File = serde_json::from_value(Value::Object(fields))
        .map_err(|e| fail("the commented head", e.to_string()))?;
    file.stages = stages;
    Ok((file, start))
}

fn read_record(file: &mut File, record: &StringRecord, line: &str) -> Result<()> {
    let cell = |i: usize| record.get(i).unwrap_or("");
    let at = |i: usize| format!("{line}, column `{}`", HEADER[i]);
    let count = |i: usize| {
        let found = cell(i);
        let why = || {
            format!(
                "expected a number, found `{}`",
                super::exact::excerpt(found)
            )
        };
        found.parse::<usize>().map_err(|_| fail(at(i), why()))
    };
    let (number, degree) = (count(0)?, count(1)?);
    let stages = file.stages.len().min(MAX_STAGES);
    let stage = number.checked_sub(1).and_then(|i| file.stages.get_mut(i));
    let Some(stage) = stage else {
        return Err(fail(
            at(0),
            format!("expected a stage from 1 to {stages}, found {number}"),
        ));
    };
    if cell(2) != stage.parity.name() {
        let why = format!("expected {} as in the head", stage.parity.name());
        return Err(fail(at(2), why));
    }
    let highest = stage.degree.min(MAX_DEGREE);
    if degree > highest {
        let why = format!("expected a degree up to {highest}, found {degree}");
        return Err(fail(at(1), why));
    }
    if stage.coefficients.iter().any(|t| t.degree == degree) {
        return Err(fail(
            at(1),
            format!("degree {degree} of stage {number} is listed twice"),
        ));
    }
    let (exact, decimal) = (cell(3).to_owned(), cell(4).to_owned());
    value(&exact, &decimal, line)?;
    stage.coefficients.push(Term {
        degree,
        exact,
        decimal,
    });
    Ok(())
}
