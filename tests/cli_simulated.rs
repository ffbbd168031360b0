//! Forecasts and simulations against encrypted runs, as a user types them.

use crate::cli_encrypted::{Place, numbers};
use serde_json::Value;
use std::fs;

const RELU: [&str; 4] = ["--function", "relu", "--alpha", "6"];

fn json(place: &Place, args: &[&str]) -> Value {
    serde_json::from_str(&place.ok(&[args, &["--json"]].concat())).unwrap()
}

fn bits(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// −log2 of the mean and of the largest distance.
fn distance(a: &[f64], b: &[f64]) -> (f64, f64) {
    let errors: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - b).abs()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    (
        -mean.log2(),
        -errors.iter().copied().fold(0.0, f64::max).log2(),
    )
}

#[test]
fn simulated_values_err_as_decrypted_ones_do() {
    let place = Place::new("5");
    let values: Vec<f64> = (0..1024).map(|i| f64::from(i) / 511.5 - 1.0).collect();
    let text: String = values.iter().map(|x| format!("{x}\n")).collect();
    place.write("x.csv", text);
    let simulate = [
        "simulate", "x.csv", "--params", "toy.json", "-o", "sim.csv", "--real",
    ];
    let told = json(&place, &[&simulate[..], &RELU].concat());
    place.ok(&["encrypt", "--key", "keys/public.key", "x.csv", "-o", "x.ct"]);
    let evaluate = ["evaluate", "x.ct", "--keys", "keys/eval", "-o", "y.ct"];
    let evaluated = json(&place, &[&evaluate[..], &RELU].concat());
    for field in [
        "function",
        "degrees",
        "levels",
        "level_in",
        "level_out",
        "log2_error_upper",
        "forecast",
    ] {
        assert_eq!(told[field], evaluated[field], "{field}");
    }
    let decrypted = numbers(&place.ok(&["decrypt", "--key", "keys/secret.key", "y.ct", "--real"]));
    let simulated = numbers(&fs::read_to_string(place.path("sim.csv")).unwrap());
    let exact: Vec<f64> = values.iter().map(|x| x.max(0.0)).collect();
    // The error of the approximation, which both share.
    let (mean, largest) = distance(&decrypted, &exact);
    assert!((mean - bits(&told["error"]["mean_bits"])).abs() < 0.01);
    assert!((largest - bits(&told["error"]["max_bits"])).abs() < 0.01);
    assert!(bits(&told["error"]["max_bits"]) > 6.0);
    // Noise of both: its real part is smaller than all of it by √2 or so.
    let (between, furthest) = distance(&decrypted, &simulated);
    assert!(
        (between - bits(&told["noise"]["mean_bits"])).abs() < 1.0,
        "{between} {told}"
    );
    let forecast = &told["forecast"];
    assert!(
        bits(&forecast["error_bits"]) < furthest && bits(&forecast["error_bits"]) > furthest - 6.0
    );
    assert!(bits(&forecast["flooding_error_bits"]) < bits(&forecast["error_bits"]));
    assert!(bits(&forecast["seconds"]) > 0.0);
    let products = forecast["operations"].as_array().unwrap();
    let products = products
        .iter()
        .find(|o| o["operation"] == "multiply")
        .unwrap();
    assert_eq!(products["count"], evaluated["mults"]);
    // The same seed draws the same noise, another one other noise.
    let again = [&simulate[..5], &["again.csv", "--real"], &RELU].concat();
    place.ok(&again);
    let read = |name| fs::read(place.path(name)).unwrap();
    assert!(read("sim.csv") == read("again.csv"));
    place.ok(&[&again[..], &["--seed", "2"]].concat());
    assert!(read("sim.csv") != read("again.csv"));
    let text = place.ok(&[&evaluate[..], &RELU].concat());
    for line in ["forecast time", "forecast noise", "binding  "] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn grids_tables_and_levels_are_simulated() {
    let place = Place::new("8");
    place.ok(&[
        "approx", "sign", "--alpha", "4", "--round", "f64", "--out", "sign",
    ]);
    let table = [
        "simulate",
        "--params",
        "toy.json",
        "--coefficients",
        "sign/coefficients.json",
    ];
    let told = json(&place, &[&table[..], &["--level", "6"]].concat());
    assert_eq!(
        (&told["values"], &told["level_in"]),
        (&1024.into(), &6.into())
    );
    assert_eq!(told["outside"], 0);
    // The grid leaves out the gap about 0, where no sign is near.
    assert!(bits(&told["error"]["max_bits"]) > 3.0);
    assert!(bits(&told["noise"]["max_bits"]) > bits(&told["forecast"]["error_bits"]));
    let gelu = [
        "simulate",
        "--params",
        "toy.json",
        "--function",
        "gelu",
        "--alpha",
        "6",
    ];
    let told = json(
        &place,
        &[&gelu[..], &["--domain", "[-6,6]", "--slots", "2"]].concat(),
    );
    assert_eq!((&told["values"], &told["slots"]), (&2.into(), &2.into()));
    assert!(bits(&told["error"]["max_bits"]) > 6.0);
    place.write("far.csv", "0.5\n2\n0.1,\n");
    place.refused(
        &[&["simulate", "far.csv", "--params", "toy.json"], &RELU[..]].concat(),
        "line 3: `` is no number",
    );
    place.write("far.csv", "0.5\n2\n");
    let output = place.run(&[&["simulate", "far.csv", "--params", "toy.json"], &RELU[..]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && said.contains("1 of 2 values are outside [-1,1]"),
        "{said}"
    );
    place.write("complex.csv", "0.5,0.25\n");
    let told = json(
        &place,
        &[
            &["simulate", "complex.csv", "--params", "toy.json"],
            &RELU[..],
        ]
        .concat(),
    );
    assert!(told["error"].is_null() && told["noise"]["max_bits"].is_number());
}

#[test]
fn what_evaluate_refuses_is_refused() {
    let place = Place::new("5");
    let simulate = |args: &[&str], said: &str| {
        let all = [&["simulate", "--params", "toy.json"], args].concat();
        place.refused(&all, said);
    };
    let relu = |args: &[&str], said: &str| simulate(&[&RELU[..], args].concat(), said);
    relu(
        &["--level", "2"],
        "relu takes 4 levels, and the ciphertext has 2",
    );
    relu(
        &["--level", "6"],
        "--level 6 is out of range; it must be from 0 to 5",
    );
    relu(&["--slots", "12"], "a power of two up to 1024");
    relu(&["--slots", "2048"], "a power of two up to 1024");
    relu(&["--real"], "--out");
    simulate(
        &["--function", "max", "--alpha", "4"],
        "max takes two inputs",
    );
    simulate(&[], "--function");
    simulate(&["--function", "relu"], "--alpha");
    place.write("huge.csv", "1e12\n");
    let huge = ["simulate", "huge.csv", "--params", "toy.json"];
    place.refused(&[&huge[..], &RELU].concat(), "scale the message down");
    place.refused(
        &[&["simulate", "--params", "keys/public.key"], &RELU[..]].concat(),
        "keys/public.key",
    );
}
