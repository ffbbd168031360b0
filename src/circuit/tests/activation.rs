//! Circuits of tables against the tables themselves.

use crate::circuit::activation::{Activation, from_table};
use equiripple_approx::{
    coeffs::{CoefficientTable, Exact, StageTable},
    evaltree::{Cost, Plain},
    poly::Parity,
};
use rug::Float;

fn exact(x: f64) -> Exact {
    Exact::new(&Float::with_val(53, x)).unwrap()
}

/// Coefficients that fall slowly.
fn stage(parity: Parity, degree: usize, [lo, hi]: [f64; 2]) -> StageTable {
    let count = parity.len_for(degree) as i32;
    StageTable {
        parity,
        interval: [exact(lo), exact(hi)],
        domain: String::new(),
        coefficients: (0..count).map(|k| exact(0.6f64.powi(k) / 3.0)).collect(),
    }
}

fn table(stages: Vec<StageTable>, scale: f64, offset: f64, product: bool) -> CoefficientTable {
    let mut table = CoefficientTable::new("x", stages);
    table.input_scale = exact(scale);
    table.offset = exact(offset);
    table.product = product;
    table
}

/// Levels of the circuit, which must compute what the table says.
fn levels(table: &CoefficientTable) -> usize {
    let circuit = from_table(table, Activation::Table).unwrap();
    for i in 0..=16 {
        let x = f64::from(i - 8) / 16.0;
        let expected = table.eval(&Float::with_val(200, x), 200).unwrap().to_f64();
        let found = circuit.evaluate(&mut Plain, &[x]).unwrap();
        assert!((found - expected).abs() < 1e-13, "{x}: {found}, {expected}");
    }
    Cost::of(&circuit).depth
}

const UNIT: [f64; 2] = [-1.0, 1.0];

#[test]
fn a_scaled_input_costs_a_level_only_where_it_must() {
    let odd = || vec![stage(Parity::Odd, 7, UNIT), stage(Parity::Odd, 7, UNIT)];
    for product in [false, true] {
        for (scale, more) in [(1.0, 0), (0.7, 0), (-0.7, 0), (1.25, 1), (-1.25, 1)] {
            let found = levels(&table(odd(), scale, 0.0, product));
            assert_eq!(found, 6 + more, "{scale} {product}");
        }
    }
    for parity in [Parity::Full, Parity::Even, Parity::Odd] {
        let degree = 6 + usize::from(parity == Parity::Odd);
        let stages = || vec![stage(parity, degree, [-2.0, 2.0])];
        let unscaled = levels(&table(stages(), 1.0, 0.0, false));
        // [-2, 2] became [-1, 1], and there is nothing to map.
        let fitting = levels(&table(stages(), 2.0, 0.0, false));
        assert_eq!(fitting + 1, unscaled);
        assert_eq!(levels(&table(stages(), 0.3, 0.0, false)), unscaled);
        assert_eq!(levels(&table(stages(), -0.3, 0.0, false)), unscaled + 1);
    }
}

#[test]
fn an_offset_costs_no_level() {
    for parity in [Parity::Full, Parity::Even] {
        let stages = vec![stage(parity, 6, UNIT)];
        let without = levels(&table(stages.clone(), 1.0, 0.0, false));
        assert_eq!(levels(&table(stages, 1.0, -0.3, false)), without);
    }
    let odd = vec![stage(Parity::Odd, 7, UNIT)];
    assert_eq!(levels(&table(odd.clone(), 1.0, 0.25, false)), 3);
    assert_eq!(levels(&table(odd, 0.5, 0.25, true)), 4);
}

#[test]
fn a_scaled_stage_is_exact() {
    let table = table(vec![stage(Parity::Odd, 15, UNIT)], 0.3, 0.0, false);
    let [scaled] = &table.polys_of_input().unwrap()[..] else {
        unreachable!("one stage, folded");
    };
    let back = {
        let x = Float::with_val(200, 0.37);
        scaled.eval(&x, 2000) - table.eval(&x, 2000).unwrap()
    };
    assert!(back.abs() < Float::with_val(64, 1) >> 1900);
}
