//! What is told of encrypted inference before it runs, and of every layer while it does, under toy parameters.

use crate::{
    cli_encrypted::Place,
    cli_infer::{NETWORK, run},
};
use serde_json::Value;

fn plan(place: &Place, more: &[&str]) -> Value {
    let args = [&["infer", "plan"], NETWORK, &["--json"], more].concat();
    serde_json::from_str(&place.ok(&args)).unwrap()
}

fn sum(layers: &Value, key: &str) -> f64 {
    let each = layers.as_array().unwrap().iter();
    each.map(|layer| layer[key].as_f64().unwrap()).sum()
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs()
}

#[test]
fn a_plan_tells_what_a_run_then_takes() {
    let place = Place::empty();
    let plan = plan(&place, &[]);
    let run = run(&place, &["--trace"]);
    // Bytes of what is encoded are exact.
    let memory = &plan["memory"];
    for (planned, made) in [
        ("key_bytes", "key_bytes"),
        ("bootstrap_bytes", "bootstrap_bytes"),
        ("layer_bytes", "layer_bytes"),
    ] {
        assert_eq!(memory[planned], run["server"][made], "{planned}");
        assert!(memory[planned].as_u64().unwrap() > 0);
    }
    assert_eq!(memory["layer_bytes"], plan["all_layer_bytes"]);
    assert_eq!(
        plan["all_layer_bytes"],
        sum(&plan["layers"], "encoded_bytes")
    );
    let parts = [
        "key_bytes",
        "bootstrap_bytes",
        "layer_bytes",
        "working_bytes",
    ];
    let all: u64 = parts
        .iter()
        .map(|part| memory[part].as_u64().unwrap())
        .sum();
    assert_eq!(plan["memory_bytes"], all);
    assert_eq!(run["forecast"]["memory_bytes"], all);
    // Counting operations and the model of the plan agree.
    let (counted, modelled) = (&plan["forecast_seconds"], &plan["seconds"]);
    let (counted, modelled) = (counted.as_f64().unwrap(), modelled.as_f64().unwrap());
    assert!(close(counted, modelled, 0.05), "{counted} {modelled}");
    assert!(close(
        counted,
        sum(&plan["layers"], "forecast_seconds"),
        1e-9
    ));
    assert_eq!(run["forecast"]["seconds"], plan["forecast_seconds"]);
    // Every bootstrap rotates, and so does every convolution.
    let rotations = sum(&plan["layers"], "rotations");
    assert_eq!(run["rotations"], rotations);
    let parts =
        run["layer_rotations"].as_u64().unwrap() + run["bootstrap_rotations"].as_u64().unwrap();
    assert_eq!(run["rotations"], parts);
    for layer in plan["layers"].as_array().unwrap() {
        let rotates = layer["op"] == "convolution" || layer["bootstrapped"] == true;
        assert!(
            !rotates || layer["rotations"].as_u64().unwrap() > 0,
            "{layer}"
        );
        let encodes = layer["encoded_bytes"].as_u64().unwrap() > 0;
        assert_eq!(
            encodes,
            layer["op"] != "polynomial" && layer["op"] != "add",
            "{layer}"
        );
    }
    // Toys are told as such.
    assert!(
        plan["security"]
            .as_array()
            .unwrap()
            .iter()
            .any(|key| key["met"].is_null())
    );
    // Threads together take no longer than each of them could.
    if let Some(cpu) = run["cpu_seconds"].as_f64() {
        let (wall, threads) = (&run["seconds"], &run["threads"]);
        let most = 1.2 * wall.as_f64().unwrap() * threads.as_f64().unwrap();
        assert!(cpu > 0.0 && cpu < most, "{cpu} {most}");
        let ratio = run["forecast"]["cpu_ratio"].as_f64().unwrap();
        assert!(close(ratio, cpu / counted, 1e-9));
    }
    // The trace: every layer is near to the clear and within its range.
    let trace = &run["images"][0]["trace"];
    let layers = trace["layers"].as_array().unwrap();
    assert_eq!(layers.len(), plan["layers"].as_array().unwrap().len());
    assert!(trace["first_divergence"].is_null(), "{trace}");
    for layer in layers {
        let bits = layer["error_bits"].as_f64().unwrap();
        let mean = layer["mean_error_bits"].as_f64().unwrap();
        assert!(bits > 5.0 && bits < 40.0 && mean >= bits, "{layer}");
        assert_eq!(layer["exceeded"], false);
    }
    assert!(layers.iter().any(|layer| layer["calibrated"] == true));
}

#[test]
fn the_analyzer_expects_the_errors_that_the_simulator_draws() {
    let place = Place::empty();
    let analyzed = run(&place, &["--backend", "analyze"]);
    let simulated = run(&place, &["--backend", "sim", "--trace=8"]);
    let image = &analyzed["images"][0];
    assert_eq!(image["encrypted_label"], image["approx_label"]);
    assert_eq!(image["seconds"], analyzed["forecast"]["seconds"]);
    let layers = analyzed["layers"].as_array().unwrap();
    assert!(
        layers
            .iter()
            .all(|layer| layer["measured_seconds"].is_null())
    );
    let traced = |run: &Value| {
        run["images"][0]["trace"]["layers"]
            .as_array()
            .unwrap()
            .clone()
    };
    for (expected, drawn) in traced(&analyzed).iter().zip(&traced(&simulated)) {
        let of = |layer: &Value, key: &str| layer[key].as_f64().unwrap();
        let apart = of(expected, "mean_error_bits") - of(drawn, "mean_error_bits");
        assert!(apart.abs() < 2.0, "{expected} {drawn}");
        // The bound holds.
        assert!(
            of(expected, "error_bits") <= of(drawn, "error_bits") + 1.0,
            "{expected} {drawn}"
        );
    }
}

#[test]
fn a_range_that_is_left_is_named() {
    let place = Place::empty();
    // Of what calibration sees, a tenth.
    let args = [
        &["infer", "run"],
        NETWORK,
        &["--backend", "sim", "--trace", "--margin", "0.1"],
    ]
    .concat();
    let output = place.run(&args);
    let (told, warned) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    // Before anything is encrypted the network in the clear tells.
    assert!(
        warned.contains("beyond their ranges in the clear, `relu` before others"),
        "{warned}"
    );
    // Beyond its range a message may not even fit a bootstrap; the layer is told then too.
    let told = told + &warned;
    let named = told.contains("is the first layer that diverges");
    assert!(named && told.contains("outside its range"), "{told}");
}

#[test]
fn what_does_not_fit_is_refused_and_others_are_listed() {
    let place = Place::empty();
    let refused = |more: &[&str]| {
        let output = place.run(&[&["infer", "plan"], NETWORK, more].concat());
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = refused(&["--max-memory", "20MiB"]);
    assert!(
        told.contains("20.0 MiB is what --max-memory allows"),
        "{told}"
    );
    assert!(told.contains("for layers that are encoded ahead"), "{told}");
    assert!(told.contains("no other named set fits"), "{told}");
}

#[test]
fn a_layer_without_levels_is_named_and_sets_with_more_are_listed() {
    let place = Place::empty();
    let deeper = |arg: &&'static str| match *arg {
        "relu:degrees=3" => "relu:degrees=15,15",
        other => other,
    };
    let network: Vec<_> = NETWORK.iter().map(deeper).collect();
    let args = [&["infer", "plan"], &network[..], &["--max-memory", "64GiB"]].concat();
    let output = place.run(&args);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("`layer1.0.conv1` has no place between two bootstraps")
            && told.contains("the parameters leave 5 levels"),
        "{told}"
    );
    let (_, fitting) = told.split_once("what fits:").unwrap();
    let sets: Vec<_> = fitting
        .lines()
        .filter(|line| line.contains("--set "))
        .collect();
    // Four levels are no more than the toy's five, and ten are enough.
    assert!(
        sets.iter()
            .any(|line| line.contains("--set general: 10 levels")),
        "{told}"
    );
    assert!(!fitting.contains("--set small"), "{told}");
    assert!(
        sets.iter().all(|line| line.contains("security 128")),
        "{told}"
    );
}

/// On a machine of half the speed everything takes twice as long.
#[test]
fn times_of_another_machine_are_taken() {
    let place = Place::empty();
    let mut costs: Value = serde_json::from_str(include_str!("../src/analyze/costs.json")).unwrap();
    let units = costs["microseconds"].as_object_mut().unwrap();
    for unit in units.values_mut() {
        *unit = (2.0 * unit.as_f64().unwrap()).into();
    }
    costs["provenance"]["machine"] = "half as fast".into();
    std::fs::write(place.path("units.json"), costs.to_string()).unwrap();
    let (ours, other) = (plan(&place, &[]), plan(&place, &["--costs", "units.json"]));
    assert_eq!(other["machine"], "half as fast");
    for key in ["seconds", "forecast_seconds"] {
        let [ours, other] = [&ours, &other].map(|plan| plan[key].as_f64().unwrap());
        assert!(close(other, 2.0 * ours, 1e-9), "{key}: {ours} {other}");
    }
    let output = place.run(&[&["infer", "plan"], NETWORK, &["--costs", "none.json"]].concat());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("none.json")
    );
}
