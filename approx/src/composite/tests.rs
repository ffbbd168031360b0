//! Reference figures of compositions.

use super::{Objective, ReluDesign, SignDesign, design_relu, design_sign};
use crate::{poly::pow2, remez::Budget};

fn relu_bits(degrees: &[usize], change: impl Fn(&mut ReluDesign)) -> f64 {
    let mut design = ReluDesign::new(degrees, true);
    change(&mut design);
    let made = design_relu(&design, Budget::unlimited()).expect("a design");
    assert!(made.sup.bounds.gap() <= 2f64.powi(-20), "{degrees:?}");
    made.sup.bounds.log2_upper()
}

/// The published degrees with the last stage optimal for ReLU: sup over [−1, 1] at most these, by 0.02 bit.
#[test]
fn direct_relu_at_every_precision() {
    for (degrees, bits) in [
        (&[5][..], -5.44),
        (&[13], -6.65),
        (&[3, 7], -6.93),
        (&[7, 7], -7.92),
        (&[7, 15], -9.01),
        (&[15, 15], -10.02),
        (&[7, 7, 13], -11.12),
        (&[7, 7, 27], -12.31),
        (&[7, 15, 27], -13.36),
        (&[15, 15, 27], -14.40),
        (&[15, 27, 29], -15.34),
    ] {
        let found = relu_bits(degrees, |_| ());
        assert!(found <= bits + 0.02, "{degrees:?}: {found}");
    }
}

/// One level less for the same precision: `(degrees, levels of the stages, α)`.
#[test]
fn fewer_levels_for_the_same_precision() {
    for (degrees, alpha) in [
        (&[3][..], 4.0),
        (&[7], 5.0),
        (&[15], 6.0),
        (&[31], 7.0),
        (&[63], 8.0),
        (&[7, 15], 9.0),
        (&[15, 15], 10.0),
        (&[15, 31], 11.0),
        (&[7, 7, 27], 12.0),
        (&[31, 31], 12.0),
        (&[7, 15, 27], 13.0),
        (&[31, 63], 13.22),
        (&[15, 15, 27], 14.0),
        (&[15, 27, 29], 15.0),
    ] {
        let found = relu_bits(degrees, |_| ());
        assert!(found <= -alpha, "{degrees:?}: {found}");
    }
}

/// Plain even minimax polynomials: |x|/2 by degree 2^D−2.
#[test]
fn single_stages_are_even_minimax_polynomials() {
    for (degree, bits) in [
        (5, -5.444),
        (13, -6.648),
        (29, -7.743),
        (61, -8.790),
        (125, -9.813),
    ] {
        let found = relu_bits(&[degree], |_| ());
        assert!((found - bits).abs() < 1e-3, "{degree}: {found}");
    }
}

/// Greedy stages with ε tuned, with the constant.
#[test]
fn greedy_relu() {
    for (degrees, bits) in [(&[7, 7][..], -7.54), (&[15, 15, 27], -13.83)] {
        let found = relu_bits(degrees, |d| d.objective = Objective::Sign);
        assert!((found - bits).abs() < 0.02, "{degrees:?}: {found}");
    }
}

#[test]
fn without_the_constant_the_error_is_larger_and_zero_stays_zero() {
    let without = |d: &mut ReluDesign| d.offset = false;
    let (found, with) = (relu_bits(&[7, 15], without), relu_bits(&[7, 15], |_| ()));
    assert!(found > with + 0.3 && found < -8.2, "{found} {with}");
}

#[test]
fn composite_signs() {
    for (degrees, k, bits) in [
        (&[15, 15, 27][..], 9, -13.29630),
        (&[15, 27, 29], 10, -12.96979),
    ] {
        let design = SignDesign::new(degrees, pow2(-k));
        let (_, bounds) = design_sign(&design, Budget::unlimited()).expect("a design");
        assert!((bounds.log2_upper() - bits).abs() < 1e-5 && bounds.gap() <= 2f64.powi(-20));
    }
}
