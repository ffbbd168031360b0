//! What has no answer is a typed error.

use super::{NORMAL, fit, target};
use crate::{
    ApproxError,
    analysis::Distribution,
    least_squares::{Fit, WeightedPoint},
    poly::Parity,
    target::{Samples, Target},
};

fn points(abscissae: &[f64]) -> Vec<WeightedPoint> {
    let point = |x: &f64| WeightedPoint {
        x: *x,
        value: x * x,
        weight: 1.0,
    };
    abscissae.iter().map(point).collect()
}

#[test]
fn too_few_points() {
    let fit = Fit::weighted(points(&[-1.0, -0.5, 0.0, 0.5, 1.0, 1.0]), -1.0, 1.0).expect("points");
    assert!(fit.degree(4).is_ok());
    let found = fit.degree(5).expect_err("five distinct points");
    assert!(
        matches!(
            found,
            ApproxError::Degree {
                degree: 5,
                min: 0,
                max: 4,
                ..
            }
        ),
        "{found}"
    );
    // Mirrored points are one point to an even polynomial, and 0 is none to an odd one.
    let even = fit.clone().with_parity(Parity::Even).expect("symmetric");
    assert!(even.degree(5).is_ok());
    assert!(matches!(
        even.degree(6),
        Err(ApproxError::Degree { max: 4, .. })
    ));
    let odd = fit.with_parity(Parity::Odd).expect("symmetric");
    assert!(odd.degree(4).is_ok());
    assert!(matches!(
        odd.degree(5),
        Err(ApproxError::Degree { min: 1, max: 3, .. })
    ));
    assert!(matches!(odd.degree(0), Err(ApproxError::Degree { .. })));
    assert!(matches!(
        odd.rms_by_degree(usize::MAX),
        Err(ApproxError::Degree { .. })
    ));
    assert!(matches!(
        odd.degrees(&[1, 7]),
        Err(ApproxError::Degree { .. })
    ));
}

#[test]
fn points_that_do_not_determine_the_polynomial() {
    let narrow = Distribution::Gaussian {
        mean: 0.0,
        std: 0.01,
    };
    let fit = fit("gelu", &narrow, 8.0, 1000);
    assert!(fit.degree(3).is_ok());
    let found = fit.degree(15).expect_err("hardly different from a point");
    assert!(matches!(found, ApproxError::Singular { .. }), "{found}");
    assert!(matches!(
        fit.rms_by_degree(15),
        Err(ApproxError::Singular { .. })
    ));
    assert!(matches!(
        fit.degrees(&[3, 15]),
        Err(ApproxError::Singular { .. })
    ));
}

#[test]
fn inputs_out_of_range() {
    let new =
        |text: &str, lo, hi, count| Fit::new(&target(text), &NORMAL, lo, hi, count).map(|_| ());
    assert!(matches!(
        new("x", 1.0, -1.0, 10),
        Err(ApproxError::InvertedInterval { .. })
    ));
    assert!(matches!(
        new("x", 0.0, f64::NAN, 10),
        Err(ApproxError::InvertedInterval { .. })
    ));
    assert!(matches!(
        new("x", 0.0, 1.0, usize::MAX),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        new("x", 40.0, 41.0, 10),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        new("1/x", -1.0, 1.0, 10),
        Err(ApproxError::NonFinite { .. })
    ));
    let table = Samples::parse_csv("0,1\n1,2", 64).expect("a table");
    let found = Fit::new(&Target::Samples(table.clone()), &NORMAL, 0.0, 1.0, 10).map(|_| ());
    assert!(matches!(
        found,
        Err(ApproxError::OutOfRange { name: "target", .. })
    ));
    let samples = |weights: &[f64], hi| Fit::samples(&table, Some(weights), 0.0, hi).map(|_| ());
    assert!(matches!(
        samples(&[1.0], 1.0),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        samples(&[1.0, 0.0], 1.0),
        Err(ApproxError::NonPositiveWeight { .. })
    ));
    assert!(samples(&[1.0, 0.0], 0.5).is_ok());
    let none = Fit::samples(&table, None, 3.0, 4.0).map(|_| ());
    assert!(matches!(none, Err(ApproxError::EmptyDomain { .. })));
    let beside = Fit::weighted(points(&[2.0]), -1.0, 1.0).map(|_| ());
    assert!(matches!(beside, Err(ApproxError::OutOfRange { .. })));
    let nan = WeightedPoint {
        x: 0.0,
        value: f64::NAN,
        weight: 1.0,
    };
    let nan = Fit::weighted(vec![nan], -1.0, 1.0).map(|_| ());
    assert!(matches!(nan, Err(ApproxError::NonFinite { .. })));
    let lopsided = Fit::weighted(points(&[0.5]), -1.0, 2.0).expect("a point");
    assert!(matches!(
        lopsided.with_parity(Parity::Odd),
        Err(ApproxError::Parity { .. })
    ));
}
