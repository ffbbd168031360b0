//! `net import` and `net show` with files.

use crate::{equiripple, json};
use std::path::Path;

/// What a command prints on success.
fn told(args: &[&str]) -> String {
    let output = equiripple(args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_imported_network_is_the_one_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (plain, folded) = (file("plain.eqr"), file("folded.eqr"));
    let source = ["--arch", "resnet20", "--random", "1"];
    let said = told(&[&["net", "import"], &source[..], &["-o", &plain]].concat());
    assert!(
        said.starts_with("resnet20: 3×32×32 → 10, 75 nodes, 269722 parameters"),
        "{said}"
    );
    told(&[&["net", "import"], &source[..], &["--fold", "-o", &folded]].concat());
    let direct = json(&[&["net", "show"], &source[..]].concat());
    let read = json(&["net", "show", &plain]);
    assert_eq!(read, direct);
    let read = json(&["net", "show", &folded]);
    let names = read["layers"].as_array().unwrap().iter();
    assert!(
        names
            .clone()
            .all(|layer| layer["operation"] != "batch norm")
    );
    assert_eq!(read["levels"], direct["levels"]);
    // A network with the names of PyTorch is no weights file.
    let refused = equiripple(&["net", "show", "--arch", "resnet20", "--weights", &plain]);
    assert_eq!(refused.status.code(), Some(2));
    // Written again it is the same file.
    let again = file("again.eqr");
    told(&["net", "import", &plain, "-o", &again]);
    assert_eq!(
        std::fs::read(&again).unwrap(),
        std::fs::read(&plain).unwrap()
    );
}

#[test]
fn quadratics_are_imported_as_squares() {
    let folder = tempfile::tempdir().unwrap();
    let squares = folder.path().join("squares.eqr");
    let squares = squares.to_str().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nn/onnx/square.onnx");
    let model = model.to_str().unwrap();
    told(&["net", "import", model, "--fold-squares", "-o", squares]);
    let read = json(&["net", "show", squares]);
    let layers = read["layers"].as_array().unwrap().iter();
    let operations: Vec<&str> = layers.map(|l| l["operation"].as_str().unwrap()).collect();
    // 1 − (x − 1)²/2: without a layer beside, its shift and its factor are nodes of their own.
    assert_eq!(
        operations,
        ["input", "batch norm", "quadratic", "batch norm"]
    );
}

#[test]
fn a_picture_shows_every_layer_once() {
    let folder = tempfile::tempdir().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nn/onnx/residual.onnx");
    let (svg, png) = (folder.path().join("net.svg"), folder.path().join("net.png"));
    for picture in [&svg, &png] {
        told(&[
            "net",
            "show",
            model.to_str().unwrap(),
            "--out",
            picture.to_str().unwrap(),
        ]);
    }
    let text = std::fs::read_to_string(svg).unwrap();
    assert_eq!(text.matches("convolution 3×3 pad 1").count(), 2);
    assert!(std::fs::read(png).unwrap().starts_with(b"\x89PNG"));
}
