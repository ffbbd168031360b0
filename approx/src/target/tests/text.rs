//! Reading and writing expressions.

use proptest::prelude::*;
use rug::{Float, Rational};

use super::{expr, float};
use crate::ApproxError;
use crate::domain::Domain;
use crate::interval::Interval;
use crate::target::{Expr, Function, Operator, Target, check_finite, check_positive, eval, taylor};

fn value(text: &str) -> f64 {
    eval(&expr(text), &float(80, 2.0)).expect(text).to_f64()
}

#[test]
fn operators_bind_as_in_mathematics() {
    for (text, wanted) in [
        ("1+2*3", 7.0),
        ("(1+2)*3", 9.0),
        ("2-3-4", -5.0),
        ("24/4/3", 2.0),
        ("-2^2", -4.0),
        ("2^-1", 0.5),
        ("2^3^2", 512.0),
        ("-x^2", -4.0),
        ("2^-x^2", 0.0625),
        ("--x", 2.0),
        ("2*-x", -4.0),
        ("max(x,3)-min(x,1)", 2.0),
        ("1.5e1 + .5 + 5.", 20.5),
        ("π/pi", 1.0),
        ("ln(e)", 1.0),
        ("3−x·2", -1.0),
        ("+x", 2.0),
    ] {
        assert!((value(text) - wanted).abs() < 1e-15, "{text}");
    }
}

#[test]
fn literals_are_exact() {
    assert_eq!(expr("0.1").rational(), Some(Rational::from((1, 10))));
    assert_eq!(expr("-0.5e-3").rational(), Some(Rational::from((-1, 2000))));
    assert_eq!(
        expr("2^-9+1/3").rational(),
        Some(Rational::from((515, 1536)))
    );
    assert_eq!(expr("1/0").rational(), None);
    assert_eq!(expr("0^-1").rational(), None);
    assert_eq!(expr("2^1000000000").rational(), None);
    assert_eq!(expr("(-1)^1000000001").rational(), Some(Rational::from(-1)));
    assert_eq!(expr("0^1000000000").rational(), Some(Rational::new()));
    assert_eq!(expr("sqrt(2)").rational(), None);
    assert_eq!(
        eval(&expr("0.1"), &float(90, 0.0)),
        Ok(Float::with_val(90, Float::parse("0.1").expect("decimal")))
    );
}

#[test]
fn errors_name_the_column_and_what_was_expected() {
    for (text, column, word) in [
        ("", 1, "the end"),
        ("1+", 3, "the end"),
        ("2x", 2, "operator"),
        ("sin x", 5, "`(`"),
        ("sin(x", 6, "`)`"),
        ("max(x)", 6, "`,`"),
        ("foo(x)", 1, "unknown name `foo`"),
        ("(x+1))", 6, "operator"),
        ("3*·2", 3, "number"),
        ("ππ", 2, "operator"),
        (".", 1, "digit"),
        ("1e+", 4, "exponent"),
        ("1e99999", 1, "10000"),
        ("x $ 2", 3, "`$`"),
    ] {
        let error = text.parse::<Expr>().expect_err(text);
        let ApproxError::Parse { place, why, .. } = &error else {
            unreachable!("{text}: {error}");
        };
        assert_eq!(*place, format!("column {column}"), "{text}: {why}");
        assert!(why.contains(word), "{text}: {why}");
    }
}

#[test]
fn deep_text_is_refused_without_exhausting_the_stack() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        "2^".repeat(100_000),
        "sin(".repeat(100_000),
        "x+".repeat(100_000) + "x",
        "x*".repeat(5_000) + "x",
    ] {
        assert!(text.parse::<Expr>().is_err());
    }
    let deep = format!("{}x{}", "sin(".repeat(190), ")".repeat(190));
    assert!(eval(&expr(&deep), &float(64, 1.0)).is_ok());
    let long = "x+".repeat(390) + "x";
    assert_eq!(eval(&expr(&long), &float(64, 1.0)).expect("finite"), 391);
}

#[test]
fn targets_are_named_or_expressions() {
    for text in ["sign", "max", "gelu", "mod1"] {
        let target: Target = text.parse().expect(text);
        assert!(matches!(target, Target::Named(_)));
        assert_eq!(target.to_string(), text);
    }
    let target: Target = " x^2 ".parse().expect("an expression");
    assert_eq!(target.to_string(), "x^2");
    assert!("signum".parse::<Target>().is_err());
}

fn trees() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(Expr::X),
        Just(Expr::Pi),
        Just(Expr::E),
        (0..2000u32, 0..4u32).prop_map(|(n, p)| Expr::Number(Rational::from((n, 10u32.pow(p))))),
    ];
    leaf.prop_recursive(6, 60, 2, |inner| {
        let operators = prop::sample::select(vec![
            Operator::Add,
            Operator::Sub,
            Operator::Mul,
            Operator::Div,
            Operator::Pow,
            Operator::Max,
            Operator::Min,
        ]);
        prop_oneof![
            inner.clone().prop_map(|a| Expr::Neg(Box::new(a))),
            (prop::sample::select(Function::ALL.to_vec()), inner.clone())
                .prop_map(|(f, a)| Expr::Call(f, Box::new(a))),
            (operators, inner.clone(), inner).prop_map(|(o, a, b)| Expr::Binary(
                o,
                Box::new(a),
                Box::new(b)
            )),
        ]
    })
}

proptest! {
    #[test]
    fn text_parses_back_to_the_same_tree(tree in trees()) {
        prop_assert_eq!(expr(&tree.to_string()), tree);
    }

    #[test]
    fn negative_and_endless_numbers_keep_their_value(n in -50..50i32, d in 1..50i32) {
        let number = Expr::Number(Rational::from((n, d)));
        let square = Expr::Binary(Operator::Pow, Box::new(number.clone()), Box::new(Expr::Number(Rational::from(2))));
        prop_assert_eq!(expr(&number.to_string()).rational(), number.rational());
        prop_assert_eq!(expr(&square.to_string()).rational(), square.rational());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<Target>();
    }

    #[test]
    fn no_expression_panics(text in "(x|pi|e|[0-9]{1,3}|\\.|e|\\+|-|\\*|/|\\^|\\(|\\)|,|max\\(|sin\\(|exp\\(|log\\(|gelu\\(|mod1\\(|tan\\(| ){0,14}", x in -3.0..3.0f64) {
        if let Ok(parsed) = text.parse::<Expr>() {
            let _ = eval(&parsed, &float(64, x));
            let _ = parsed.parity();
            let wide = Interval::new(float(64, x), float(64, x + 0.5)).expect("ordered");
            if let Ok(jet) = taylor(&parsed, &wide, 4) {
                prop_assert!(jet.coefficients.iter().all(|c| !c.lo().is_nan() && !c.hi().is_nan()));
            }
        }
    }

    #[test]
    fn what_is_proved_of_a_tree_holds_at_points(tree in trees(), x in -3.0..3.0f64, t in 0.0..2.0f64) {
        let on = Domain::interval(float(64, x), float(64, x + 2.0)).expect("an interval");
        // Bits enough that 1 + tanh(−100) is no 0 by rounding, which the check knows to be positive.
        let inside = eval(&tree, &float(4000, x + t));
        prop_assert!(check_finite(&tree, &on).is_err() || inside.is_ok());
        prop_assert!(check_positive(&tree, &on).is_err() || inside.is_ok_and(|value| value > 0));
        let wide = Interval::new(float(64, x), float(64, x + 2.0)).expect("ordered");
        if let (Ok(range), Ok(jet)) = (taylor(&tree, &wide, 5), taylor(&tree, &float(400, x + t), 5)) {
            for (range, value) in range.coefficients.iter().zip(&jet.coefficients) {
                let slack = Float::with_val(400, value.abs_ref()) * 1e-60 + 1e-60;
                let low = Float::with_val(400, range.lo() - &slack);
                let high = Float::with_val(400, range.hi() + &slack);
                prop_assert!(low <= *value && *value <= high, "{tree} on {wide}: {value} not in {range}");
            }
        }
    }
}
