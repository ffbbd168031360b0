//! Every composition of small degrees, with contractions from the exchange itself.

use std::collections::HashMap;

use crate::{
    Result,
    evaltree::{Kind, mult_count},
    remez::Budget,
    search::{CostTable, Limits, Objective, Search, SignTarget, contraction::log_contraction},
};

const LIMITS: Limits = Limits {
    max_degree: 9,
    max_extra_levels: 1,
    max_depth: 8,
};

/// A composition: degrees, where its products are, ln s at its end.
struct Path {
    degrees: Vec<usize>,
    mults_at_depth: Vec<usize>,
    log_s: f64,
}

/// All compositions up to the depth limit.
fn all_paths(alpha: f64) -> Result<Vec<Path>> {
    let mut stages = vec![];
    for degree in (3..=LIMITS.max_degree).step_by(2) {
        for extra_levels in 0..=LIMITS.max_extra_levels {
            let count = mult_count(degree, Kind::Odd, extra_levels)?;
            let histogram = super::super::choices::histogram(Kind::Odd, degree, extra_levels)?;
            assert_eq!(histogram.iter().sum::<usize>(), count.mults);
            stages.push((degree, count.depth, histogram));
        }
    }
    let start = Path {
        degrees: vec![],
        mults_at_depth: vec![],
        log_s: (alpha * std::f64::consts::LN_2).ln(),
    };
    let (mut all, mut from) = (vec![start], 0);
    let mut known: HashMap<Vec<usize>, f64> = HashMap::new();
    while from < all.len() {
        for (degree, depth, histogram) in &stages {
            let path = &all[from];
            let before = path.mults_at_depth.len();
            if before + depth > LIMITS.max_depth {
                continue;
            }
            let degrees = [path.degrees.as_slice(), &[*degree]].concat();
            let mut mults_at_depth = path.mults_at_depth.clone();
            mults_at_depth.extend(histogram);
            mults_at_depth.resize(before + depth, 0);
            let log_s = match known.get(&degrees) {
                Some(&log_s) => log_s,
                None => log_contraction(*degree, path.log_s.exp(), Budget::unlimited())?,
            };
            known.insert(degrees.clone(), log_s);
            all.push(Path {
                degrees,
                mults_at_depth,
                log_s,
            });
        }
        from += 1;
    }
    Ok(all)
}

/// The front by comparison of all with all: depth, cost, and the degrees with the least error there.
fn front(
    paths: &[Path],
    log_goal: f64,
    cost: impl Fn(&Path) -> f64,
) -> Vec<(usize, f64, Vec<usize>)> {
    let mut front: Vec<(usize, f64, Vec<usize>)> = vec![];
    for depth in 1..=LIMITS.max_depth {
        let fitting = paths
            .iter()
            .filter(|p| p.mults_at_depth.len() == depth && p.log_s <= log_goal);
        let least = fitting.min_by(|a, b| {
            let costs = cost(a).total_cmp(&cost(b));
            costs.then(a.log_s.total_cmp(&b.log_s))
        });
        if let Some(path) = least
            && front.last().is_none_or(|before| cost(path) < before.1)
        {
            front.push((depth, cost(path), path.degrees.clone()));
        }
    }
    front
}

fn compare(objective: &Objective, cost: impl Fn(&Path) -> f64) -> Result<()> {
    let search = Search::new(LIMITS)?;
    let mut compared = 0;
    for alpha in [1.5, 2.0, 3.0, 4.0] {
        let paths = all_paths(alpha)?;
        for error_bits in [1.0, 2.3, 3.0, 5.0] {
            let target = SignTarget {
                error_bits,
                ..SignTarget::alpha(alpha)
            };
            let log_goal = (2.0 * (-error_bits).exp2().atanh()).ln();
            let expected = front(&paths, log_goal, &cost);
            let Ok(found) = search.sign(&target, objective) else {
                assert!(expected.is_empty(), "{alpha} {error_bits}: {expected:?}");
                continue;
            };
            let found: Vec<(usize, f64, Vec<usize>)> = found
                .designs
                .iter()
                .map(|d| (d.composition.depth, d.cost, d.composition.degrees.clone()))
                .collect();
            assert_eq!(found, expected, "{alpha} {error_bits}");
            compared += found.len();
        }
    }
    assert!(compared > 12, "{compared}");
    Ok(())
}

#[test]
fn front_of_products() -> Result<()> {
    compare(&Objective::Mults, |path| {
        path.mults_at_depth.iter().sum::<usize>() as f64
    })
}

/// Costs that jump up and down with the level.
#[test]
fn front_of_a_cost_table() -> Result<()> {
    let costs = [3.0, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0];
    let table = CostTable::new(1, costs.to_vec())?;
    compare(&Objective::Table(table), |path| {
        let levels = path.mults_at_depth.iter().rev().zip(costs);
        levels.map(|(&mults, cost)| mults as f64 * cost).sum()
    })
}
