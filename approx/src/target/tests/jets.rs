//! Jets against closed forms, divided differences at high precision, and each other.

use std::time::Instant;

use proptest::prelude::*;
use rug::{Float, Rational};

use super::{expr, float};
use crate::interval::Interval;
use crate::target::{Expr, Function, Named, enclose, enclose_centered, eval, eval_f64, taylor};

fn jet(text: &str, center: f64, order: usize) -> Vec<Float> {
    taylor(&expr(text), &float(200, center), order)
        .expect(text)
        .coefficients
}

fn close(a: &Float, b: &Float, bits: u32) -> bool {
    let scale = b.clone().abs().max(&float(b.prec(), 1e-30));
    Float::with_val(b.prec(), a - b).abs() <= scale >> bits
}

/// The first coefficients as fractions.
fn assert_series(text: &str, center: f64, expected: &[(i32, i32)]) {
    let coefficients = jet(text, center, expected.len() - 1);
    for (k, ((n, d), found)) in expected.iter().zip(&coefficients).enumerate() {
        let wanted = Float::with_val(200, &Rational::from((*n, *d)));
        assert!(
            close(found, &wanted, 180),
            "{text}: order {k} is {found}, not {n}/{d}"
        );
    }
}

#[test]
fn known_series() {
    assert_series(
        "exp(x)",
        0.0,
        &[(1, 1), (1, 1), (1, 2), (1, 6), (1, 24), (1, 120)],
    );
    assert_series("1/(1-x)", 0.0, &[(1, 1); 12]);
    assert_series("inverse(1+x)", 0.0, &[(1, 1), (-1, 1), (1, 1), (-1, 1)]);
    assert_series(
        "tanh(x)",
        0.0,
        &[
            (0, 1),
            (1, 1),
            (0, 1),
            (-1, 3),
            (0, 1),
            (2, 15),
            (0, 1),
            (-17, 315),
        ],
    );
    assert_series(
        "tan(x)",
        0.0,
        &[
            (0, 1),
            (1, 1),
            (0, 1),
            (1, 3),
            (0, 1),
            (2, 15),
            (0, 1),
            (17, 315),
        ],
    );
    assert_series(
        "sqrt(1+x)",
        0.0,
        &[(1, 1), (1, 2), (-1, 8), (1, 16), (-5, 128)],
    );
    assert_series("invsqrt(1+x)", 0.0, &[(1, 1), (-1, 2), (3, 8), (-5, 16)]);
    assert_series("(1+x)^(1/3)", 0.0, &[(1, 1), (1, 3), (-1, 9), (5, 81)]);
    assert_series("(1+x)^-2", 0.0, &[(1, 1), (-2, 1), (3, 1), (-4, 1)]);
    assert_series("log(1+x)", 0.0, &[(0, 1), (1, 1), (-1, 2), (1, 3), (-1, 4)]);
    assert_series(
        "atan(x)",
        0.0,
        &[(0, 1), (1, 1), (0, 1), (-1, 3), (0, 1), (1, 5)],
    );
    assert_series("sin(x)", 0.0, &[(0, 1), (1, 1), (0, 1), (-1, 6)]);
    assert_series("cosh(x)", 0.0, &[(1, 1), (0, 1), (1, 2), (0, 1), (1, 24)]);
    assert_series(
        "sigmoid(x)",
        0.0,
        &[(1, 2), (1, 4), (0, 1), (-1, 48), (0, 1), (1, 480)],
    );
    assert_series(
        "erf(x)*sqrt(pi)/2",
        0.0,
        &[(0, 1), (1, 1), (0, 1), (-1, 3), (0, 1), (1, 10)],
    );
    assert_series(
        "x^3",
        2.0,
        &[(8, 1), (12, 1), (6, 1), (1, 1), (0, 1), (0, 1)],
    );
    assert_series(
        "(x^2-x)^3",
        1.0,
        &[
            (0, 1),
            (0, 1),
            (0, 1),
            (1, 1),
            (3, 1),
            (3, 1),
            (1, 1),
            (0, 1),
        ],
    );
    assert_series(
        "abs(x)-max(x,1)+min(x,1)+relu(x)+sign(x)+mod1(x)",
        -0.25,
        &[(-9, 4), (1, 1), (0, 1)],
    );
    assert_series("0/(1+x^2)", 0.5, &[(0, 1), (0, 1)]);
}

/// `f[c, c+h, …, c+kh] = f^{(k)}(ξ)/k!` for a ξ within kh of c.
fn divided_difference(expr: &Expr, center: &Float, k: u32, log2_h: u32) -> Float {
    let prec = center.prec();
    let h = Float::with_val(prec, 1) >> log2_h;
    let mut table: Vec<Float> = (0..=k)
        .map(|i| eval(expr, &(Float::with_val(prec, &h * i) + center)).expect("finite"))
        .collect();
    for level in 1..=k {
        for i in 0..=(k - level) as usize {
            let rise = Float::with_val(prec, &table[i + 1] - &table[i]);
            table[i] = rise / Float::with_val(prec, &h * level);
        }
    }
    table.swap_remove(0)
}

fn check_differences(expr: &Expr, center: f64) {
    let order = 6;
    let Ok(jet) = taylor(expr, &float(256, center), order as usize) else {
        return;
    };
    assert!(jet.smooth, "{expr} at {center}");
    for k in 0..=order {
        let difference = divided_difference(expr, &float(1600, center), k, 130);
        let difference = Float::with_val(256, &difference);
        let found = &jet.coefficients[k as usize];
        assert!(
            close(found, &difference, 90),
            "{expr} at {center}, order {k}: {found} against {difference}"
        );
    }
}

#[test]
fn every_function_agrees_with_its_divided_differences() {
    for function in Function::ALL {
        for center in [-9.7, -2.3, -0.7, -0.01, 0.013, 0.4, 1.3, 3.1, 11.2] {
            check_differences(&Expr::call_x(*function), center);
        }
    }
    for (named, _) in Named::list() {
        check_differences(&named.expr(), 0.3);
        check_differences(&named.expr(), 2.6);
    }
    for text in [
        "x^x",
        "2^x",
        "x^pi",
        "exp(-x^2)*cos(3*x)/(1+x^4)",
        "gelu(sin(x)-x^2)",
        "log(1+exp(sqrt(1+x^2)))^3",
        "tanh(x)/x-sigmoid(x)^-3",
        "e^(2*x)",
        "(1+x^2)^0.35",
    ] {
        check_differences(&expr(text), 0.8);
        check_differences(&expr(text), 1.9);
    }
}

#[test]
fn tails_neither_overflow_nor_cancel() {
    for (text, center) in [
        ("sigmoid(x)", -1e5),
        ("sigmoid(x)", 1e5),
        ("softplus(x)", -1e5),
        ("softplus(x)", 1e7),
        ("gelu(x)", -300.0),
        ("silu(x)", 1e6),
        ("tanh(x)", -1e6),
        ("erfc(x)", 1e3),
    ] {
        let jet = taylor(&expr(text), &float(128, center), 5).expect(text);
        assert!(jet.coefficients.iter().all(Float::is_finite), "{text}");
        let range = enclose(
            &expr(text),
            &Interval::point(float(128, center)).expect("finite"),
        )
        .expect(text);
        assert!(
            range.is_finite() && range.contains(&jet.coefficients[0]),
            "{text}"
        );
    }
    // gelu and the slope of tanh keep their digits where 1 + erf and 1 − tanh² have none left.
    let gelu = &jet("gelu(x)", -30.0, 0)[0];
    assert!(*gelu < 0 && *gelu > -1e-190);
    let slope = &jet("tanh(x)", 100.0, 1)[1];
    let wanted = (float(200, -200.0).exp()) * 4u32;
    assert!(close(&(slope.clone() / &wanted), &float(200, 1.0), 190));
}

#[test]
fn kinks_leave_the_value_and_say_so() {
    let wide = Interval::new(float(64, -1.0), float(64, 2.0)).expect("ordered");
    for (text, low, high) in [
        ("abs(x)", 0.0, 2.0),
        ("sign(x)", -1.0, 1.0),
        ("relu(x)", 0.0, 2.0),
        ("max(x,1)", 1.0, 2.0),
        ("min(x,1)", -1.0, 1.0),
        ("mod1(x)", -0.5, 0.5),
        ("1+2*abs(x)", 1.0, 5.0),
        ("sqrt(abs(x)+1)", 1.0, 3.0_f64.sqrt()),
    ] {
        let jet = taylor(&expr(text), &wide, 9).expect(text);
        assert!(!jet.smooth && jet.coefficients.len() == 1, "{text}");
        let (lo, hi) = (
            jet.coefficients[0].lo().to_f64(),
            jet.coefficients[0].hi().to_f64(),
        );
        assert!(
            (lo - low).abs() < 1e-15 && (hi - high).abs() < 1e-15,
            "{text}: [{lo}, {hi}]"
        );
    }
    assert!(
        !taylor(
            &expr("sqrt(x)"),
            &Interval::new(float(64, 0.0), float(64, 1.0)).expect("ordered"),
            3
        )
        .expect("value")
        .smooth
    );
    assert!(
        !taylor(&expr("abs(x)"), &float(64, 0.0), 3)
            .expect("value")
            .smooth
    );
    assert!(
        !taylor(&expr("mod1(x)"), &float(64, 0.5), 3)
            .expect("value")
            .smooth
    );
    let right = Interval::new(float(64, 0.0), float(64, 1.0)).expect("ordered");
    assert!(
        taylor(&expr("abs(x)+relu(-x)"), &right, 3)
            .expect("smooth")
            .smooth
    );
}

#[test]
fn undefined_parts_are_named() {
    for (text, center, part) in [
        ("1/x", 0.0, "1/x"),
        ("2+log(x-1)", 0.5, "log(x-1)"),
        ("sqrt(-x)", 2.0, "sqrt(-x)"),
        ("x^-1", 0.0, "x^-1"),
        ("(-x)^0.5", 1.0, "(-x)^0.5"),
        ("exp(exp(exp(x)))", 9.0, "exp(exp(exp(x)))"),
        ("sin(10^30000)", 1.0, "sin(10^30000)"),
    ] {
        let error = taylor(&expr(text), &float(64, center), 4)
            .expect_err(text)
            .to_string();
        assert!(error.starts_with(part), "{text}: {error}");
        assert!(eval(&expr(text), &float(64, center)).is_err());
    }
    assert!(
        taylor(
            &expr("1/x"),
            &Interval::new(float(64, -1.0), float(64, 1.0)).expect("ordered"),
            0
        )
        .is_err()
    );
}

#[test]
fn doubles_agree_with_mpfr() {
    for function in Function::ALL {
        let f = Expr::call_x(*function);
        for k in -600..=600 {
            let x = f64::from(k) * 0.0437 + 0.001;
            let found = eval_f64(&f, x);
            match eval(&f, &float(53, x)) {
                Ok(value) => {
                    let value = value.to_f64();
                    let error = (found - value).abs() / value.abs().max(f64::MIN_POSITIVE);
                    // The rounding of x/√2 is amplified by the decay of the tail.
                    let bound = if *function == Function::Gelu {
                        2e-13
                    } else {
                        1e-14
                    };
                    assert!(error < bound, "{function}({x}) = {found}, not {value}");
                }
                Err(_) => assert!(!found.is_finite(), "{function}({x})"),
            }
        }
    }
}

const SHAPES: &[&str] = &[
    "gelu(x)",
    "tanh(x)",
    "sigmoid(x)*x",
    "softplus(2*x)",
    "exp(-x^2)",
    "sin(3*x)",
    "cos(x)/(2+x^2)",
    "sqrt(x+31)",
    "log(x+31)",
    "erf(x)-x",
    "1/(x+31)",
    "(x+31)^-2.5",
    "atan(x)",
    "tan(x/40)",
    "x^7-3*x^4",
    "abs(x)",
    "max(x,sin(x))",
    "mod1(x)",
    "sinh(x/5)",
    "cosh(x/7)",
    "(x+31)^(x/9)",
    "(x^2-1)^3",
    "(x^2+1)^-3",
];

proptest! {
    #[test]
    fn interval_jets_enclose_float_jets(shape in 0..SHAPES.len(), lo in -30.0..30.0f64, width in prop_oneof![Just(0.0), 1e-9..1e-3f64, 0.01..2.0f64], t in 0.0..=1.0f64) {
        let f = expr(SHAPES[shape]);
        let x = Interval::new(float(80, lo), float(80, lo) + width).expect("ordered");
        let inside = (float(300, width) * t + lo).clamp(x.lo(), x.hi());
        let wide = taylor(&f, &x, 8).expect("defined");
        let exact = taylor(&f, &inside, 8).expect("defined");
        let centered = enclose_centered(&f, &x).expect("defined");
        prop_assert!(wide.coefficients[0].contains_interval(&centered));
        prop_assert!(centered.with_prec(70).contains(&exact.coefficients[0]), "{} on {}: {}", f, x, centered);
        for (k, (range, value)) in wide.coefficients.iter().zip(&exact.coefficients).enumerate() {
            // The value is rounded at 300 bits, the range at 80.
            let slack: Float = (Float::with_val(300, value.abs_ref()) >> 250_u32) + 1e-80_f64;
            let widened = range.add(&Interval::new(float(300, 0.0) - &slack, slack.clone()).expect("ordered"));
            prop_assert!(widened.contains(value), "{} on {}, order {}: {} not in {}", f, x, k, value, range);
        }
    }
}

/// Ten times the budget (1 ms and 5 ms), for slow machines.
#[test]
fn gelu_jets_are_fast() {
    let f = expr("gelu(x)");
    let center = float(256, 0.7);
    let wide = Interval::new(center.clone(), float(256, 0.8)).expect("ordered");
    let time = |run: &dyn Fn()| {
        let start = Instant::now();
        for _ in 0..20 {
            run();
        }
        start.elapsed().as_secs_f64() * 50.0
    };
    let float_ms = time(&|| drop(taylor(&f, &center, 30)));
    let interval_ms = time(&|| drop(taylor(&f, &wide, 30)));
    assert!(
        float_ms < 10.0 && interval_ms < 50.0,
        "float {float_ms} ms, interval {interval_ms} ms"
    );
}
