//! What cannot be certified ends in the error that says so.

use super::*;
use crate::ApproxError;

fn refusal(f: &str, p: &Chebyshev, on: &str, weight: Weight<'_>) -> ApproxError {
    certify(f, p, on, weight).expect_err(f)
}

#[test]
fn a_jump_ends_uncertified() {
    let line = polynomial(&[0.25, 1.5]);
    for f in ["sign(x)", "sign(x-0.3)", "mod1(x)", "x*sign(x-1/3)"] {
        let error = refusal(f, &line, "[-1,1]", Weight::One);
        assert!(
            matches!(error, ApproxError::Uncertified { .. }),
            "{f}: {error}"
        );
    }
    // Off the jump all is well.
    assert!(certify("sign(x)", &line, "[-1,-0.1]∪[0.1,1]", Weight::One).is_ok());
}

#[test]
fn a_pole_is_not_finite() {
    let line = polynomial(&[0.25, 1.5]);
    for (f, on) in [
        ("1/x", "[-1,0.3]"),
        ("log(x)", "[0,1]"),
        ("1/(x-1/3)", "[0,1]"),
    ] {
        let error = refusal(f, &line, on, Weight::One);
        assert!(
            matches!(error, ApproxError::NonFinite { .. }),
            "{f}: {error}"
        );
    }
    let weight = expr("1/sin(x)");
    let error = refusal("cos(x)", &line, "[-1,1]", Weight::Function(&weight));
    assert!(matches!(error, ApproxError::NonFinite { .. }), "{error}");
}

#[test]
fn an_unbounded_relative_error_is_not_finite() {
    let constant = polynomial(&[0.25]);
    for (f, on) in [
        ("sin(x)", "[-1,1]"),
        ("sin(x)", "[3,4]"),
        ("log(x)", "[0.3,1.9]"),
        ("x^2", "[-0.3,1]"),
        ("relu(x)", "[-1,1]"),
    ] {
        let error = refusal(f, &constant, on, Weight::Relative);
        assert!(
            matches!(error, ApproxError::NonFinite { .. }),
            "{f}: {error}"
        );
    }
}

#[test]
fn a_relative_error_that_stays_open_is_uncertified() {
    // The target vanishes at a number that no float holds, and the approximant does within 2^-120 of it.
    let root = Float::with_val(128, 0.5).sqrt();
    let p = Chebyshev::from_monomial(
        Parity::Full,
        float(-1.0),
        float(1.0),
        &[-root, Float::with_val(64, 1)],
        128,
    )
    .expect("a series");
    let error = refusal("x^2-1/2", &p, "[0,1]", Weight::Relative);
    assert!(
        matches!(
            error,
            ApproxError::NonFinite { .. } | ApproxError::Uncertified { .. }
        ),
        "{error}"
    );
    // Zero beside zero, but a kink in both.
    let error = refusal(
        "abs(x)",
        &polynomial(&[0.0, 0.5]),
        "[-1,1]",
        Weight::Relative,
    );
    assert!(matches!(error, ApproxError::Uncertified { .. }), "{error}");
}

#[test]
fn the_time_limit_is_kept() {
    let p = polynomial(&[0.25, 1.5]);
    let budget = Budget::seconds(1e-9).expect("a budget");
    let on = domain("[0,1]");
    let error = function_error(
        &target("exp(x)"),
        Weight::One,
        Approximant::Series(&p),
        &on,
        budget,
    )
    .expect_err("too late");
    assert!(matches!(error, ApproxError::TimeLimit { .. }), "{error}");
}
