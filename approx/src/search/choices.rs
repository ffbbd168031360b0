//! What a stage can be: degrees with their circuits' depth and products, without those that another one beats.

use super::Limits;
use crate::{
    Result,
    evaltree::{Cost, Count, Dag, Kind, Plan, PlanOptions, mult_count},
};
use rug::Float;

/// One stage and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Degree of the odd polynomial.
    pub(super) degree: usize,
    pub(super) extra_levels: usize,
    pub(super) depth: usize,
    /// Products whose deeper operand is so many levels below the stage's input.
    pub(super) mults_at_depth: Vec<usize>,
}

impl Choice {
    pub(super) fn mults(&self) -> usize {
        self.mults_at_depth.iter().sum()
    }

    /// No deeper, nowhere more products, and the degree no lower: never worse, whatever a product costs.
    fn beats(&self, other: &Self, levels_priced: bool) -> bool {
        if self.degree < other.degree {
            return false;
        }
        if levels_priced {
            let at = |choice: &Self, k: usize| choice.mults_at_depth.get(k).copied().unwrap_or(0);
            return self.depth == other.depth
                && (0..self.depth).all(|k| at(self, k) <= at(other, k));
        }
        self.depth <= other.depth && self.mults() <= other.mults()
    }
}

/// All stages of a kind within the limits that no other beats. `levels_priced`: a product's cost depends on its level.
///
/// `Kind::Even` stands for x·p of a single stage: an even polynomial of one degree more.
pub(super) fn choices(kind: Kind, limits: &Limits, levels_priced: bool) -> Result<Vec<Choice>> {
    let mut all: Vec<Choice> = vec![];
    // x·p₁(x) is good for something: the parabola.
    let least = if kind == Kind::Even { 1 } else { 3 };
    for degree in (least..=limits.max_degree).step_by(2) {
        let planned = if kind == Kind::Even {
            degree + 1
        } else {
            degree
        };
        let mut known: Vec<Count> = vec![];
        for extra_levels in 0..=limits.max_extra_levels {
            let count = mult_count(planned, kind, extra_levels)?;
            if known.contains(&count) {
                continue;
            }
            known.push(count);
            let mults_at_depth = histogram(kind, planned, extra_levels)?;
            all.push(Choice {
                degree,
                extra_levels,
                depth: count.depth,
                mults_at_depth,
            });
        }
    }
    // The highest degree first, so that of equals one stays.
    all.reverse();
    let mut best: Vec<Choice> = vec![];
    for choice in all {
        if !best.iter().any(|known| known.beats(&choice, levels_priced)) {
            best.push(choice);
        }
    }
    best.sort_by_key(|c| (c.depth, c.mults(), c.degree));
    Ok(best)
}

/// Where the products of a dense polynomial are.
pub(super) fn histogram(kind: Kind, degree: usize, extra_levels: usize) -> Result<Vec<usize>> {
    let options = PlanOptions { extra_levels };
    // Splits subtract coefficients: equal ones would cancel, and a zero saves a product.
    let count = if kind == Kind::Even {
        degree / 2 + 1
    } else {
        degree.div_ceil(2)
    };
    let dummies: Vec<Float> = (0..count as u32)
        .map(|k| Float::with_val(53, k * k + 2).sqrt())
        .collect();
    let dag: Dag<Float> = match kind {
        Kind::Folded => Plan::folded(&dummies, options)?,
        Kind::Even => Plan::even(&dummies, options)?,
        _ => Plan::odd(&dummies, options)?,
    };
    Ok(Cost::of(&dag).mults_at_depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_agree_with_counts() -> Result<()> {
        let limits = Limits {
            max_degree: 31,
            ..Limits::default()
        };
        for kind in [Kind::Odd, Kind::Folded, Kind::Even] {
            for choice in choices(kind, &limits, true)? {
                let degree = choice.degree + usize::from(kind == Kind::Even);
                let count = mult_count(degree, kind, choice.extra_levels)?;
                assert_eq!(
                    (choice.depth, choice.mults()),
                    (count.depth, count.mults),
                    "{kind:?} {degree}"
                );
                assert!(choice.mults_at_depth.len() <= choice.depth);
            }
        }
        Ok(())
    }

    #[test]
    fn beaten_choices_are_left_out() -> Result<()> {
        let limits = Limits {
            max_degree: 9,
            ..Limits::default()
        };
        let found: Vec<(usize, usize, usize)> = choices(Kind::Odd, &limits, false)?
            .iter()
            .map(|c| (c.degree, c.depth, c.mults()))
            .collect();
        assert_eq!(
            found,
            [
                (3, 2, 2),
                (5, 3, 3),
                (7, 3, 5),
                (7, 4, 4),
                (9, 4, 5),
                (9, 5, 4)
            ]
        );
        Ok(())
    }
}
