//! Tables of designs are the designs.

use rug::Float;

use super::points;
use crate::{
    coeffs::{CoefficientTable, Format},
    composite::{ReluDesign, SignDesign, design_relu, design_sign},
    poly::pow2,
    remez::Budget,
};

#[test]
fn a_sign_keeps_its_stages_and_domains() {
    let design = SignDesign::new(&[5, 7], pow2(-4));
    let (stages, bounds) = design_sign(&design, Budget::unlimited()).unwrap();
    let table = CoefficientTable::from_sign(&stages)
        .unwrap()
        .with_bounds(&bounds);
    let table = CoefficientTable::from_csv(&table.to_csv().unwrap()).unwrap();
    for (stage, poly) in stages.iter().zip(table.polys().unwrap()) {
        assert_eq!(stage.poly, poly);
    }
    assert_eq!(table.stages[0].domain, "[-1,-0.0625]∪[0.0625,1]");
    assert_eq!(table.log2_upper, Some(bounds.log2_upper()));
}

#[test]
fn a_relu_is_within_its_certificate() {
    let relu = design_relu(&ReluDesign::new(&[3, 3], true), Budget::unlimited()).unwrap();
    let table = CoefficientTable::from_relu(&relu).unwrap();
    let table = CoefficientTable::from_json(&table.to_json().unwrap()).unwrap();
    for x in points() {
        let value = table.eval(&Float::with_val(53, x), 200).unwrap();
        assert!((value.to_f64() - x.max(0.0)).abs() <= relu.sup.bounds.upper.to_f64());
    }
    for (format, _) in Format::list() {
        assert!(!format.export(&table, "relu").unwrap().is_empty());
    }
}
