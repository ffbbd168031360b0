//! Composite signs.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{
    ApproxError, Result,
    remez::Budget,
    search::{CostTable, Limits, Objective, Phase, Progress, Search, SignTarget},
};

/// Minimum-depth optima for α = 4, 5, …, 20 and degrees up to 31: degrees, depth, products.
const LEAST_DEPTH: [(&[usize], usize, usize); 17] = [
    (&[27], 5, 10),
    (&[7, 13], 7, 12),
    (&[15, 15], 8, 16),
    (&[7, 7, 13], 10, 17),
    (&[7, 15, 15], 11, 21),
    (&[7, 7, 7, 13], 13, 22),
    (&[7, 7, 13, 15], 14, 25),
    (&[7, 15, 15, 15], 15, 29),
    (&[15, 15, 15, 15], 16, 32),
    (&[15, 15, 15, 31], 17, 36),
    (&[7, 7, 15, 15, 27], 19, 36),
    (&[7, 15, 15, 15, 27], 20, 39),
    (&[15, 15, 15, 15, 27], 21, 42),
    (&[15, 15, 15, 29, 29], 22, 46),
    (&[15, 15, 29, 29, 31], 23, 50),
    (&[15, 29, 31, 31, 31], 24, 55),
    (&[29, 31, 31, 31, 31], 25, 59),
];

#[test]
fn least_depth_optima() -> Result<()> {
    let search = Search::new(Limits::default())?;
    for (alpha, (degrees, depth, mults)) in (4..).zip(LEAST_DEPTH) {
        let alpha = f64::from(alpha);
        let front = search.least_level_sign(&SignTarget::alpha(alpha))?;
        let found = front.best();
        let composition = &found.composition;
        assert_eq!(composition.degrees, degrees, "{alpha}");
        assert_eq!(
            (composition.depth, composition.mults),
            (depth, mults),
            "{alpha}"
        );
        assert!(found.log2_error <= 1.0 - alpha, "{alpha}");
        assert!(found.made.bounds.gap() < 1e-6);
    }
    Ok(())
}

#[test]
fn front_of_alpha_10() -> Result<()> {
    let search = Search::new(Limits::default())?;
    let front = search.sign(&SignTarget::alpha(10.0), &Objective::Mults)?;
    let found: Vec<(usize, usize)> = front
        .designs
        .iter()
        .map(|d| (d.composition.depth, d.composition.mults))
        .collect();
    assert_eq!(found, [(14, 25), (15, 23), (16, 21), (17, 20), (18, 18)]);
    assert_eq!(front.best().composition.degrees, [5; 6]);
    assert!(front.designs.iter().all(|d| d.log2_error <= -9.0));
    assert!(front.skipped.is_empty());
    Ok(())
}

#[test]
fn unit_costs_are_products() -> Result<()> {
    let search = Search::new(Limits::degree(15))?;
    let target = SignTarget::alpha(6.0);
    let table = CostTable::new(3, vec![1.0; 16])?;
    let (by_table, by_mults) = (
        search.sign(&target, &Objective::Table(table))?,
        search.sign(&target, &Objective::Mults)?,
    );
    assert_eq!(by_table.designs.len(), by_mults.designs.len());
    for (a, b) in by_table.designs.iter().zip(&by_mults.designs) {
        assert_eq!(a.composition.degrees, b.composition.degrees);
    }
    Ok(())
}

#[test]
fn margin_costs_accuracy_not_soundness() -> Result<()> {
    let search = Search::new(Limits::degree(15))?;
    let plain = SignTarget::alpha(6.0);
    let noisy = SignTarget {
        margin: crate::poly::pow2(-7),
        ..plain.clone()
    };
    let (plain, noisy) = (
        search.least_level_sign(&plain)?,
        search.least_level_sign(&noisy)?,
    );
    let cost = |c: &crate::search::Composition| (c.depth, c.mults);
    assert!(cost(&plain.best().composition) <= cost(&noisy.best().composition));
    assert!(noisy.best().log2_error <= -5.0);
    Ok(())
}

#[test]
fn what_cannot_be_is_an_error() -> Result<()> {
    let shallow = Limits {
        max_depth: 4,
        ..Limits::degree(7)
    };
    let search = Search::new(shallow)?;
    for objective in [
        Objective::Depth,
        Objective::Table(CostTable::new(1, vec![1.0; 3])?),
    ] {
        let found = search.sign(&SignTarget::alpha(5.0), &objective);
        assert!(matches!(found, Err(ApproxError::NoDesign { .. })));
    }
    for alpha in [f64::NAN, 0.1, 40.0] {
        let found = search.least_level_sign(&SignTarget::alpha(alpha));
        assert!(matches!(found, Err(ApproxError::OutOfRange { .. })));
    }
    let search = Search::new(shallow)?.with_budget(Budget::seconds(1e-9)?);
    let found = search.least_level_sign(&SignTarget::alpha(2.0));
    assert!(matches!(found, Err(ApproxError::TimeLimit { .. })));
    Ok(())
}

#[test]
fn progress_is_told() -> Result<()> {
    let (tables, designs) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let report = |progress: Progress| {
        let counter = match progress.phase {
            Phase::Tabulate => &tables,
            Phase::Certify => &designs,
        };
        counter.fetch_max(progress.done, Ordering::Relaxed);
    };
    let search = Search::new(Limits::degree(7))?.with_report(&report);
    let front = search.sign(&SignTarget::alpha(3.0), &Objective::Depth)?;
    assert_eq!(tables.load(Ordering::Relaxed), 3);
    assert_eq!(designs.load(Ordering::Relaxed), front.certified);
    Ok(())
}
