//! Interpolation against certified errors.

use rug::Float;

use super::float;
use crate::{
    baseline::interpolate,
    certify::{Approximant, Bounds, Weight, function_error},
    domain::Domain,
    poly::Chebyshev,
    remez::Budget,
    target::Target,
};

fn interpolation_error(target: &str, degree: usize) -> (Chebyshev, Bounds) {
    let target: Target = target.parse().expect("a target");
    let p = interpolate(&target, &float(-1.0), &float(1.0), degree, 128).expect("a series");
    let domain = Domain::parse("[-1,1]", 64).expect("a domain");
    let sup = function_error(
        &target,
        Weight::One,
        Approximant::Series(&p),
        &domain,
        Budget::unlimited(),
    );
    (p, sup.expect("a certificate").bounds)
}

#[test]
fn interpolation_of_relu_loses_almost_two_bits() {
    for (degree, expected) in [(15, -4.99), (31, -6.00), (63, -7.00)] {
        let (_, bounds) = interpolation_error("relu", degree);
        let found = bounds.log2_upper();
        assert!(
            (found - expected).abs() < 0.01,
            "degree {degree}: 2^{found}"
        );
    }
}

#[test]
fn interpolation_meets_polynomials_and_converges_for_analytic_functions() {
    let (p, _) = interpolation_error("exp", 30);
    assert!((Float::with_val(128, 1) - p.eval(&Float::new(128), 128)).abs() < 1e-36);
    let target: Target = "x^3 - 2*x + 1/4".parse().expect("a target");
    let p = interpolate(&target, &float(-3.0), &float(5.0), 3, 100).expect("a series");
    for (c, expected) in p.to_monomial(100).iter().zip([0.25, -2.0, 0.0, 1.0]) {
        assert!(Float::with_val(100, c - expected).abs() < 1e-26);
    }
}
