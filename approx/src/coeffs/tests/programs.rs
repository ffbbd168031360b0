//! Exports, run by the programs they are written for.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use rug::Float;

use super::{everything, monomial, points};
use crate::coeffs::{CoefficientTable, Format};

/// Standard output of a program that is fed `input`; `None` if it is not installed.
fn run(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.ok()?;
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A missing program passes at a desk and fails in continuous integration.
fn missing(program: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "{program} is not installed"
    );
}

fn compare(output: &str, table: &CoefficientTable, tolerance: f64) {
    let values: Vec<&str> = output.split_whitespace().collect();
    assert_eq!(values.len(), points().len(), "{output}");
    for (x, found) in points().into_iter().zip(values) {
        let found = Float::with_val(200, Float::parse(found).unwrap());
        let expected = table.eval(&Float::with_val(53, x), 300).unwrap();
        let difference = Float::with_val(64, &found - &expected).abs();
        assert!(difference < tolerance, "{x}: {found} for {expected}");
    }
}

#[test]
fn the_header_compiles_and_computes_the_same() {
    for (i, table) in [everything(), monomial()].into_iter().enumerate() {
        let mut source = Format::OpenFhe.export(&table, "relu 13").unwrap();
        source.push_str("#include <cstdio>\nint main() {\n");
        for x in points() {
            source.push_str(&format!(
                "  std::printf(\"%.17g\\n\", relu_13_plain({x:?}));\n"
            ));
        }
        source.push_str("}\n");
        let name = format!("equiripple-header-{}-{i}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let out = path.to_str().unwrap();
        let flags = [
            "-std=c++17",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-x",
            "c++",
            "-",
            "-o",
            out,
        ];
        if run("g++", &flags, &source).is_none() {
            return missing("g++");
        }
        let output = run(out, &[], "").unwrap();
        std::fs::remove_file(&path).unwrap();
        compare(&output, &table, 1e-12);
    }
}

#[test]
fn the_module_computes_the_same() {
    let has_numpy = |python: &&str| {
        let found = Command::new(python).args(["-c", "import numpy"]).output();
        found.is_ok_and(|o| o.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_numpy) else {
        return missing("python3 with numpy");
    };
    for table in [everything(), monomial()] {
        let mut source = Format::Numpy.export(&table, "relu").unwrap();
        source.push_str(&format!(
            "for y in evaluate({:?}):\n    print(repr(float(y)))\n",
            points()
        ));
        let output = run(python, &["-"], &source).unwrap();
        compare(&output, &table, 1e-12);
    }
}

#[test]
fn the_script_computes_the_same() {
    for table in [everything(), monomial()] {
        let script = Format::Sollya.export(&table, "relu").unwrap();
        for call in ["relu_evaluate", "f"] {
            let mut source = format!("{script}f = relu_function();\n");
            for x in points() {
                source.push_str(&format!("print(round({call}({x:?}), 200, RN));\n"));
            }
            source.push_str("quit;\n");
            let Some(output) = run("sollya", &["--noprompt", "--warnonstderr"], &source) else {
                return missing("sollya");
            };
            compare(&output, &table, 1e-40);
        }
    }
}
