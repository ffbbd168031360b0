//! What makes no sense.

use super::float;
use crate::{
    ApproxError,
    baseline::{accelerator, cleaning, comparison, interpolate, quadratic, square},
    target::Target,
};

#[test]
fn senseless_designs_are_typed_errors() {
    let target: Target = "inverse".parse().expect("a target");
    let (lo, hi) = (float(-1.0), float(1.0));
    assert!(matches!(
        interpolate(&target, &lo, &hi, 8, 64),
        Err(ApproxError::NonFinite { .. })
    ));
    assert!(matches!(
        interpolate(&target, &hi, &lo, 8, 64),
        Err(ApproxError::InvertedInterval { .. })
    ));
    assert!(matches!(
        interpolate(&target, &lo, &hi, 4096, 64),
        Err(ApproxError::Degree { .. })
    ));
    assert!(matches!(
        interpolate(&target, &lo, &hi, 8, 1),
        Err(ApproxError::Precision { .. })
    ));
    for n in [0, 5, u32::MAX] {
        assert!(matches!(
            accelerator(n),
            Err(ApproxError::OutOfRange { .. })
        ));
    }
    assert!(matches!(
        cleaning(2048),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        comparison(3, 0, 0),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        comparison(3, usize::MAX, 1),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert_eq!(comparison(9, 2, 0).expect("f alone").len(), 2);
    assert!(matches!(
        comparison(9, 2, 1),
        Err(ApproxError::OutOfRange { .. })
    ));
    assert!(matches!(
        square(0.0),
        Err(ApproxError::InvertedInterval { .. })
    ));
    assert!(matches!(
        quadratic(f64::NAN, 0.0, 0.0, 0.0, 1.0),
        Err(ApproxError::NonFinite { .. })
    ));
    assert!(matches!(
        quadratic(1.0, 0.0, 0.0, 0.0, f64::INFINITY),
        Err(ApproxError::InvertedInterval { .. })
    ));
}
