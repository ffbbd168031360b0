//! The bounds beside those of the program `sollya`, where it is installed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

/// What the program prints for a script, `None` where it is not installed.
fn run(script: &str) -> Option<String> {
    let mut child = Command::new("sollya")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(script.as_bytes())
        .expect("the script is read");
    let output = child.wait_with_output().expect("the program ends");
    Some(String::from_utf8(output.stdout).expect("plain text"))
}

/// The polynomial as fractions, exact or off by far less than the bounds can tell.
fn horner(p: &Chebyshev) -> String {
    let monomial = p.to_monomial(1024);
    let (mut text, mut closing) = (String::new(), String::new());
    for c in &monomial {
        let exact = c.to_rational().expect("finite");
        write!(text, "({}/{})+x*(", exact.numer(), exact.denom()).expect("memory");
        closing.push(')');
    }
    format!("{text}0{closing}")
}

#[test]
fn both_programs_find_the_same_sup_norm() {
    let cases: &[(&str, &str, f64, f64)] = &[
        ("exp(x)", "exp(x)", -1.0, 1.0),
        ("sin(x)", "sin(x)", 0.25, 2.0),
        ("log(x)", "log(x)", 1.25, 2.0),
        ("sqrt(x)", "sqrt(x)", 0.5, 2.0),
        ("1/x", "1/x", 0.5, 2.0),
        ("erf(x)", "erf(x)", 0.125, 1.0),
        ("sigmoid(x)", "1/(1+exp(-x))", -2.0, 2.0),
        ("atan(x)", "atan(x)", 0.25, 1.0),
        ("cosh(x)-tan(x)", "cosh(x)-tan(x)", -1.0, 0.5),
        ("exp(sin(3*x))", "exp(sin(3*x))", -1.0, 1.0),
    ];
    let mut script = String::from("verbosity=0!;\nprec=165!;\n");
    let mut expected = vec![];
    for (ours, theirs, lo, hi) in cases {
        for (nodes, kind) in [(5, "absolute"), (8, "relative")] {
            // The relative error needs a target without zeros.
            let kind = if ours.contains("tan(x)") && *lo < 0.0 {
                "absolute"
            } else {
                kind
            };
            let function = target(ours);
            let full = interpolant(&function, *lo, *hi, nodes, 200);
            let p = full.map_coeffs(|c| Float::with_val(53, c));
            writeln!(
                script,
                "r=supnorm({},{theirs},[{lo};{hi}],{kind},2^(-20)); print(inf(r)); print(sup(r));",
                horner(&p)
            )
            .expect("memory");
            let weight = if kind == "relative" {
                Weight::Relative
            } else {
                Weight::One
            };
            let sup = certify(ours, &p, &format!("[{lo},{hi}]"), weight).expect(ours);
            expected.push((ours, kind, sup));
        }
    }
    let Some(output) = run(&script) else {
        assert!(std::env::var_os("CI").is_none(), "sollya must be installed");
        return;
    };
    let values: Vec<Float> = output
        .lines()
        .map(|line| Float::with_val(200, Float::parse(line.trim()).expect(line)))
        .collect();
    assert_eq!(values.len(), 2 * expected.len(), "{output}");
    for (theirs, (f, kind, sup)) in values.chunks(2).zip(&expected) {
        let ours = &sup.bounds;
        assert!(
            ours.lower <= theirs[1] && theirs[0] <= ours.upper,
            "{f} {kind}: {ours:?} {theirs:?}"
        );
    }
}
