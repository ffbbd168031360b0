//! Round trips, damaged files, and exports that are run by the programs they are for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;
mod designs;
mod numbers;
mod plain;
mod programs;
mod refusals;
mod texts;

use rug::{Float, float::Constant};

use super::{Basis, CoefficientTable, Exact, Provenance, StageTable};
use crate::poly::Parity;

fn exact(x: f64) -> Exact {
    Exact::new(&Float::with_val(53, x)).unwrap()
}

/// A stage with coefficients of 200 bits that decrease.
fn stage(parity: Parity, count: u32, lo: f64, hi: f64) -> StageTable {
    let pi = Float::with_val(200, Constant::Pi);
    let coefficients = (1..=count).map(|k| {
        let c = Float::with_val(200, &pi / (k * k * 4));
        Exact::new(&if k % 2 == 0 { -c } else { c }).unwrap()
    });
    StageTable {
        parity,
        interval: [exact(lo), exact(hi)],
        domain: format!("[{lo},{hi}]"),
        coefficients: coefficients.collect(),
    }
}

/// Every feature at once: all parities, intervals, a zero coefficient, scale, offset, product, provenance.
fn everything() -> CoefficientTable {
    let mut stages = vec![
        stage(Parity::Odd, 4, -1.0, 1.0),
        stage(Parity::Full, 6, -1.3, 2.7),
        stage(Parity::Even, 3, -2.0, 2.0),
    ];
    stages[1].coefficients[2] = Exact::default();
    let mut table = CoefficientTable::new("relu", stages);
    table.alpha = Some(0.1 + 0.2);
    table.input_scale = exact(0.75);
    table.offset = exact(-0.031_25);
    table.product = true;
    table.log2_lower = Some(-13.400_000_000_000_002);
    table.log2_upper = Some(-13.4);
    table.provenance = Provenance {
        tool: "equiripple".into(),
        version: "0.1.0".into(),
        revision: "0000000".into(),
        command: "equiripple design \"x\"\n# a = 1 \\".into(),
        created: "2001-02-03T04:05:06Z".into(),
    };
    table
}

/// The same in the monomial basis.
fn monomial() -> CoefficientTable {
    CoefficientTable {
        basis: Basis::Monomial,
        ..everything()
    }
}

fn points() -> Vec<f64> {
    (0..=20).map(|i| f64::from(i - 10) / 16.0).collect()
}
