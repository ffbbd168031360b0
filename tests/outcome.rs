//! The figures that the commands must reach, through the command line.

use super::{equiripple, json};

fn number(value: &serde_json::Value, key: &str) -> f64 {
    value[key].as_f64().unwrap()
}

#[test]
fn composite_sign_of_the_literature() {
    let made = json(&[
        "approx",
        "sign",
        "--degrees",
        "15,15,27",
        "--epsilon",
        "2^-9",
    ]);
    let (lower, upper) = (
        number(&made, "log2_error_lower"),
        number(&made, "log2_error_upper"),
    );
    assert!((upper.exp2() - 9.9406499e-5).abs() < 1e-12);
    assert!(upper - lower < 2f64.powi(-20));
    assert_eq!(
        (made["depth"].as_u64(), made["levels"].as_u64()),
        (Some(13), Some(13))
    );
    // The same domain, spelt as a union.
    let union = json(&[
        "approx",
        "sign",
        "--degrees",
        "15,15,27",
        "--domain",
        "[-1,-2^-9]U[2^-9,1]",
    ]);
    assert_eq!(union["log2_error_upper"], made["log2_error_upper"]);
}

#[test]
fn margin_of_the_published_tables() {
    let plain = json(&[
        "approx",
        "sign",
        "--degrees",
        "15,15,27",
        "--epsilon",
        "2^-9",
    ]);
    let made = json(&[
        "approx",
        "sign",
        "--degrees",
        "15,15,27",
        "--epsilon",
        "2^-9",
        "--margin",
        "2^-22",
    ]);
    let (without, with) = (
        number(&made, "log2_error_upper"),
        number(&made, "log2_error_upper_with_noise"),
    );
    assert!(without > number(&plain, "log2_error_upper"));
    assert!(with > without && with < without + 0.01);
}

/// The product with x is folded into the last stage: no level of its own.
#[test]
fn levels_of_relu() {
    for (degrees, levels, bits) in [
        ("15,15", 8, -10.01),
        ("7,15,27", 12, -13.34),
        ("29", 5, -7.74),
    ] {
        let made = json(&["approx", "relu", "--degrees", degrees]);
        assert_eq!(made["levels"], levels, "{degrees}");
        assert!(number(&made, "log2_error_upper") < bits, "{degrees}");
    }
}

#[test]
fn least_levels_by_alpha() {
    for (alpha, levels) in [("4", 3), ("6", 4), ("10", 8)] {
        let made = json(&["approx", "relu", "--alpha", alpha]);
        assert!(made["levels"].as_u64().unwrap() <= levels, "α = {alpha}");
        assert!(number(&made, "log2_error_upper") <= -alpha.parse::<f64>().unwrap());
    }
}

#[test]
fn without_offset_zero_stays_zero() {
    let made = json(&["approx", "relu", "--degrees", "7,7", "--no-offset"]);
    assert_eq!(made["offset"], 0.0);
    assert!(number(&made, "log2_error_upper") < -7.0);
}

/// |x| by degree 3 is x² + 1/8.
#[test]
fn exact_answer() {
    let made = json(&["approx", "abs", "--domain", "[-1,1]", "--degrees", "3"]);
    assert!((number(&made, "log2_error_upper") + 3.0).abs() < 1e-6);
    assert!(number(&made, "log2_error_upper") >= -3.0);
}

/// Odd polynomials vanish at 0 with the sine: its relative error is defined there by its limit.
#[test]
fn relative_error_through_a_common_zero() {
    let by = |degree: &str| {
        let args = [
            "approx",
            "sin",
            "--domain",
            "[-1,1]",
            "--degrees",
            degree,
            "--relative",
        ];
        number(&json(&args), "log2_error_upper")
    };
    assert!(by("5") < -17.0 && by("7") < by("5"));
}

#[test]
fn rounded_coefficients_are_the_ones_certified() {
    let by = |round: &str| {
        number(
            &json(&[
                "approx",
                "sigmoid",
                "--domain",
                "[-8,8]",
                "--degrees",
                "15",
                "--round",
                round,
            ]),
            "log2_error_upper",
        )
    };
    let (exact, lattice, grid) = (by("exact"), by("lattice:10"), by("grid:10"));
    assert!(
        exact < lattice && lattice <= grid,
        "{exact} {lattice} {grid}"
    );
}

#[test]
fn all_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made");
    let output = equiripple(&[
        "approx",
        "relu",
        "--degrees",
        "7,7",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(output.status.success());
    let mut names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "coefficients.csv",
            "coefficients.json",
            "error.png",
            "error.svg",
            "function.svg",
            "summary.json"
        ]
    );
    // What was written can be analysed, drawn and exported.
    let table = out.join("coefficients.json");
    let table = table.to_str().unwrap();
    assert_eq!(json(&["analyze", table])["cost"]["depth"], 6);
    let picture = folder.path().join("stages.svg");
    assert!(
        equiripple(&[
            "plot",
            table,
            "--kind",
            "stages",
            "-o",
            picture.to_str().unwrap()
        ])
        .status
        .success()
    );
    assert!(
        std::fs::read_to_string(&picture)
            .unwrap()
            .contains("</svg>")
    );
    for format in [
        "openfhe", "lattigo", "numpy", "sollya", "latex", "markdown", "json",
    ] {
        assert!(
            equiripple(&["export", table, "--format", format])
                .status
                .success(),
            "{format}"
        );
    }
    // A failed run leaves nothing.
    let none = folder.path().join("none");
    let output = equiripple(&[
        "approx",
        "inverse",
        "--domain",
        "[-1,1]",
        "--degrees",
        "5",
        "--out",
        none.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        std::fs::read_dir(&none).map(Iterator::count).unwrap_or(0),
        0
    );
}

#[test]
fn search_finds_the_known_front() {
    let front = json(&["search", "sign", "--alpha", "7"]);
    let best = &front["front"][0];
    assert_eq!(
        (
            best["degrees"].clone(),
            best["depth"].as_u64(),
            best["mults"].as_u64()
        ),
        (serde_json::json!([7, 7, 13]), Some(10), Some(17))
    );
}

#[test]
fn a_table_of_samples() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.csv");
    let text: String = (0..=100)
        .map(|i| f64::from(i) / 50.0 - 1.0)
        .map(|x| format!("{x},{}\n", x.abs()))
        .collect();
    std::fs::write(&path, text).unwrap();
    let out = folder.path().join("made");
    let function = format!("samples:{}", path.display());
    let made = json(&[
        "approx",
        &function,
        "--degrees",
        "3",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!((number(&made, "log2_error_upper") + 3.0).abs() < 1e-2);
    assert!(out.join("error.png").exists());
}

#[test]
fn the_same_request_gives_the_same_coefficients() {
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap().to_string();
        assert!(
            equiripple(&["approx", "relu", "--alpha", "6", "--out", &out])
                .status
                .success()
        );
        let table: serde_json::Value = serde_json::from_slice(
            &std::fs::read(folder.path().join("coefficients.json")).unwrap(),
        )
        .unwrap();
        table["stages"].clone()
    };
    assert_eq!(made(), made());
}
