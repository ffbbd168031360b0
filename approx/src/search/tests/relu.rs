//! ReLU.

use crate::{
    ApproxError, Result,
    composite::{ReluDesign, design_relu},
    evaltree::{self, Cost, PlanOptions, Stage},
    remez::Budget,
    search::{
        Limits, Objective, ReluTarget, Search,
        model::{DOUBT, Model},
    },
};

/// For α = 3, 4, … the least levels with degrees up to 31, and the fewest products there.
const LEAST_LEVELS: [(usize, usize); 10] = [
    (2, 1),
    (3, 2),
    (3, 3),
    (4, 4),
    (5, 6),
    (7, 10),
    (7, 15),
    (8, 18),
    (9, 22),
    (10, 26),
];

#[test]
fn least_levels_with_offset() -> Result<()> {
    let search = Search::new(Limits::default())?;
    for (alpha, (depth, mults)) in (3..).zip(LEAST_LEVELS) {
        let alpha = f64::from(alpha);
        let front = search.least_level_relu(&ReluTarget::alpha(alpha, true))?;
        assert!(front.skipped.is_empty());
        let found = front.best();
        let composition = &found.composition;
        assert_eq!(
            (composition.depth, composition.mults),
            (depth, mults),
            "{alpha}"
        );
        assert!(found.made.sup.bounds.log2_upper() <= -alpha, "{alpha}");
    }
    Ok(())
}

/// The composition's figures are those of the circuit that is run.
#[test]
fn circuits_cost_what_is_said() -> Result<()> {
    let search = Search::new(Limits::degree(29))?;
    let mut single = 0;
    for alpha in [6.5, 9.0] {
        let front = search.relu(&ReluTarget::alpha(alpha, true), &Objective::Depth)?;
        for design in &front.designs {
            let composition = &design.composition;
            let stages: Vec<Stage<'_, rug::Float>> = design
                .made
                .polys()
                .zip(&composition.extra_levels)
                .map(|(poly, &extra_levels)| Stage {
                    coefficients: poly.coeffs(),
                    options: PlanOptions { extra_levels },
                })
                .collect();
            single += usize::from(stages.len() == 1);
            let cost = Cost::of(&evaltree::relu(&stages, Some(&design.made.offset))?);
            assert_eq!(cost.depth, composition.depth);
            assert_eq!(cost.nonscalar_mults, composition.mults);
            let mut histogram = cost.mults_at_depth;
            histogram.resize(composition.depth, 0);
            assert_eq!(histogram, composition.mults_at_depth);
        }
        let costs = front.designs.windows(2);
        assert!(costs.into_iter().all(|d| d[0].cost > d[1].cost));
    }
    assert!(single > 0);
    Ok(())
}

/// The model's figures are within the doubt that the search allows for.
#[test]
fn model_is_close() -> Result<()> {
    let (search, budget) = (Search::new(Limits::default())?, Budget::unlimited());
    for offset in [true, false] {
        let model = Model::new(offset);
        for degrees in [
            vec![5, 9],
            vec![9, 21],
            vec![3, 9, 5],
            vec![5, 3, 3, 9],
            vec![11],
            vec![25],
        ] {
            let expected = match *degrees.as_slice() {
                [single] => model.of_single(single),
                _ => {
                    let curve = |&d: &usize| search.tables.curve(d, budget);
                    let curves = degrees.iter().map(curve).collect::<Result<Vec<_>>>()?;
                    model.of_stages(&curves, degrees[degrees.len() - 1], 0.0)
                }
            };
            let made = design_relu(&ReluDesign::new(&degrees, offset), budget)?;
            let found = made.sup.bounds.log2_upper();
            assert!(
                (found - expected).abs() < DOUBT,
                "{degrees:?} {offset}: {found} {expected}"
            );
        }
    }
    Ok(())
}

#[test]
fn without_offset_it_takes_more() -> Result<()> {
    let search = Search::new(Limits::degree(15))?;
    let front = search.least_level_relu(&ReluTarget::alpha(6.0, false))?;
    let found = front.best();
    assert_eq!((found.composition.depth, found.composition.mults), (5, 5));
    assert_eq!(found.made.offset, 0);
    Ok(())
}

#[test]
fn out_of_reach_is_an_error() -> Result<()> {
    let search = Search::new(Limits {
        max_depth: 4,
        ..Limits::degree(7)
    })?;
    let found = search.relu(&ReluTarget::alpha(12.0, true), &Objective::Depth);
    assert!(matches!(found, Err(ApproxError::NoDesign { .. })));
    let found = search.relu(&ReluTarget::alpha(60.0, true), &Objective::Depth);
    assert!(matches!(found, Err(ApproxError::OutOfRange { .. })));
    Ok(())
}

/// No sequence of stages within the levels is better, whatever their order.
#[test]
fn no_relu_within_levels_is_more_exact() -> Result<()> {
    let search = Search::new(Limits::degree(15))?;
    let target = ReluTarget::alpha(2.0, true);
    let front = search.most_exact_relu(7, &target)?;
    let best = front.best();
    assert_eq!(best.composition.depth, 7);
    for degrees in [
        &[15][..],
        &[3, 7],
        &[7, 7],
        &[3, 15],
        &[15, 3],
        &[7, 15],
        &[15, 7],
        &[3, 3, 7],
        &[3, 7, 3],
        &[7, 3, 3],
    ] {
        let other = design_relu(&ReluDesign::new(degrees, true), Budget::unlimited())?;
        let error = other.sup.bounds.log2_upper();
        assert!(best.log2_error <= error + 1e-9, "{degrees:?}: {error}");
    }
    let least = search.least_level_relu(&ReluTarget::alpha(9.0, true))?;
    let levels = least.best().composition.depth;
    let exact = search.most_exact_relu(levels, &target)?;
    assert!(exact.best().log2_error <= least.best().log2_error);
    let out_of_reach = search.most_exact_relu(3, &ReluTarget::alpha(9.0, true));
    assert!(matches!(out_of_reach, Err(ApproxError::NoDesign { .. })));
    let too_many = search.most_exact_relu(21, &target);
    assert!(matches!(too_many, Err(ApproxError::OutOfRange { .. })));
    Ok(())
}
