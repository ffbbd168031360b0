//! Closed forms, and minimax polynomials.

use rug::Float;

use super::{NORMAL, fit, target};
use crate::{
    analysis::Distribution,
    domain::Domain,
    poly::{Chebyshev, Parity},
    remez::{Approximant, Budget, Problem},
};

#[test]
fn projection_of_the_modulus_on_legendre_polynomials() {
    // ½P_0 + ⅝P_2 = 3/16 + 15/16 x², and the mean square that is left is ⅓ − ¼ − 5/64 = 1/192.
    let fit = fit("abs", &Distribution::Uniform, 1.0, 20_000)
        .with_parity(Parity::Even)
        .expect("symmetric");
    let best = fit.degree(2).expect("a solution");
    let powers = best.poly.to_monomial(64);
    assert!((powers[0].to_f64() - 0.1875).abs() < 1e-8);
    assert!((powers[2].to_f64() - 0.9375).abs() < 1e-8);
    assert!((best.error.rms - 192f64.sqrt().recip()).abs() < 1e-8);
    // The minimax polynomial x² + 1/8 is off by less at most and by more on average.
    let minimax = fit.measure(&minimax("abs", 1.0, 2));
    assert!((minimax.max - 0.125).abs() < 1e-8);
    assert!(best.error.max > minimax.max && best.error.rms < minimax.rms);
    assert!((best.error.max - 0.1875).abs() < 1e-4);
}

#[test]
fn rms_of_relu_under_a_normal_distribution() {
    // Hermite coefficients of ReLU: φ(0), ½, φ(0)/√2, 0, −φ(0)/√24 with φ(0) = 1/√(2π); the square's mean is ½.
    let fit = fit("relu", &NORMAL, 9.0, 20_000);
    let curve = fit.rms_by_degree(4).expect("rms");
    let phi2 = (2.0 * std::f64::consts::PI).recip();
    let mut left = 0.5;
    for (k, square) in [phi2, 0.25, phi2 / 2.0, 0.0, phi2 / 24.0]
        .into_iter()
        .enumerate()
    {
        left -= square;
        assert!(
            (curve[k].1 - left.sqrt()).abs() < 1e-6,
            "degree {k}: {:?}",
            curve[k]
        );
    }
    assert!(fit.outside() < 1e-15);
}

fn minimax(text: &str, reach: f64, degree: usize) -> Chebyshev {
    let end = Float::with_val(64, reach);
    let domain = Domain::interval(-end.clone(), end).expect("an interval");
    let best = Problem::new(target(text), domain, degree).solve(Budget::unlimited());
    match best.expect("converges").approximant {
        Approximant::Polynomial(p) => p,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn weighted_fits_are_better_on_average_than_minimax() {
    for text in ["relu", "gelu"] {
        let fit = fit(text, &NORMAL, 6.0, 4000);
        for degree in [3, 7, 12] {
            let best = fit.degree(degree).expect("a solution").error;
            let other = fit.measure(&minimax(text, 6.0, degree));
            assert!(
                best.rms < 0.7 * other.rms,
                "{text} {degree}: {best:?} {other:?}"
            );
            assert!(best.max > other.max, "{text} {degree}: {best:?} {other:?}");
        }
    }
}

#[test]
fn fits_to_analytic_functions_reach_the_limit_of_f64() {
    let best = fit("exp", &Distribution::Uniform, 1.0, 4000)
        .degree(18)
        .expect("a solution");
    assert!(best.error.max < 2e-14 && best.condition < 100.0, "{best:?}");
}
