//! Writing to standard output and reading files, without panics.

use std::{
    io::{Read, Write},
    path::Path,
};

use equiripple_approx::coeffs::Provenance;
use equiripple_reports::record::{Record, rfc3339};
use serde::Serialize;

use super::error::{Failure, Outcome};

/// Largest coefficient file that is read.
const LIMIT: u64 = 64 << 20;

/// Prints text and a line end.
pub(super) fn line(text: impl AsRef<str>) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_ref().as_bytes())?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Prints a value as JSON.
pub(super) fn json(value: &impl Serialize) -> Outcome<()> {
    line(serde_json::to_string_pretty(value)?)
}

/// Reads a text file of sensible size.
pub(super) fn read(path: &Path) -> Outcome<String> {
    let failed = |reason| Failure::Read {
        path: path.to_path_buf(),
        reason,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    if bytes > LIMIT {
        return Err(Failure::TooLarge {
            path: path.to_path_buf(),
            bytes,
            limit: LIMIT,
        });
    }
    let mut text = String::new();
    file.take(LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// The command as it was typed; a path to the program is its name alone.
pub(super) fn command() -> String {
    let quoted = |a: String| {
        if a.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.,=/:^".contains(c))
        {
            a
        } else {
            format!("'{a}'")
        }
    };
    std::iter::once("equiripple".to_string())
        .chain(std::env::args().skip(1).map(quoted))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What this command found, and how to find it again.
pub(super) fn record(title: &str, data: &impl Serialize) -> Outcome<Record> {
    let record = Record::new(
        title,
        &command(),
        crate::REVISION,
        env!("CARGO_PKG_VERSION"),
    );
    Ok(record.with_data(serde_json::to_value(data)?))
}

/// Who made a table, when and how.
pub(super) fn provenance() -> Provenance {
    Provenance {
        tool: "equiripple".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        revision: crate::REVISION.into(),
        command: command(),
        created: rfc3339(std::time::SystemTime::now()),
    }
}
