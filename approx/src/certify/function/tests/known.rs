//! Errors with a closed form.

use rug::float::Constant;
use rug::ops::Pow;

use super::*;
use crate::target::Samples;

#[test]
fn the_best_quadratic_to_the_modulus_errs_by_an_eighth() {
    let p = polynomial(&[0.125, 0.0, 1.0]);
    let sup = absolute("abs(x)", &p, "[-1,1]");
    assert_eq!(sup.bounds.lower, 0.125);
    assert!(holds(&absolute("2*relu(x)-x", &p, "[-1,1]"), &float(0.125)));
    // The same with the kink where no split of the domain falls.
    let shifted = polynomial(&[0.125 + 0.09, -0.6, 1.0]);
    let sup = absolute("abs(x-0.3)", &shifted, "[-0.7,1.3]");
    assert!((sup.bounds.lower.to_f64() - 0.125).abs() < 1e-7, "{sup:?}");
}

#[test]
fn powers_err_by_a_chebyshev_polynomial() {
    for n in [2usize, 5, 12, 31, 64] {
        // x^n − T_n/2^{n−1} is the best approximation of lower degree.
        let mut coefficients = vec![float(0.0); n + 1];
        coefficients[n] = float(1.0);
        let wide = Chebyshev::on_unit(Parity::Full, coefficients).to_monomial(256);
        let scaled: Vec<_> = wide[..n]
            .iter()
            .map(|c| -Float::with_val(256, c >> (n as u32 - 1)))
            .collect();
        let p = Chebyshev::from_monomial(Parity::Full, float(-1.0), float(1.0), &scaled, 512)
            .expect("a polynomial");
        let sup = absolute(&format!("x^{n}"), &p, "[-1,1]");
        assert!(holds(&sup, &(float(1.0) >> (n as u32 - 1))), "{n}: {sup:?}");
    }
}

#[test]
fn the_taylor_polynomial_of_exp_errs_most_at_the_end() {
    let mut factorial = float(1.0);
    let mut coefficients = vec![];
    let mut rest = Float::with_val(400, 1).exp();
    for k in 0..31u32 {
        factorial *= k.max(1);
        let term = Float::with_val(400, 1) / &factorial;
        rest -= &term;
        coefficients.push(term);
    }
    let p = Chebyshev::from_monomial(Parity::Full, float(0.0), float(1.0), &coefficients, 400)
        .expect("a polynomial");
    let sup = absolute("exp(x)", &p, "[0,1]");
    // 1/31! and a little: exactly what the partial sums leave of e, to the 64 bits of the factorials.
    assert!(holds(&sup, &rest), "{sup:?} {rest}");
    assert_eq!(sup.at, 1);
}

#[test]
fn an_error_that_is_zero_is_zero() {
    let p = polynomial(&[0.5, 0.0, -3.0, 1.0]);
    let sup = absolute("x^3-3*x^2+1/2", &p, "[-1,0.75]");
    assert!(sup.bounds.upper.is_zero() && sup.bounds.lower.is_zero());
}

#[test]
fn weights_scale_the_error() {
    let p = polynomial(&[0.0, 1.0]);
    let weighted =
        |f: &str, w: &str, on: &str| certify(f, &p, on, Weight::Function(&expr(w))).expect(f);
    // (x + 1 − x)/(1 + x²) = 1/(1+x²)
    assert!(holds(&weighted("x+1", "1/(1+x^2)", "[-1,2]"), &float(1.0)));
    assert!(holds(
        &weighted("x+x^2", "-exp(-x)", "[0,9]"),
        &(float(-2.0).exp() * 4u32)
    ));
    // A weight with a kink off the splits: the largest value lies on it.
    let sup = weighted("x+1", "2-abs(x-0.3)", "[-1,1]");
    assert!((sup.bounds.lower.to_f64() - 2.0).abs() < 1e-6, "{sup:?}");
    let sup = weighted("sqrt(x)+x", "sqrt(x)", "[0,2]");
    assert!(holds(&sup, &float(2.0)), "{sup:?}");
}

#[test]
fn relative_errors_pass_through_common_zeros() {
    let cubic = polynomial(&[0.0, 1.0, 0.0, -0.125]);
    let sup = certify("sin(x)", &cubic, "[-1,1]", Weight::Relative).expect("bounded");
    let end = 1.0 - 0.875 / 1f64.sin();
    assert!(sup.bounds.lower.to_f64() > end.abs() - 1e-9);
    // The limit at the zero itself is the largest value: 1 − ½.
    let half = polynomial(&[0.0, 0.5]);
    for on in ["[-0.5,0.5]", "[0,0.5]", "[-0.25,0.5]"] {
        let sup = certify("tanh(x)", &half, on, Weight::Relative).expect("bounded");
        assert!(holds(&sup, &float(0.5)), "{sup:?}");
        let sup = certify("sin(2*x)", &half, on, Weight::Relative).expect("bounded");
        assert!(holds(&sup, &float(0.75)), "{sup:?}");
    }
    let sup = certify("x", &half, "[-0.5,1]", Weight::Relative).expect("bounded");
    assert!(holds(&sup, &float(0.5)), "{sup:?}");
    // A zero at 1.
    let line = polynomial(&[-1.0, 1.0]);
    let sup = certify("log(x)", &line, "[0.7,1.9]", Weight::Relative).expect("bounded");
    let end = Float::with_val(128, 0.9) / Float::with_val(128, 1.9).ln() - 1u32;
    assert!(
        (sup.bounds.lower.to_f64() - end.to_f64()).abs() < 1e-9,
        "{sup:?}"
    );
    // A double zero.
    let square = polynomial(&[0.0, 0.0, 0.5]);
    let sup = certify("1-cos(x)", &square, "[-1,2]", Weight::Relative).expect("bounded");
    let end = 2.0 / (1.0 - 2f64.cos()) - 1.0;
    assert!((sup.bounds.lower.to_f64() - end).abs() < 1e-9, "{sup:?}");
}

#[test]
fn sums_of_functions_are_approximants_too() {
    let terms = [
        (float(2.0), expr("exp(x)")),
        (float(-1.0), expr("sin(x)")),
        (float(0.5), expr("1/(2+x)")),
    ];
    let sum = target("2*exp(x)-sin(x)+1/(4+2*x)+x*(1-x)/2^40");
    let sup = function_error(
        &sum,
        Weight::One,
        Approximant::Sum(&terms),
        &domain("[0,1]"),
        Budget::unlimited(),
    )
    .expect("bounded");
    assert!(holds(&sup, &(float(1.0) >> 42u32)), "{sup:?}");
    // With a kink in the basis.
    let kinked = [(float(1.0), expr("abs(x-0.3)"))];
    let sup = function_error(
        &target("1"),
        Weight::One,
        Approximant::Sum(&kinked),
        &domain("[0,1]"),
        Budget::unlimited(),
    )
    .expect("bounded");
    assert!((sup.bounds.lower.to_f64() - 1.0).abs() < 1e-6, "{sup:?}");
}

#[test]
fn a_table_is_searched_point_by_point() {
    let points = (-4..=4)
        .map(|k| (float(f64::from(k) / 4.0), float(f64::from(k * k) / 16.0)))
        .collect();
    let table = Target::Samples(Samples::new(points).expect("a table"));
    let p = polynomial(&[0.125]);
    let run = |weight, on| {
        function_error(
            &table,
            weight,
            Approximant::Series(&p),
            &domain(on),
            Budget::unlimited(),
        )
    };
    let sup = run(Weight::One, "[-1,1]").expect("points");
    assert_eq!(
        (sup.bounds.lower, sup.bounds.upper, sup.panels),
        (float(0.875), float(0.875), 9)
    );
    assert_eq!(
        run(Weight::One, "[-0.5,0.5]").expect("points").bounds.lower,
        0.125
    );
    let weight = expr("1/(1+x^2)");
    let sup = run(Weight::Function(&weight), "[-0.5,0.5]").expect("points");
    assert!(holds(&sup, &float(0.125)));
    assert!(holds(
        &run(Weight::Relative, "[0.125,1]").expect("points"),
        &float(1.0)
    ));
    assert!(run(Weight::Relative, "[-1,1]").is_err());
    assert!(run(Weight::One, "[0.3,0.4]").is_err());
}

#[test]
fn an_error_of_any_size_is_resolved() {
    let pi = Float::with_val(3000, Constant::Pi);
    for bits in [50, 130, 1000, 2500] {
        let wrong = Float::with_val(3000, &pi + Float::with_val(3000, 2).pow(-bits));
        let p =
            Chebyshev::new(Parity::Full, float(-1.0), float(2.0), vec![wrong]).expect("a series");
        let sup = absolute("pi", &p, "[-1,2]");
        assert!(holds(&sup, &Float::with_val(64, 2).pow(-bits)), "{sup:?}");
    }
}

#[test]
fn spikes_between_the_first_points_are_found() {
    let p = polynomial(&[0.0, 1.0]);
    let sup = absolute("x+exp(-(10^3*(x-0.3))^2)/2^10", &p, "[-1,1]");
    assert!(holds(&sup, &(float(1.0) >> 10u32)), "{sup:?}");
    let sup = absolute("x+x^2/2^20+exp(-(10^5*(x-0.3))^2)/2^10", &p, "[-1,1]");
    assert!(sup.bounds.lower > 1.0 / 1024.0, "{sup:?}");
}
