//! Polynomials come back, and residuals are orthogonal.

use super::{NORMAL, fit};
use crate::{
    analysis::{Distribution, Histogram},
    least_squares::{Fit, WeightedPoint},
    poly::Parity,
    target::Samples,
};

fn histogram(text: &str) -> Distribution {
    Distribution::Histogram(text.parse::<Histogram>().expect("a histogram"))
}

#[test]
fn polynomials_are_recovered() {
    let narrow = histogram("-0.5,0.25,3\n0.25,0.75,1");
    let cases = [
        ("4*x^3 - 3*x + 1/2", Parity::Full),
        ("4*x^3 - 3*x", Parity::Odd),
        ("8*x^4 - 3*x^2 + 1", Parity::Even),
    ];
    for distribution in [Distribution::Uniform, NORMAL, narrow] {
        for (text, parity) in cases {
            let fit = fit(text, &distribution, 2.0, 500)
                .with_parity(parity)
                .expect("symmetric");
            for degree in [4, 9] {
                let best = fit.degree(degree).expect("a solution");
                assert!(
                    best.error.max < 1e-10,
                    "{text} {distribution:?} {degree}: {:?}",
                    best.error
                );
                let powers = best.poly.to_monomial(64);
                assert!(powers.iter().skip(5).all(|c| c.to_f64().abs() < 1e-9));
            }
        }
    }
}

#[test]
fn as_many_points_as_coefficients_interpolate() {
    let samples = Samples::parse_csv("-1,3\n0.25,-2\n0.5,7\n2,1", 64).expect("a table");
    let best = Fit::samples(&samples, None, -1.0, 2.0)
        .and_then(|fit| fit.degree(3))
        .expect("a solution");
    assert!(best.error.max < 1e-13);
}

#[test]
fn residual_is_orthogonal_to_the_basis() {
    for (distribution, parity) in [
        (Distribution::Uniform, Parity::Full),
        (NORMAL, Parity::Full),
        (NORMAL, Parity::Odd),
        (histogram("-3,-1,1\n-0.5,2.5,4"), Parity::Even),
    ] {
        let fit = fit("silu", &distribution, 4.0, 3000)
            .with_parity(parity)
            .expect("symmetric");
        let best = fit.degree(9).expect("a solution");
        for k in 0..best.poly.coeffs().len() {
            let t = |x: f64| (parity.degree_of(k) as f64 * (x / 4.0).acos()).cos();
            let product =
                |p: &WeightedPoint| p.weight * t(p.x) * (p.value - best.poly.eval_f64(p.x));
            let sum: f64 = fit.points().iter().map(product).sum();
            assert!(sum.abs() < 1e-14, "{distribution:?} T_{k}: {sum}");
        }
    }
}

#[test]
fn weights_are_repetitions() {
    let point = |x: f64, weight: f64| WeightedPoint {
        x,
        value: x.exp(),
        weight,
    };
    let weighted = [
        point(-0.9, 1.0),
        point(-0.2, 3.0),
        point(0.1, 1.0),
        point(0.8, 2.0),
    ];
    let repeated = weighted.iter().flat_map(|p| {
        vec![
            WeightedPoint {
                weight: 5e300,
                ..*p
            };
            p.weight as usize
        ]
    });
    let solve = |points: Vec<WeightedPoint>| {
        let fit = Fit::weighted(points, -1.0, 1.0).expect("points");
        fit.degree(2).expect("a solution")
    };
    let (a, b) = (solve(weighted.to_vec()), solve(repeated.collect()));
    assert!((a.error.rms - b.error.rms).abs() < 1e-15);
    for (c, d) in a.poly.coeffs().iter().zip(b.poly.coeffs()) {
        assert!((c.to_f64() - d.to_f64()).abs() < 1e-14);
    }
}

#[test]
fn a_table_and_the_function_it_was_taken_from_agree() {
    let function = fit("tanh", &NORMAL, 3.0, 200);
    let csv: String = function
        .points()
        .iter()
        .map(|p| format!("{:e},{:e}\n", p.x, p.value))
        .collect();
    let samples = Samples::parse_csv(&csv, 64).expect("a table");
    let weights: Vec<f64> = function.points().iter().map(|p| p.weight * 17.0).collect();
    let table = Fit::samples(&samples, Some(&weights), -3.0, 3.0).expect("a fit");
    let (a, b) = (function.degree(7).expect("a"), table.degree(7).expect("b"));
    assert!((a.error.rms - b.error.rms).abs() < 1e-14);
    assert!(function.measure(&b.poly).rms < a.error.rms + 1e-14);
    // Points beside the interval do not count.
    let half = Fit::samples(&samples, Some(&weights), 0.0, 3.0).expect("a fit");
    assert_eq!(half.points().len(), 100);
}
