//! Claims that hold, and claims that do not.

use std::path::PathBuf;

use equiripple_approx::{
    certify::Extrema,
    poly::{Chebyshev, Parity},
    remez::{Budget, sign::minimax},
};
use rug::Float;

use super::equiripple;

/// Odd monomial coefficients, one to a line.
fn lines(polys: &[Chebyshev]) -> String {
    let mut text = String::new();
    for p in polys {
        for c in p.to_monomial(256).iter().skip(1).step_by(2) {
            text += &format!("{}\n", c.to_string_radix(10, Some(60)));
        }
    }
    text
}

struct Files {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn file(text: &str) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coefficients.txt");
    std::fs::write(&path, text).unwrap();
    Files {
        path,
        _folder: folder,
    }
}

fn verdict(
    text: &str,
    degrees: &str,
    function: &str,
    alpha: &str,
    scale: &str,
) -> (i32, serde_json::Value) {
    let files = file(text);
    let args = [
        "audit",
        "--coefficients",
        files.path.to_str().unwrap(),
        "--degrees",
        degrees,
        "--function",
        function,
        "--alpha",
        alpha,
        "--input-scale",
        scale,
        "--json",
    ];
    let output = equiripple(&args);
    (
        output.status.code().unwrap(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

fn odd(degree: usize, lo: f64, hi: f64) -> Chebyshev {
    minimax(
        degree,
        &Float::with_val(53, lo),
        &Float::with_val(53, hi),
        None,
        Budget::unlimited(),
    )
    .unwrap()
    .poly
}

/// Designs made for inputs up to 2, used with inputs up to 1.
#[test]
fn input_scale_of_published_designs() {
    for (degree, lo, alpha) in [(5, 0.625, "4"), (13, 0.3125, "5")] {
        let text = lines(&[odd(degree, lo, 2.0)]);
        let (code, refuted) = verdict(&text, &degree.to_string(), "relu", alpha, "1");
        assert_eq!(
            (code, refuted["verdict"].as_str()),
            (1, Some("refuted")),
            "degree {degree}"
        );
        assert!(
            refuted["error_at_witness"].as_f64().unwrap() > (-alpha.parse::<f64>().unwrap()).exp2()
        );
        let (code, certified) = verdict(&text, &degree.to_string(), "relu", alpha, "2");
        assert_eq!(
            (code, certified["verdict"].as_str()),
            (0, Some("certified")),
            "degree {degree}"
        );
    }
}

/// A domain recursion that takes the smaller of the two one-sided errors makes the next stage for too small a range.
#[test]
fn smaller_one_sided_error_is_refuted() {
    // Coefficients rounded coarsely, so that the two sides differ.
    let first = odd(15, 2f64.powi(-9), 1.0).map_coeffs(|c| Float::with_val(4, c));
    let sides = |p: &Chebyshev, lo: f64, hi: f64| {
        let (lo, hi) = (Float::with_val(53, lo), Float::with_val(53, hi));
        let range = Extrema::new(p, &lo, &hi, 192).unwrap().range(&lo, &hi);
        (1.0 - range.outer.0.to_f64(), range.outer.1.to_f64() - 1.0)
    };
    let (below, above) = sides(&first, 2f64.powi(-9), 1.0);
    let (small, large) = (below.min(above), below.max(above));
    assert!(
        large > small * 1.02,
        "the sides must differ: {below} {above}"
    );
    for (e, sound) in [(small, false), (large, true)] {
        let second = odd(27, 1.0 - e, 1.0 + e);
        let (below, above) = sides(&second, 1.0 - e, 1.0 + e);
        // The error that this recursion claims, as the α of a sign.
        let claimed = below.max(above) * (1.0 + 1e-9);
        let alpha = format!("{}", 1.0 - claimed.log2());
        let text = lines(&[first.clone(), second]);
        let (code, _) = verdict(&text, "15,27", "sign", &alpha, "1");
        assert_eq!(code, i32::from(!sound), "half-width {e}");
    }
}

/// The audit reads what the project writes, folded product and all.
#[test]
fn own_tables_are_certified_and_overclaims_refuted() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert!(
        equiripple(&["approx", "relu", "--degrees", "7,7", "--out", out])
            .status
            .success()
    );
    let table = folder.path().join("coefficients.csv");
    for (alpha, code) in [("7.9", 0), ("8", 1)] {
        let output = equiripple(&[
            "audit",
            "--coefficients",
            table.to_str().unwrap(),
            "--function",
            "relu",
            "--alpha",
            alpha,
        ]);
        assert_eq!(output.status.code(), Some(code), "α = {alpha}");
    }
}

/// A series with even terms is judged on both sides of zero.
#[test]
fn even_terms_are_seen() {
    let p = Chebyshev::on_unit(
        Parity::Full,
        [0.0, 1.5, 0.25, -0.1]
            .map(|c| Float::with_val(53, c))
            .to_vec(),
    );
    let text: String = p
        .to_monomial(64)
        .iter()
        .map(|c| format!("{}\n", c.to_string_radix(10, Some(30))))
        .collect();
    let (code, audit) = verdict(&text, "3", "sign", "2", "1");
    assert_eq!(code, 1);
    // At −1 the odd part is −1.4 and the even part ¼: the error there is smaller than at +1.
    assert!(audit["witness"].as_f64().is_some());
}
