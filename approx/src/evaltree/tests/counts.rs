//! Depth and products, counted from nodes, against tables.

use super::super::{Kind, MAX_DEGREE, MAX_EXTRA_LEVELS, Plan, mult_count};
use super::{depth_and_mults, extra, rationals};
use crate::error::ApproxError;

/// Products for d = 3, 5, …, 63 at least depth when babies end below a power of two and giants are powers of two.
const POWERS_OF_TWO: [usize; 31] = [
    2, 3, 5, 5, 6, 7, 8, 8, 8, 9, 9, 10, 10, 11, 12, 11, 11, 11, 11, 12, 12, 13, 13, 14, 14, 14,
    14, 15, 15, 16, 17,
];

fn least_depth(degree: usize) -> usize {
    (degree + 1).next_power_of_two().trailing_zeros() as usize
}

#[test]
fn odd_meets_the_table_of_powers_of_two_and_beats_it_thrice() {
    for (k, &known) in POWERS_OF_TWO.iter().enumerate() {
        let degree = 2 * k + 3;
        let dag = Plan::odd(&rationals(k + 2, 1), extra(0)).unwrap();
        // Giants 2, 6, 12 with babies 1, 3, 5.
        let saved = usize::from([17, 21, 33].contains(&degree));
        let expected = (least_depth(degree), known - saved);
        assert_eq!(depth_and_mults(&dag), expected, "degree {degree}");
    }
}

#[test]
fn one_extra_level_saves_products() {
    // Degree 7 takes four products at any depth: three reach no product of a cubic and a quartic.
    for (degree, mults) in [
        (7, 4),
        (9, 4),
        (15, 6),
        (27, 9),
        (29, 9),
        (31, 10),
        (33, 9),
        (63, 14),
    ] {
        let dag = Plan::odd(&rationals(degree / 2 + 1, 1), extra(1)).unwrap();
        let expected = (least_depth(degree) + 1, mults);
        assert_eq!(depth_and_mults(&dag), expected, "degree {degree}");
    }
}

#[test]
fn folding_the_product_costs_no_level() {
    for (degree, mults) in [
        (3, 4),
        (5, 5),
        (7, 7),
        (13, 8),
        (15, 10),
        (27, 11),
        (29, 12),
        (31, 14),
        (63, 19),
    ] {
        let dag = Plan::folded(&rationals(degree / 2 + 1, 1), extra(0)).unwrap();
        assert_eq!(
            depth_and_mults(&dag),
            (least_depth(degree), mults),
            "degree {degree}"
        );
    }
}

#[test]
fn the_product_last_costs_a_level_and_one_product() {
    for (degree, mults) in [(13, 8), (15, 9), (27, 11), (29, 12), (31, 13), (63, 18)] {
        let dag = Plan::product_last(&rationals(degree / 2 + 1, 1), extra(0)).unwrap();
        assert_eq!(
            depth_and_mults(&dag),
            (least_depth(degree) + 1, mults),
            "degree {degree}"
        );
    }
}

#[test]
fn an_extra_level_is_never_dearer_than_the_product_last() {
    for degree in (1..=127).step_by(2) {
        let folded = mult_count(degree, Kind::Folded, 1).unwrap();
        let last = mult_count(degree, Kind::ProductLast, 0).unwrap();
        assert!(folded.mults <= last.mults, "degree {degree}");
    }
}

#[test]
fn even_reaches_degree_two_to_the_depth_minus_two() {
    for depth in 2..=7 {
        let degree = (1 << depth) - 2;
        let c = rationals(degree / 2 + 1, 1);
        let even = depth_and_mults(&Plan::even(&c, extra(0)).unwrap());
        assert_eq!(even.0, depth);
        let relu = depth_and_mults(&Plan::relu_single(&c, extra(0)).unwrap());
        assert_eq!(relu, even);
    }
}

#[test]
fn more_levels_never_cost_products() {
    for kind in [Kind::Odd, Kind::Folded, Kind::ProductLast] {
        for degree in (1..=41).step_by(2) {
            let counts = [0, 1, 2, 3].map(|e| mult_count(degree, kind, e).unwrap());
            assert!(counts.is_sorted_by_key(|count| std::cmp::Reverse(count.mults)));
            assert!(counts.is_sorted_by_key(|count| count.depth));
        }
    }
}

#[test]
fn wrong_degrees_and_options_are_typed_errors() {
    let degree = |degree, kind| mult_count(degree, kind, 0);
    for bad in [
        degree(4, Kind::Odd),
        degree(0, Kind::General),
        degree(0, Kind::Even),
        degree(7, Kind::Even),
        degree(MAX_DEGREE + 2, Kind::Folded),
    ] {
        assert!(matches!(bad, Err(ApproxError::Degree { .. })), "{bad:?}");
    }
    let bad = mult_count(7, Kind::Odd, MAX_EXTRA_LEVELS + 1);
    assert!(
        matches!(bad, Err(ApproxError::OutOfRange { .. })),
        "{bad:?}"
    );
}
