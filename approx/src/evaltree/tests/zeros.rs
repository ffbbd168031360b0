//! Exact zeros among the coefficients: right values, honest depths, no ciphertext multiplied by zero.

use proptest::prelude::*;
use rug::Rational;

use super::super::{Kind, Node, Plan, Scalar, mult_count};
use super::{clenshaw, depth_and_mults, extra, rationals, run};
use crate::error::ApproxError;

proptest! {
    #[test]
    fn zeros_anywhere_keep_the_value_and_never_cost_more(
        mask in proptest::collection::vec(any::<bool>(), 1..32),
        levels in 0_usize..2,
    ) {
        prop_assume!(mask.iter().any(|&keep| keep));
        let y = Rational::from((4, 7));
        let x = Rational::from((9, 5));
        let mut c = rationals(mask.len(), 3);
        for (c, _) in c.iter_mut().zip(&mask).filter(|(_, keep)| !**keep) {
            *c = Rational::new();
        }
        let full = 2 * mask.len() - 1;
        let direct = clenshaw(&c, 1, 2, &y);

        let odd = Plan::odd(&c, extra(levels)).unwrap();
        prop_assert_eq!(run(&odd, std::slice::from_ref(&y)), direct.clone());
        let folded = Plan::folded(&c, extra(levels)).unwrap();
        prop_assert_eq!(run(&folded, &[y, x.clone()]), direct * x);

        let never_zero = |node: &Node<Rational>| !matches!(node, Node::MulScalar(_, c) if Scalar::is_zero(c));
        prop_assert!(odd.nodes().iter().all(never_zero));
        prop_assert!(folded.nodes().iter().all(never_zero));
        let (depth, _) = depth_and_mults(&odd);
        prop_assert!(depth <= mult_count(full, Kind::Odd, levels).unwrap().depth);
    }

    #[test]
    fn zeros_in_general_and_even_polynomials(mask in proptest::collection::vec(any::<bool>(), 2..40)) {
        prop_assume!(mask[1..].iter().any(|&keep| keep));
        let y = Rational::from((4, 7));
        let mut c = rationals(mask.len(), 4);
        for (c, _) in c.iter_mut().zip(&mask).filter(|(_, keep)| !**keep) {
            *c = Rational::new();
        }
        let general = Plan::general(&c, extra(0)).unwrap();
        prop_assert_eq!(run(&general, std::slice::from_ref(&y)), clenshaw(&c, 0, 1, &y));
        let even = Plan::even(&c, extra(0)).unwrap();
        prop_assert_eq!(run(&even, std::slice::from_ref(&y)), clenshaw(&c, 0, 2, &y));
    }
}

#[test]
fn a_zero_below_a_leading_coefficient_saves_no_level() {
    // c·T_15 alone, with all other coefficients zero, still takes four levels: T_16 is nowhere near.
    let mut c = vec![Rational::new(); 8];
    c[7] = Rational::from(3);
    let dag = Plan::odd(&c, extra(0)).unwrap();
    assert_eq!(depth_and_mults(&dag).0, 4);
}

#[test]
fn zeros_at_the_top_lower_the_degree() {
    let mut c = rationals(8, 1);
    for top in &mut c[4..] {
        *top = Rational::new();
    }
    let dag = Plan::odd(&c, extra(0)).unwrap();
    let count = mult_count(7, Kind::Odd, 0).unwrap();
    assert_eq!(depth_and_mults(&dag), (count.depth, count.mults));
}

#[test]
fn nothing_but_zeros_or_a_constant_is_a_typed_error() {
    let zeros = vec![Rational::new(); 4];
    for bad in [
        Plan::odd(&zeros, extra(0)),
        Plan::folded(&[], extra(0)),
        Plan::general(&[Rational::from(2), Rational::new()], extra(0)),
        Plan::relu_single(&[Rational::from(2)], extra(0)),
    ] {
        assert!(matches!(bad, Err(ApproxError::Degree { .. })), "{bad:?}");
    }
    let bad = Plan::odd(&[1.0, f64::NAN], extra(0));
    assert!(
        matches!(bad, Err(ApproxError::OutOfRange { .. })),
        "{bad:?}"
    );
}
