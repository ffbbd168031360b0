//! Published coefficient files.

use rug::Float;

use crate::{
    coeffs::{Basis, read_plain},
    poly::Parity,
};

#[test]
fn odd_powers_and_all_powers_are_told_apart() {
    let odd = "# first\n1.5\n-5.0e-1\n\n  1.5 // second\n-0.5\n";
    let all = "0\n1.5\n0\n-0.5\n0\n1.5\n0.0\n-0.5";
    let a = read_plain(odd, "3\n3\n", Basis::Monomial, 256).unwrap();
    let b = read_plain(all, "3, 3", Basis::Monomial, 256).unwrap();
    assert_eq!(a, b);
    assert_eq!(a.stages[0].parity, Parity::Odd);
    assert_eq!(a.eval(&Float::with_val(64, 1), 64).unwrap(), 1);
    let full = read_plain("0.5 \n1\n2", "2", Basis::Chebyshev, 256).unwrap();
    assert_eq!(full.stages[0].parity, Parity::Full);
    assert_eq!(full.eval(&Float::with_val(64, -1), 64).unwrap(), 1.5);
}

#[test]
fn long_decimals_go_to_the_nearest_number() {
    let digits = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333e0";
    let table = read_plain(digits, "1", Basis::Monomial, 256).unwrap();
    let third = Float::with_val(256, 1) / 3u32;
    assert_eq!(*table.stages[0].coefficients[0].value(), third);
}

#[test]
fn counts_that_fit_nothing_say_what_would() {
    let error = |numbers: &str, degrees: &str| {
        read_plain(numbers, degrees, Basis::Monomial, 256)
            .unwrap_err()
            .to_string()
    };
    let text = error("1\n2\n3", "3 3");
    assert!(text.contains("4 (odd powers) or 8 (all powers)"), "{text}");
    assert!(text.contains("found 3"), "{text}");
    let text = error("1\n2\n", "2");
    assert!(text.contains("expected 3 (all powers) numbers"), "{text}");
    assert!(error("1\n2\n3\n", "1").contains("line 3 of the coefficients"));
    assert!(error("1\n\ntwo\n", "3").contains("line 3 of the coefficients"));
    assert!(error("1", "1\n5000").contains("line 2 of the degrees"));
    assert!(error("1", "").contains("expected a degree"));
    for number in [
        "inf",
        "nan",
        "1e999999999999",
        "1e-999999999999",
        "0x1p0",
        "1e",
        "--1",
        ".",
    ] {
        assert!(
            error(number, "1").contains("line 1 of the coefficients"),
            "{number}"
        );
    }
    let many = "1 ".repeat(65);
    assert!(error("1", &many).contains("at most 64"));
}
