//! What the rows of a sweep depend on, and whether a folder's rows have the same.

use std::path::Path;

use equiripple_reports::record::Record;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::report::Report;
use crate::{
    cli::{
        error::{Failure, Outcome},
        net::calibration::{Bounds, Origin},
        output,
    },
    nn::{
        Graph,
        data::{Dataset, Split},
        file,
    },
};
use std::collections::BTreeMap;

/// Images that the digest of a data set is made of, the first ones.
const DIGESTED: usize = 256;

/// Name of the record in a folder.
pub(super) const RECORD: &str = "sweep.json";

#[derive(Serialize)]
struct Settings<'a> {
    network: &'a str,
    /// Of the network's file, as `net import --fold` writes it.
    network_sha256: String,
    data: &'a str,
    split: Option<Split>,
    images: usize,
    /// Of the first 256 images as the network takes them, and of their labels.
    data_sha256: String,
    calibration: &'a Origin,
    /// B of every activation and pool.
    ranges: BTreeMap<&'a str, f64>,
    maxpool: &'a str,
    max_degree: usize,
    version: &'static str,
}

/// As they are in a record.
pub(super) fn settings(
    plain: &Graph,
    data: &Dataset,
    bounds: &Bounds,
    maxpool: &str,
    max_degree: usize,
) -> Outcome<Value> {
    let settings = Settings {
        network: plain.name(),
        network_sha256: hexadecimal(Sha256::new_with_prefix(file::to_bytes(plain)?)),
        data: data.name(),
        split: data.split(),
        images: data.len(),
        data_sha256: digest(data)?,
        calibration: &bounds.origin,
        ranges: bounds.magnitudes(),
        maxpool,
        max_degree,
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(serde_json::to_value(settings)?)
}

fn digest(data: &Dataset) -> Outcome<String> {
    let batch = data.batch(0..data.len().min(DIGESTED), data.preprocessing())?;
    let mut hash = Sha256::new();
    for value in &batch.images {
        hash.update(value.to_le_bytes());
    }
    for label in &batch.labels {
        hash.update(label.map_or(-1, i64::from).to_le_bytes());
    }
    Ok(hexadecimal(hash))
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// The rows that a folder has already; none where it has no record.
///
/// # Errors
/// When its record is none of a sweep, or one of other settings.
pub(super) fn earlier(folder: &Path, settings: Value) -> Outcome<Report> {
    let path = folder.join(RECORD);
    if !path.exists() {
        return Ok(Report::new(settings));
    }
    let record = Record::from_json(&output::read(&path)?)?;
    let report: Report = serde_json::from_value(record.data).map_err(|reason| {
        Failure::Usage(format!(
            "{} is no record of a sweep ({reason}); give another folder by --out",
            path.display()
        ))
    })?;
    let mut differences = vec![];
    compare("", &report.settings, &settings, &mut differences);
    if differences.is_empty() {
        return Ok(report);
    }
    Err(Failure::Usage(format!(
        "{} has rows of another sweep: {}; give another folder by --out, or the same options",
        path.display(),
        differences.join("; ")
    )))
}

/// Names of values that differ, with both.
fn compare(name: &str, there: &Value, here: &Value, differences: &mut Vec<String>) {
    if let (Value::Object(left), Value::Object(right)) = (there, here) {
        let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let inside = if name.is_empty() {
                key.clone()
            } else {
                format!("{name}.{key}")
            };
            let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
            let (a, b) = (of(left).unwrap_or_default(), of(right).unwrap_or_default());
            compare(&inside, &a, &b, differences);
        }
    } else if there != here {
        differences.push(format!("{name} is {there} there and {here} here"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_named() {
        let there = json!({"a": 1, "ranges": {"relu": 2.0, "other": 1.0}, "gone": true});
        let here = json!({"a": 1, "ranges": {"relu": 3.0, "other": 1.0}});
        let mut found = vec![];
        compare("", &there, &here, &mut found);
        let expected = [
            "gone is true there and null here",
            "ranges.relu is 2.0 there and 3.0 here",
        ];
        assert_eq!(found, expected);
    }
}
