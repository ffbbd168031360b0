//! `net ranges` and `net accuracy` on images that need no download.

use crate::json;

const NET: [&str; 4] = ["--arch", "resnet20", "--random", "1"];
const DATA: [&str; 2] = ["--data", "synthetic:classes=10,size=32,seed=3,images=24"];

fn run(command: &str, more: &[&str]) -> serde_json::Value {
    let mut words = vec!["net", command];
    words.extend(NET.iter().chain(&DATA).chain(more));
    json(&words)
}

fn number(value: &serde_json::Value, key: &str) -> f64 {
    value[key].as_f64().unwrap()
}

#[test]
fn exact_activations_change_nothing() {
    let same = run("accuracy", &["--activation", "exact"]);
    assert_eq!(number(&same, "images") as u64, 24);
    assert!(number(&same, "max_logit_error").abs() < 1e-9);
    assert!((number(&same, "agreement") - 1.0).abs() < 1e-9);
}

#[test]
fn better_polynomials_err_less() {
    let error = |design| {
        number(
            &run("accuracy", &["--activation", design]),
            "max_logit_error",
        )
    };
    let (coarse, fine) = (error("relu:alpha=6"), error("relu:degrees=15,15,27"));
    assert!(fine > 0.0 && fine < coarse / 8.0, "{fine} {coarse}");
}

#[test]
fn numbers_out_of_range_are_told_by_layer() {
    let outside = run(
        "accuracy",
        &["--activation", "relu:alpha=6", "--range", "0.01"],
    );
    assert_eq!(number(&outside, "out_of_range") as u64, 24);
    let first = &outside["outside"][0];
    assert!(number(first, "largest") > 0.01 && (number(first, "range") - 0.01).abs() < 1e-6);
    assert!(first["image"].as_str().unwrap().contains("synthetic"));
}

#[test]
fn every_activation_has_a_range() {
    let ranges = run("ranges", &[]);
    let rows = ranges["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 19);
    for row in rows {
        let (least, largest) = (number(row, "least"), number(row, "largest"));
        assert!(least < largest && number(row, "p99") <= least.abs().max(largest));
        let counted: u64 = row["histogram"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bin| bin[1].as_u64().unwrap())
            .sum();
        assert_eq!(Some(counted), row["count"].as_u64());
    }
}

#[test]
fn noise_of_encryption_has_labelled_sources() {
    let design = ["--activation", "relu:alpha=4", "--noise", "toy"];
    let found = run("accuracy", &design);
    let noise = &found["noise"];
    assert_eq!(noise["bootstraps"].as_u64(), Some(18));
    let sources = noise["sources"].as_array().unwrap();
    let named = |row: &serde_json::Value| row["source"].as_str().unwrap().to_string();
    let names: Vec<String> = sources.iter().map(named).collect();
    assert_eq!(names, ["encryption", "linear", "bootstrap", "activation"]);
    // Errors of independent sources add up in squares.
    let squares = |rows: &[serde_json::Value]| -> f64 {
        rows.iter()
            .map(|row| number(row, "logit_deviation").powi(2))
            .sum()
    };
    let together = number(noise, "logit_deviation");
    let ratio = together / squares(sources).sqrt();
    assert!(together > 0.0 && (0.7..1.4).contains(&ratio), "{ratio}");
    // It is the approximation that the labels depend on.
    assert!(number(noise, "max_logit_error") < number(&found, "max_logit_error"));
}

#[test]
fn noise_needs_circuits_and_levels() {
    let refused = |activation, set, needed: &str| {
        let mut words = vec![
            "net",
            "accuracy",
            "--activation",
            activation,
            "--noise",
            set,
        ];
        words.extend(NET.iter().chain(&DATA));
        let output = crate::equiripple(&words);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(needed), "{text}");
    };
    refused("exact", "toy", "no circuit computes");
    refused("relu:alpha=13", "toy", "levels");
    refused("relu:alpha=4", "nowhere", "choose from none");
}
