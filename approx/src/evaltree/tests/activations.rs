//! Compositions: values against the formulas, depths against the sum over the stages.

use rug::Rational;

use super::super::{Kind, Plan, Stage, max, mult_count, relu, sign};
use super::{clenshaw, depth_and_mults, extra, rationals, run};

/// Random stages with coefficients below 1.
fn stages(degrees: &[usize]) -> Vec<Vec<Rational>> {
    let seeded = degrees.iter().zip(1..);
    let random = seeded.map(|(d, seed)| rationals(d / 2 + 1, seed));
    random
        .map(|c| c.into_iter().map(|c| c / 10_000_000).collect())
        .collect()
}

fn composed(stages: &[Vec<Rational>], x: &Rational) -> Rational {
    stages.iter().fold(x.clone(), |y, c| clenshaw(c, 1, 2, &y))
}

fn refer(stages: &[Vec<Rational>]) -> Vec<Stage<'_, Rational>> {
    stages.iter().map(|c| Stage::new(c)).collect()
}

#[test]
fn relu_equals_its_formula_at_the_depth_of_its_stages() {
    for (degrees, depth) in [
        (vec![15, 15], 8),
        (vec![7, 15, 27], 12),
        (vec![3, 7], 5),
        (vec![1, 5], 4),
        (vec![13], 4),
        (vec![15], 5),
        (vec![1], 2),
    ] {
        let c = stages(&degrees);
        let x = Rational::from((2, 5));
        let c0 = Rational::from((1, 77));
        let dag = relu(&refer(&c), Some(&c0)).unwrap();
        assert_eq!(depth_and_mults(&dag).0, depth, "{degrees:?}");
        if degrees.len() < 3 {
            let expected = Rational::from(&x / 2) + composed(&c, &x) * &x + &c0;
            assert_eq!(run(&dag, &[x]), expected, "{degrees:?}");
        }
    }
}

#[test]
fn three_stages_agree_in_doubles() {
    let c = stages(&[7, 15, 27]);
    let x = 0.375;
    let mut y = x;
    for stage in &c {
        // T_n(cos t) = cos nt.
        let angle: f64 = f64::acos(y);
        let terms = stage.iter().zip((1..).step_by(2));
        y = terms
            .map(|(c, n)| c.to_f64() * (f64::from(n) * angle).cos())
            .sum();
    }
    let dag = relu(&refer(&c), None).unwrap().map(Rational::to_f64);
    let value = dag.evaluate(&mut super::Plain, &[x]).unwrap();
    assert!((value - (x / 2.0 + x * y)).abs() < 1e-10);
}

#[test]
fn sign_has_no_product_and_max_has_two_inputs() {
    let c = stages(&[7, 13]);
    let x = Rational::from((-3, 8));
    let dag = sign(&refer(&c)).unwrap();
    assert_eq!(run(&dag, std::slice::from_ref(&x)), composed(&c, &x));
    let mults = |d| mult_count(d, Kind::Odd, 0).unwrap().mults;
    assert_eq!(depth_and_mults(&dag), (7, mults(7) + mults(13)));

    let (a, b) = (Rational::from((1, 5)), Rational::from((1, 3)));
    let difference = Rational::from(&a - &b);
    let mean = Rational::from(&a + &b) / 2;
    let expected = mean + composed(&c, &difference) * difference;
    let dag = max(&refer(&c), None).unwrap();
    assert_eq!(run(&dag, &[a, b]), expected);
    assert_eq!(depth_and_mults(&dag).0, 7);
}

#[test]
fn stages_may_spend_extra_levels() {
    let c = stages(&[7, 15]);
    let mut stages = refer(&c);
    stages[0].options = extra(1);
    stages[1].options = extra(1);
    let dag = relu(&stages, None).unwrap();
    let first = mult_count(7, Kind::Odd, 1).unwrap();
    let last = mult_count(15, Kind::Folded, 1).unwrap();
    assert_eq!(
        depth_and_mults(&dag),
        (first.depth + last.depth, first.mults + last.mults)
    );
    let x = Rational::from((2, 5));
    let expected = Rational::from(&x / 2) + composed(&c, &x) * &x;
    assert_eq!(run(&dag, &[x]), expected);
}

#[test]
fn a_chain_of_circuits_is_the_composition() {
    let c = stages(&[5, 9]);
    let first = Plan::odd(&c[0], extra(0)).unwrap();
    let second = Plan::folded(&c[1], extra(0)).unwrap();
    let dag = first.then(&second).unwrap();
    let (x, factor) = (Rational::from((2, 7)), Rational::from((5, 3)));
    let expected = composed(&c, &x) * &factor;
    assert_eq!(run(&dag, &[x, factor]), expected);
    assert_eq!(depth_and_mults(&dag).0, 3 + 4);
}

#[test]
fn relu_of_one_even_polynomial() {
    let c = rationals(8, 6);
    let x = Rational::from((-2, 9));
    let dag = Plan::relu_single(&c, extra(0)).unwrap();
    let expected = Rational::from(&x / 2) + clenshaw(&c, 0, 2, &x);
    assert_eq!(run(&dag, &[x]), expected);
    assert_eq!(depth_and_mults(&dag).0, 4);
}

#[test]
fn no_stages_is_a_typed_error() {
    let none: [Stage<'_, f64>; 0] = [];
    assert!(relu(&none, None).is_err());
    assert!(sign(&none).is_err());
    assert!(sign(&[Stage::new(&[] as &[f64])]).is_err());
}
