//! Encrypted networks as a user runs them, under toy parameters.

use crate::cli_encrypted::Place;
use std::{
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// ResNet-20 of random weights on small figures, its ReLUs x/2 + x·p(x) with p of degree 3.
pub(crate) const NETWORK: &[&str] = &[
    "--arch",
    "resnet20",
    "--random",
    "1",
    "--input",
    "3x8x8",
    "--data",
    "synthetic:classes=10,size=8",
    "--activation",
    "relu:degrees=3",
    "--calibration-images",
    "64",
    "--set",
    "toy",
    "--images",
    "1",
];

pub(crate) fn run(place: &Place, more: &[&str]) -> serde_json::Value {
    let args = [&["infer", "run"], NETWORK, &["--json"], more].concat();
    serde_json::from_str(&place.ok(&args)).unwrap()
}

#[test]
fn a_plan_tells_levels_and_bootstraps_of_every_layer() {
    let place = Place::empty();
    let told = place.ok(&[&["infer", "plan"], NETWORK, &["--json", "--out", "plan"]].concat());
    let plan: serde_json::Value = serde_json::from_str(&told).unwrap();
    let layers = plan["layers"].as_array().unwrap();
    // 19 convolutions with their activations, 2 shortcuts, 9 sums, a linear layer.
    assert_eq!(layers.len(), 19 * 2 + 2 + 9 + 1);
    let is = |layer: &&serde_json::Value, what: &str| usize::from(layer[what] == true);
    let both = layers
        .iter()
        .map(|layer| is(&layer, "bootstrapped") + is(&layer, "renewed"));
    let bootstrapped: usize = both.sum();
    assert_eq!(plan["bootstraps"], bootstrapped);
    // Five levels hold one activation of three and a convolution, seldom two activations.
    assert!((12..=18).contains(&bootstrapped), "{bootstrapped}");
    assert!(place.path("plan/timeline.png").is_file() && place.path("plan/plan.md").is_file());
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_bits() {
    let place = Place::empty();
    let whole = run(&place, &["--out", "whole"]);
    let image = &whole["images"][0];
    assert_eq!(image["resumed"], false);
    assert_eq!(image["encrypted_label"], image["approx_label"]);
    assert!(image["max_logit_error"].as_f64().unwrap() < 0.05, "{image}");
    let kept = |name: &str| {
        let entries = std::fs::read_dir(place.path(name)).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|e| e == "ct"))
            .collect::<Vec<_>>()
    };
    // Killed once so many layers are kept.
    for layers in [1, 8, 21, 34] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_equiripple"));
        let args = [&["infer", "run"], NETWORK, &["--out", "cut"]].concat();
        let child = command.args(args).current_dir(place.path("."));
        let mut child = child
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while kept("cut/state").len() < layers {
            assert!(
                child.try_wait().unwrap().is_none(),
                "ended before it was killed"
            );
            sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // The last layer that was kept is damaged; the one before it is taken.
    let time = |path: &std::path::PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
    let last = kept("cut/state").into_iter().max_by_key(time).unwrap();
    let mut bytes = std::fs::read(&last).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&last, bytes).unwrap();
    let resumed = run(&place, &["--out", "cut"]);
    assert_eq!(resumed["images"][0]["resumed"], true);
    assert_eq!(
        resumed["images"][0]["result_sha256"],
        image["result_sha256"]
    );
    assert!(image["result_sha256"].is_string());
    // Another seed is another run.
    let refused =
        place.run(&[&["infer", "run"], NETWORK, &["--out", "cut", "--seed", "2"]].concat());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && told.contains("another run"),
        "{told}"
    );
}

/// Two batches, the last of which has places left.
#[test]
fn images_share_ciphertexts() {
    let place = Place::empty();
    // The number of images is its last word.
    let (_, network) = NETWORK.split_last().unwrap();
    let more = ["6", "--batch", "4", "--out", "six", "--json"];
    let args = [&["infer", "run"], network, &more].concat();
    let six = || serde_json::from_str::<serde_json::Value>(&place.ok(&args)).unwrap();
    let found = six();
    let images = found["images"].as_array().unwrap();
    assert_eq!((images.len(), &found["batch"]), (6, &4.into()));
    for image in images {
        assert_eq!(image["encrypted_label"], image["approx_label"]);
        assert!(image["max_logit_error"].as_f64().unwrap() < 0.05, "{image}");
    }
    let seconds = |name: &str| found[name].as_f64().unwrap();
    assert!((6.0 * seconds("seconds") / (2.0 * seconds("batch_seconds")) - 1.0).abs() < 1e-9);
    // All of them are kept, and nothing is computed again.
    assert_eq!(six()["images"], found["images"]);
    let refused = place.run(&[&["infer", "plan"], NETWORK, &["--batch", "3"]].concat());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        told.contains("`3` is no power of two from 1 to 256"),
        "{told}"
    );
}

/// What is before the part is computed in the clear; its result is an image, and has no labels.
#[test]
fn a_part_of_a_network_is_encrypted() {
    let place = Place::empty();
    let part = ["--from", "layer1.2.relu2", "--to", "layer2.1.relu1"];
    let found = run(&place, &part);
    let image = &found["images"][0];
    assert_eq!(found["has_classes"], false);
    assert!(image["encrypted_label"].is_null());
    let number = |name: &str| image[name].as_f64().unwrap();
    assert!(
        number("largest_logit") > 0.1 && number("max_logit_error") < 0.01,
        "{image}"
    );
    let layers = found["layers"].as_array().unwrap();
    let names = |k: usize| layers[k]["node"].as_str().unwrap();
    assert_eq!(names(0).split('.').next(), Some("layer2"));
    assert_eq!(names(layers.len() - 1), "layer2.1.relu1");
    let refused = |part: &[&str]| {
        let refused = place.run(&[&["infer", "plan"], NETWORK, part].concat());
        String::from_utf8(refused.stderr).unwrap()
    };
    assert!(refused(&["--from", "layer9"]).contains("no node `layer9`"));
    let backwards = refused(&["--from", "layer3.0.relu1", "--to", "layer1.0.relu1"]);
    assert!(backwards.contains("layer3.0.relu1"), "{backwards}");
}

#[test]
fn the_simulator_runs_the_same_program() {
    let place = Place::empty();
    let found = run(&place, &["--backend", "sim"]);
    let image = &found["images"][0];
    assert_eq!(image["encrypted_label"], image["approx_label"]);
    assert!(image["max_logit_error"].as_f64().unwrap() < 0.05, "{image}");
}
