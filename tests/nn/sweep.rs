//! `net sweep` on images that need no download.

use crate::{equiripple, json};
use serde_json::Value;
use std::{fs, path::Path};

const NET: [&str; 4] = ["--arch", "resnet20", "--random", "1"];
const DATA: [&str; 2] = ["--data", "synthetic:classes=10,size=32,seed=3,images=24"];

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["net", "sweep"];
    words.extend(NET.iter().chain(&DATA));
    words.extend(more);
    words
}

/// The rows of a sweep.
fn rows(record: &Value) -> Vec<Value> {
    record["data"]["rows"].as_array().unwrap().clone()
}

/// What the command says when it fails.
fn refused(args: &[&str]) -> String {
    let output = equiripple(args);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap()
}

#[test]
fn designs_stand_beside_each_other() {
    let record = json(&words(&["--alphas", "6,4,6"]));
    let rows = rows(&record);
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            let degrees = row["degrees"].to_string();
            (
                number(row, "alpha") as u32,
                row["kind"].as_str().unwrap(),
                degrees,
                number(row, "levels") as u32,
            )
        })
        .collect();
    let expected = [
        (4, "published", "[5]", 3),
        (4, "equal_levels", "[5]", 3),
        (4, "fewest_levels", "[3]", 3),
        (6, "published", "[3,7]", 5),
        (6, "equal_levels", "[29]", 5),
        (6, "fewest_levels", "[9]", 4),
    ];
    assert_eq!(
        found,
        expected.map(|(alpha, kind, degrees, levels)| (alpha, kind, degrees.into(), levels))
    );
    for row in &rows {
        assert!(number(row, "log2_error") <= -number(row, "alpha"));
        assert_eq!(number(&row["agreement"], "images") as u32, 24);
        assert_eq!(number(&row["top1"], "images") as u32, 24);
    }
    // A better polynomial gives better logits.
    assert!(number(&rows[4], "rms_logit_error") < number(&rows[0], "rms_logit_error"));
    assert_eq!(record["seed"], 1);
}

#[test]
fn an_interrupted_sweep_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let args = words(&["--alphas", "4..5", "--out", out]);
    let first = rows(&json(&args));
    for file in [
        "sweep.csv",
        "sweep.md",
        "alpha.svg",
        "alpha.png",
        "levels.svg",
        "levels.png",
    ] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    let csv = fs::read_to_string(folder.path().join("sweep.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + first.len());

    let path = folder.path().join("sweep.json");
    remove_row(&path, 1);
    let second = rows(&json(&args));
    assert_eq!(second.len(), first.len());
    for (k, (a, b)) in first.iter().zip(&second).enumerate() {
        if k != 1 {
            // Kept, not measured again.
            assert_eq!(a, b);
        }
        let (mut a, mut b) = (a.clone(), b.clone());
        for row in [&mut a, &mut b] {
            row.as_object_mut().unwrap().remove("images_per_second");
        }
        assert_eq!(a, b);
    }

    let other = refused(&words(&["--alphas", "4", "--out", out, "--images", "12"]));
    assert!(other.contains("images is 24 there and 12 here"), "{other}");
    fs::write(&path, "{}").unwrap();
    let damaged = refused(&args);
    assert!(damaged.contains("not a record"), "{damaged}");
}

fn remove_row(path: &Path, index: usize) {
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rows = record["data"]["rows"].as_array_mut().unwrap();
    rows.remove(index);
    fs::write(path, record.to_string()).unwrap();
}

#[test]
fn what_makes_no_sweep_is_refused() {
    for (alphas, expected) in [
        ("14..4", "holds no α"),
        ("4..x", "is not an α"),
        ("0", "is not an α"),
    ] {
        let error = refused(&words(&["--alphas", alphas]));
        assert!(error.contains(expected), "{error}");
    }
    let error = refused(&words(&["--alphas", "15", "--designs", "published"]));
    assert!(
        error.contains("no published design of precision 15"),
        "{error}"
    );
    let silu = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nn/onnx/silu.onnx");
    let error = refused(&["net", "sweep", silu.to_str().unwrap(), DATA[0], DATA[1]]);
    assert!(error.contains("has no ReLU to replace"), "{error}");
}

#[test]
fn an_outcome_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let mut args = vec!["net", "accuracy"];
    args.extend(NET.iter().chain(&DATA));
    args.extend(["--activation", "exact", "--out", out]);
    let told = json(&args);
    let text = fs::read_to_string(folder.path().join("accuracy.json")).unwrap();
    let record: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(record["data"], told);
    assert_eq!(record["seed"], 1);
}
