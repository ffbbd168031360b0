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
