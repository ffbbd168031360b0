//! The last stage of a ReLU.

use super::super::relu;
use crate::{
    ApproxError,
    composite::{ReluDesign, SignDesign, design_relu, design_sign},
    poly::{Chebyshev, FastChebyshev, pow2},
    remez::Budget,
};

/// Points that crowd about 0.
fn points() -> Vec<(f64, f64)> {
    (1..=2000)
        .map(|i| f64::from(i) / 2000.0)
        .map(|x| (x, (-8.0 * x).exp() + 1e-3))
        .collect()
}

/// Root of the mean square of the error of a ReLU.
fn rms(stages: &[Chebyshev], offset: f64) -> f64 {
    let stages: Vec<_> = stages.iter().map(FastChebyshev::new).collect();
    let (mut sum, mut total) = (0.0, 0.0);
    for (x, weight) in points() {
        let p = stages.iter().fold(x, |y, stage| stage.eval(y));
        sum += weight * (x / 2.0 - offset - x * p).powi(2);
        total += weight;
    }
    (sum / total).sqrt()
}

#[test]
fn no_other_last_stage_is_better() -> Result<(), ApproxError> {
    let (mut stages, _) = design_sign(&SignDesign::new(&[7], pow2(-4)), Budget::unlimited())?;
    let stage = stages.remove(0);
    let most = stage.range.outer.1;
    let inner = vec![stage.poly.map_coeffs(|c| c.clone() / &most)];
    let best = relu(&inner, 7, &points())?;
    let with = |last: Chebyshev, offset| rms(&[inner[0].clone(), last], offset);
    assert!((with(best.last.clone(), best.offset) - best.rms).abs() < 1e-12);
    for k in 0..4 {
        for step in [1e-4, -1e-4] {
            let mut at = 0;
            let moved = best.last.map_coeffs(|c| {
                at += 1;
                c.clone() + if at == k + 1 { step } else { 0.0 }
            });
            assert!(with(moved, best.offset) > best.rms);
        }
    }
    assert!(with(best.last.clone(), best.offset + 1e-4) > best.rms);
    // Nor is the one of the minimax design, after the same first stage.
    let minimax = design_relu(&ReluDesign::new(&[7, 7], true), Budget::unlimited())?;
    let polys: Vec<_> = minimax.polys().cloned().collect();
    let best = relu(&polys[..1], 7, &points())?;
    let ratio = rms(&polys, minimax.offset.to_f64()) / best.rms;
    assert!(ratio > 1.1, "{ratio}");
    Ok(())
}

#[test]
fn points_that_say_nothing_are_refused() {
    let refused = relu(&[], 3, &[(0.5, 0.0)]);
    assert!(matches!(
        refused,
        Err(ApproxError::NonPositiveWeight { .. })
    ));
    assert!(relu(&[], 3, &[(0.0, 1.0)]).is_err());
    assert!(relu(&[], 7, &[(0.5, 1.0), (1.0, 1.0)]).is_err());
}
