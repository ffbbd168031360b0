//! No number loses a bit.

use proptest::prelude::*;
use rug::{Float, Integer, float, integer::Order};

use super::{everything, monomial};
use crate::{
    coeffs::{Basis, CoefficientTable, Exact, exact::read_decimal},
    poly::{Chebyshev, Parity},
};

/// Numbers of 53 to 2000 bits, near one and near the ends of the exponent range.
fn number() -> impl Strategy<Value = Float> {
    let digits = prop::collection::vec(any::<u64>(), 32);
    let exponent = prop_oneof![
        -1200..1200_i32,
        float::exp_min() + 2100..float::exp_min() + 2200,
        float::exp_max() - 100..float::exp_max() - 1,
    ];
    (53..2000_u32, digits, exponent, any::<bool>(), 0..64_usize).prop_map(
        |(prec, digits, exponent, negative, kept)| {
            let digits = &digits[..32.min(kept)];
            let mut x = Float::with_val(prec, Integer::from_digits(digits, Order::Lsf));
            if let Some(e) = x.get_exp() {
                x <<= exponent - e;
            }
            if negative { -x } else { x }
        },
    )
}

proptest! {
    #[test]
    fn texts_are_lossless(x in number()) {
        let exact = Exact::new(&x).unwrap();
        prop_assert_eq!(exact.value(), &x);
        let back: Exact = exact.to_string().parse().unwrap();
        prop_assert_eq!(back.value(), &x);
        prop_assert_eq!(back.value().is_sign_negative(), x.is_sign_negative());
        prop_assert_eq!(back.value().prec(), exact.value().prec());
        let decimal = read_decimal(&exact.decimal(), exact.value().prec()).unwrap();
        prop_assert_eq!(&decimal, &x);
    }

    #[test]
    fn files_are_lossless(xs in prop::collection::vec(number(), 1..6), alpha in any::<f64>()) {
        let xs: Vec<Float> = xs;
        let poly = Chebyshev::on_unit(Parity::Odd, xs.clone());
        let mut table = CoefficientTable::new("sign", vec![]);
        table.alpha = Some(alpha).filter(|a| a.is_finite());
        table.stages = vec![crate::coeffs::StageTable::from_chebyshev(&poly, "∪ \"x\",\n").unwrap()];
        let json = CoefficientTable::from_json(&table.to_json().unwrap()).unwrap();
        let csv = CoefficientTable::from_csv(&table.to_csv().unwrap()).unwrap();
        prop_assert_eq!(&json, &table);
        prop_assert_eq!(&csv, &table);
        prop_assert_eq!(&csv.polys().unwrap()[0], &poly);
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in "[-+]?(0x)?[0-9a-fxp.+e-]{0,24}") {
        let _ = text.parse::<Exact>();
        let _ = read_decimal(&text, 64);
    }
}

#[test]
fn the_ends_of_the_exponent_range_are_kept() {
    let one = Float::with_val(53, 1);
    let least = one.clone() << (float::exp_min() - 1);
    let most = one << (float::exp_max() - 1);
    for x in [least, most] {
        assert!(x.is_normal());
        let exact = Exact::new(&x).unwrap();
        assert_eq!(exact.to_string().parse::<Exact>().unwrap().value(), &x);
    }
    for text in [
        "0x1p-9999999999",
        "0x1p1073741824",
        "0x1p99999999999999999999",
    ] {
        assert!(text.parse::<Exact>().is_err(), "{text}");
    }
    assert!(Exact::new(&Float::with_val(53, float::Special::Nan)).is_err());
    assert_eq!(Exact::new(&-Float::new(80)).unwrap().to_string(), "-0x0p+0");
}

#[test]
fn every_field_is_kept() {
    for table in [everything(), monomial()] {
        let json = table.to_json().unwrap();
        assert_eq!(CoefficientTable::from_json(&json).unwrap(), table);
        let csv = table.to_csv().unwrap();
        assert_eq!(CoefficientTable::from_csv(&csv).unwrap(), table);
        assert_eq!(
            CoefficientTable::from_csv(&csv.replace('\n', "\r\n")).unwrap(),
            table
        );
        let value = serde_json::to_value(&table).unwrap();
        assert_eq!(
            serde_json::from_value::<CoefficientTable>(value).unwrap(),
            table
        );
    }
}

#[test]
fn a_change_of_basis_is_exact() {
    let table = monomial();
    for (stage, poly) in table.stages.iter().zip(table.polys().unwrap()) {
        let x = Float::with_val(53, 0.8125);
        let direct = (0..)
            .zip(&stage.coefficients)
            .fold(Float::new(4000), |sum, (k, c)| {
                let degree = u32::try_from(stage.parity.degree_of(k)).unwrap();
                let power = Float::with_val(4000, rug::ops::Pow::pow(&x, degree));
                sum + power * c.value()
            });
        let difference = Float::with_val(64, poly.eval(&x, 3000) - direct);
        assert!(difference.is_zero() || difference.get_exp().unwrap() < -2900);
        assert_eq!(stage.to_chebyshev(Basis::Monomial).unwrap(), poly);
    }
}
