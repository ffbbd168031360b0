//! What was run, by which revision, on which machine, and what came out.
//!
//! A record carries everything that a published number needs to be reproduced. Its payload is a
//! plain JSON value, so that this schema outlives the types that fill it.

mod machine;
mod time;

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use machine::Machine;
pub use time::rfc3339;

/// The version of the record schema that this crate writes and reads.
pub const SCHEMA: u32 = 1;

/// One experiment: its provenance and its data.
///
/// ```
/// use equiripple_reports::record::Record;
/// let record = Record::new("Sign tables", "equiripple table sign", "abc1234", "0.1.0")
///     .with_seed(7)
///     .with_data(serde_json::json!({ "log2_error": -13.296 }));
/// let text = record.to_json()?;
/// assert_eq!(Record::from_json(&text)?, record);
/// # Ok::<(), equiripple_reports::record::RecordError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The schema of this record, [`SCHEMA`] when written by this crate.
    pub schema: u32,
    /// What the experiment is, for a heading.
    pub title: String,
    /// The command that reproduces it.
    pub command: String,
    /// The source revision that ran.
    pub revision: String,
    /// The released version that ran.
    pub version: String,
    /// The seed of every random choice; absent where nothing is random.
    pub seed: Option<u64>,
    /// Where it ran.
    pub machine: Machine,
    /// When it ran: RFC 3339 in UTC, to the second.
    pub created: String,
    /// What came out.
    pub data: Value,
}

/// Why a record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The text is not a record.
    #[error("not a record: {0}; give a file that this toolkit wrote")]
    Json(#[from] serde_json::Error),
    /// The record has another schema.
    #[error("record has schema {found}, this version reads schema {SCHEMA}; run its command again")]
    Schema {
        /// The schema that was found.
        found: u32,
    },
}

impl Record {
    /// A record of this machine and this moment, without seed or data.
    #[must_use]
    pub fn new(title: &str, command: &str, revision: &str, version: &str) -> Self {
        Self {
            schema: SCHEMA,
            title: title.into(),
            command: command.into(),
            revision: revision.into(),
            version: version.into(),
            seed: None,
            machine: Machine::detect(),
            created: rfc3339(SystemTime::now()),
            data: Value::Null,
        }
    }

    /// The same record with a seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The same record with data.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The record as indented JSON with a final newline.
    ///
    /// # Errors
    /// [`RecordError::Json`] when the encoder refuses the data.
    pub fn to_json(&self) -> Result<String, RecordError> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// Reads a record of schema [`SCHEMA`].
    ///
    /// # Errors
    /// [`RecordError`] when the text is not a record or has another schema.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        let Head { schema: found } = serde_json::from_str(text)?;
        if found != SCHEMA {
            return Err(RecordError::Schema { found });
        }
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_is_named_before_its_fields_are_read() {
        let outcome = Record::from_json(r#"{"schema": 9, "unknown": true}"#);
        assert!(matches!(outcome, Err(RecordError::Schema { found: 9 })));
    }

    #[test]
    fn text_that_is_no_record_is_an_error() {
        assert!(matches!(Record::from_json("{}"), Err(RecordError::Json(_))));
    }
}
