//! Every circuit computes its polynomial exactly.

use super::super::{Kind, Plan, mult_count};
use super::{clenshaw, depth_and_mults, extra, point, rationals, run};
use proptest::prelude::*;
use rug::{Float, Rational};

/// The circuit of `degree` with random coefficients: equal to Clenshaw, and as deep and costly as `mult_count` says.
fn check(degree: usize, kind: Kind, levels: usize, y: &Rational) {
    let x = Rational::from((7, 3));
    let (first, step, count) = match kind {
        Kind::General => (0, 1, degree + 1),
        Kind::Even => (0, 2, degree / 2 + 1),
        _ => (1, 2, degree.div_ceil(2)),
    };
    let c = rationals(count, degree as u64);
    let direct = clenshaw(&c, first, step, y);
    let options = extra(levels);
    let (dag, inputs, expected) = match kind {
        Kind::Odd => (Plan::odd(&c, options), vec![y.clone()], direct),
        Kind::Even => (Plan::even(&c, options), vec![y.clone()], direct),
        Kind::General => (Plan::general(&c, options), vec![y.clone()], direct),
        Kind::Folded => (
            Plan::folded(&c, options),
            vec![y.clone(), x.clone()],
            direct * x,
        ),
        Kind::ProductLast => (
            Plan::product_last(&c, options),
            vec![y.clone(), x.clone()],
            direct * x,
        ),
    };
    let dag = dag.unwrap();
    assert_eq!(run(&dag, &inputs), expected, "{kind:?} {degree} +{levels}");
    let count = mult_count(degree, kind, levels).unwrap();
    assert_eq!(
        depth_and_mults(&dag),
        (count.depth, count.mults),
        "{kind:?} {degree} +{levels}"
    );
}

#[test]
fn odd_shapes_equal_clenshaw_for_all_degrees_to_63() {
    for degree in (1..=63).step_by(2) {
        for kind in [Kind::Odd, Kind::Folded, Kind::ProductLast] {
            for levels in 0..=2 {
                check(degree, kind, levels, &Rational::from((-5, 7)));
            }
        }
    }
}

#[test]
fn other_shapes_equal_clenshaw_for_all_degrees_to_63() {
    for degree in 1..=63 {
        for levels in 0..=1 {
            check(degree, Kind::General, levels, &Rational::from((3, 8)));
            if degree % 2 == 0 {
                check(degree, Kind::Even, levels, &Rational::from((-4, 9)));
            }
        }
    }
}

#[test]
fn high_degrees_equal_clenshaw() {
    for degree in [101, 127, 191, 255, 1023] {
        check(degree, Kind::Odd, 0, &Rational::from((1, 3)));
        check(degree, Kind::Folded, 0, &Rational::from((1, 3)));
    }
    for degree in [100, 126, 254] {
        check(degree, Kind::General, 0, &Rational::from((1, 3)));
        check(degree, Kind::Even, 0, &Rational::from((1, 3)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_degree_at_any_point(half in 1_usize..40, levels in 0_usize..3, y in point()) {
        check(2 * half - 1, Kind::Odd, levels, &y);
        check(2 * half - 1, Kind::Folded, levels, &y);
        check(half, Kind::General, levels, &y);
        check(2 * half, Kind::Even, levels, &y);
    }
}

#[test]
fn the_same_circuit_runs_in_floats_and_doubles() {
    let c: Vec<Rational> = rationals(14, 5)
        .into_iter()
        .map(|c| c / 1_000_000)
        .collect();
    let y = Rational::from((5, 16));
    let exact = clenshaw(&c, 1, 2, &y);
    let dag = Plan::odd(&c, extra(0)).unwrap();

    let precise = dag.map(|c| Float::with_val(200, c));
    let value = precise
        .evaluate(&mut super::Plain, &[Float::with_val(200, &y)])
        .unwrap();
    assert!((value - &exact).abs() < 1e-50);

    let double = dag.map(Rational::to_f64);
    let value = double.evaluate(&mut super::Plain, &[y.to_f64()]).unwrap();
    assert!((value - exact.to_f64()).abs() < 1e-10);
}

#[test]
fn floats_keep_the_precision_of_their_coefficients() {
    let c = [
        Float::with_val(300, 1) / 3_u32,
        Float::with_val(300, 1) / 7_u32,
    ];
    let dag = Plan::odd(&c, extra(0)).unwrap();
    let value = dag
        .evaluate(&mut super::Plain, &[Float::with_val(300, 1)])
        .unwrap();
    assert_eq!(value.prec(), 300);
    assert!((value - Rational::from((10, 21))).abs() < 1e-85);
}

#[test]
fn lucas_sums_equal_the_recurrence_for_all_degrees_to_63() {
    let y = Rational::from((-5, 8));
    for degree in 1..=63 {
        let c = rationals(degree + 1, degree as u64);
        // L_0/2, L_1/2, ….
        let (mut this, mut next) = (Rational::from(1), Rational::from(&y / 2));
        let mut direct = Rational::new();
        for c in &c {
            direct += Rational::from(c * &this);
            let after = Rational::from(&y * &next) + &this;
            this = std::mem::replace(&mut next, after);
        }
        for levels in 0..=1 {
            let dag = Plan::lucas(&c, extra(levels)).unwrap();
            assert_eq!(run(&dag, std::slice::from_ref(&y)), direct, "{degree}");
            let count = mult_count(degree, Kind::General, levels).unwrap();
            assert_eq!(depth_and_mults(&dag), (count.depth, count.mults));
        }
    }
}
