//! Parity, finiteness, positive weights, and tables.

use super::expr;
use crate::ApproxError;
use crate::domain::Domain;
use crate::target::{Parity, Samples, Target, check_finite, check_positive};

fn domain(text: &str) -> Domain {
    Domain::parse(text, 128).expect(text)
}

#[test]
fn parity_follows_from_the_form() {
    for (text, parity) in [
        ("sign", Some(Parity::Odd)),
        ("abs", Some(Parity::Even)),
        ("gelu", None),
        ("mod1", Some(Parity::Odd)),
        ("inverse", Some(Parity::Odd)),
        ("x*cos(x)+x^3-tanh(x)/2", Some(Parity::Odd)),
        ("exp(-x^2)", Some(Parity::Even)),
        ("sin(x^3)*x", Some(Parity::Even)),
        ("x+1", None),
        ("x^-3", Some(Parity::Odd)),
        ("(x^2)^0.3", Some(Parity::Even)),
        ("x^0.5", None),
        ("max(abs(x),1)", Some(Parity::Even)),
        ("max(x,1)", None),
        ("sqrt(2)", Some(Parity::Even)),
    ] {
        let target: Target = text.parse().expect(text);
        assert_eq!(target.parity(), parity, "{text}");
    }
}

#[test]
fn parity_is_checked_with_a_witness() {
    let check = |text: &str, parity, on: &str| {
        text.parse::<Target>()
            .expect(text)
            .check_parity(parity, &domain(on))
    };
    let sign = "[-1,-2^-9]∪[2^-9,1]";
    assert_eq!(check("sign", Parity::Odd, sign), Ok(()));
    // Even, though nothing in its form says so.
    assert_eq!(
        check("sigmoid(x)+sigmoid(-x)+gelu(x)-x/2", Parity::Even, "[-3,3]"),
        Ok(())
    );
    assert_eq!(check("exp(x)-exp(-x)", Parity::Odd, "[-3,3]"), Ok(()));
    let error = check("x+x^2", Parity::Odd, "[-1,1]")
        .expect_err("not odd")
        .to_string();
    assert!(
        error.contains("f(1) = 2") || error.contains("f(−"),
        "{error}"
    );
    assert!(matches!(
        check("abs", Parity::Odd, sign),
        Err(ApproxError::Parity { .. })
    ));
    assert!(matches!(
        check("sign", Parity::Odd, "[-1,-0.5]∪[0.25,1]"),
        Err(ApproxError::Parity { .. })
    ));
    assert!(matches!(
        check("log(x)", Parity::Odd, "[-1,1]"),
        Err(ApproxError::NonFinite { .. })
    ));
}

#[test]
fn poles_and_undefined_values_are_located() {
    let place = |text: &str, on: &str| match check_finite(&expr(text), &domain(on)) {
        Err(ApproxError::NonFinite { at, .. }) => at.parse::<f64>().expect("a number"),
        other => unreachable!("{text}: {other:?}"),
    };
    for (text, on, at) in [
        ("1/x", "[-1,1]", 0.0),
        ("1/x", "[0,1]", 0.0),
        ("log(x)", "[-1,1]", -1.0),
        ("sqrt(x)", "[-1,1]", -1.0),
        ("tan(x)", "[0,2]", std::f64::consts::FRAC_PI_2),
        ("1/(x-sqrt(2))", "[1,2]", std::f64::consts::SQRT_2),
        ("x/(x^2-3)", "[-1,1]∪[1.5,2]", 3.0_f64.sqrt()),
        ("exp(1/x^2)", "[-1,1]", 0.0),
    ] {
        assert!((place(text, on) - at).abs() < 1e-9, "{text} on {on}");
    }
    for (text, on) in [
        ("1/x", "[-1,-2^-20]∪[2^-20,1]"),
        ("sqrt(1-x^2)", "[-1,1]"),
        ("sqrt(x)", "[0,1]"),
        ("tan(x)", "[-1.57,1.57]"),
        ("log(x)", "[2^-40,1]"),
        ("gelu(x)*softplus(-x)+mod1(x)", "[-50,50]"),
        ("1/(1.0001+sin(7*x))", "[-10,10]"),
        ("exp(x)", "[-1000,1000]"),
    ] {
        assert_eq!(
            check_finite(&expr(text), &domain(on)),
            Ok(()),
            "{text} on {on}"
        );
    }
    for (named, _) in crate::target::Named::list() {
        assert_eq!(
            Target::Named(*named).check_finite(&domain("[2^-10,20]")),
            Ok(()),
            "{named}"
        );
    }
}

#[test]
fn weights_that_touch_zero_are_refused_and_the_check_ends() {
    for (text, on, near) in [
        ("x^2", "[0,1]", 0.0),
        ("x^2", "[-1,1]", 0.0),
        ("x", "[-1,1]", -1.0),
        ("-1", "[0,1]", 0.0),
        ("(x^2-2)^2", "[1,2]", std::f64::consts::SQRT_2),
        ("1+cos(x)", "[0,6]", std::f64::consts::PI),
        ("abs(x-1/3)", "[0,1]", 1.0 / 3.0),
    ] {
        match check_positive(&expr(text), &domain(on)) {
            Err(ApproxError::NonPositiveWeight { at, value }) => {
                let at: f64 = at.parse().expect("a number");
                assert!((at - near).abs() < 1e-6, "{text}: {value} at {at}");
            }
            other => unreachable!("{text}: {other:?}"),
        }
    }
    assert!(matches!(
        check_positive(&expr("1/x"), &domain("[0,1]")),
        Err(ApproxError::NonFinite { .. })
    ));
    for (text, on) in [
        ("1", "[-1,1]"),
        ("x", "[2^-30,1]"),
        ("exp(-50*x^2)", "[-1,1]"),
        ("x^2+1e-20", "[-1,1]"),
        ("1/abs(x)", "[-1,-0.1]∪[0.1,1]"),
        ("1.001+cos(x)", "[0,6]"),
        ("x^4-4*x^3+6*x^2-4*x+1.000001", "[0,2]"),
    ] {
        assert_eq!(check_positive(&expr(text), &domain(on)), Ok(()), "{text}");
    }
}

#[test]
fn tables_are_sorted_and_checked() {
    let table = Samples::parse_csv("# made up\nx, y\n1,2\n\n-1, -2e0\n0.5,1\r\n-0.5,-1\n", 64)
        .expect("a table");
    let xs: Vec<f64> = table.points().iter().map(|(x, _)| x.to_f64()).collect();
    assert_eq!(xs, [-1.0, -0.5, 0.5, 1.0]);
    let target = Target::Samples(table);
    let all = domain("[-1,1]");
    assert_eq!(target.check_parity(Parity::Odd, &all), Ok(()));
    assert!(target.check_parity(Parity::Even, &all).is_err());
    assert_eq!(
        target.eval(&super::float(53, 0.5)).expect("in the table"),
        1
    );
    assert!(matches!(
        target.eval(&super::float(53, 0.6)),
        Err(ApproxError::OutOfRange { .. })
    ));
    let lopsided = Target::Samples(Samples::parse_csv("1,2\n", 64).expect("a table"));
    assert!(lopsided.check_parity(Parity::Odd, &all).is_err());
}

#[test]
fn bad_tables_are_refused_with_their_line() {
    for (text, words) in [
        ("", "at least one"),
        ("x,y\n", "at least one"),
        ("1,2\n1,3\n", "line 2"),
        ("1,2,3\n", "line 1"),
        ("1\n", "line 1"),
        ("1,2\na,b\n", "line 2"),
        ("a,2\n", "line 1"),
        ("0,0\n1,\n", "line 2"),
        ("0,0\n1,nan\n", "line 2"),
        ("inf,0\n", "line 1"),
        ("0,1e999999999999\n", "line 1"),
    ] {
        let error = Samples::parse_csv(text, 64).expect_err(text).to_string();
        assert!(error.contains(words), "{text:?}: {error}");
    }
    assert!(Samples::new(Vec::new()).is_err());
}
