//! The designs of ReLU that a sweep tries.

use equiripple_approx::{
    ApproxError,
    coeffs::CoefficientTable,
    composite::ReluComposite,
    evaltree::Cost,
    rounding::Rounding,
    search::{Limits, ReluTarget, Search},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    circuit::activation::{Activation, from_table},
    cli::{
        error::{Failure, Outcome},
        progress::Bar,
        published::published,
    },
};

/// Whose designs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Designs {
    /// Degrees of Lee et al. (2022), made again: minimax signs, no constant
    Published,
    /// Of least error within the levels of the published one, and of fewest levels
    Ours,
}

/// What a design is best at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// As published.
    Published,
    /// Least error within as many levels as the published one has, with a constant or without, as suits the network.
    EqualLevels,
    /// Fewest levels for an error of 2^-α.
    FewestLevels,
}

impl Kind {
    /// In tables.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::EqualLevels => "ours, equal levels",
            Self::FewestLevels => "ours, fewest levels",
        }
    }
}

/// One design, and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Design {
    pub(super) alpha: u32,
    pub(super) kind: Kind,
    pub(super) degrees: Vec<usize>,
    /// Of the circuit that is evaluated, the product with x among them.
    pub(super) levels: usize,
    /// Products of ciphertexts.
    pub(super) mults: usize,
    /// Lower end of the domain of the stages before the last, or of all of a published one; none of one stage.
    pub(super) epsilon: Option<f64>,
    /// The constant c₀; 0 where the design has none.
    pub(super) offset: f64,
    /// Certified upper bound of the error on [−1, 1].
    pub(super) log2_error: f64,
}

/// A design and its coefficients, as f64.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) design: Design,
    pub(super) table: CoefficientTable,
}

impl Design {
    /// Whether two are the same polynomials.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.degrees == other.degrees && self.offset.to_bits() == other.offset.to_bits()
    }
}

impl Made {
    fn new(alpha: u32, kind: Kind, relu: &ReluComposite) -> Outcome<Self> {
        let table = CoefficientTable::from_relu(relu)?;
        let cost = Cost::of(&from_table(&table, Activation::Table)?);
        let meant = kind == Kind::Published || !relu.inner.is_empty();
        let design = Design {
            alpha,
            kind,
            degrees: relu.polys().map(|p| p.degree()).collect(),
            levels: cost.depth,
            mults: cost.nonscalar_mults,
            epsilon: meant.then(|| relu.epsilon.to_f64()),
            offset: relu.offset.to_f64(),
            log2_error: relu.sup.bounds.log2_upper(),
        };
        Ok(Self { design, table })
    }
}

/// The designs of one precision.
#[derive(Debug, Clone)]
pub(super) struct Precision {
    pub(super) alpha: u32,
    pub(super) published: Option<Made>,
    /// Of least error within the levels of the published one: with the constant c₀ and without.
    pub(super) equal: Vec<Made>,
    pub(super) fewest: Option<Made>,
}

/// The designs of all precisions, in their order.
pub(super) fn designs(
    alphas: &[u32],
    whose: &[Designs],
    max_degree: usize,
) -> Outcome<Vec<Precision>> {
    let unknown = |alpha: &&u32| published(**alpha).is_none();
    if let Some(alpha) = alphas.iter().find(unknown)
        && !whose.contains(&Designs::Ours)
    {
        return Err(Failure::Usage(format!(
            "there is no published design of precision {alpha}, only of 4 to 14; give --alphas within these, or --designs published,ours"
        )));
    }
    let search = Search::new(Limits::degree(max_degree))?;
    let bar = Bar::new(alphas.len() as u64, "designing");
    let all = alphas.par_iter().map(|&alpha| {
        let made = of_precision(&search, alpha, whose);
        bar.step(format!("α = {alpha} designed"));
        made
    });
    all.collect()
}

fn of_precision(search: &Search<'_>, alpha: u32, whose: &[Designs]) -> Outcome<Precision> {
    let published = published(alpha).map(|known| {
        let relu = known.made(Rounding::F64)?;
        Made::new(alpha, Kind::Published, &relu)
    });
    let mut precision = Precision {
        alpha,
        published: published.transpose()?,
        equal: vec![],
        fewest: None,
    };
    if whose.contains(&Designs::Ours) {
        let target = |offset| ReluTarget {
            rounding: Rounding::F64,
            ..ReluTarget::alpha(alpha.into(), offset)
        };
        if let Some(reference) = &precision.published {
            let levels = reference.design.levels;
            for offset in [true, false] {
                let made = best(search, alpha, levels, &target(offset))?;
                precision.equal.extend(made);
            }
        }
        let fewest = search.least_level_relu(&target(true))?.into_best().made;
        precision.fewest = Some(Made::new(alpha, Kind::FewestLevels, &fewest)?);
    }
    if !whose.contains(&Designs::Published) {
        precision.published = None;
    }
    Ok(precision)
}

/// The most exact design of so many levels; none where the largest degree lets none reach 2^-α.
fn best(
    search: &Search<'_>,
    alpha: u32,
    levels: usize,
    target: &ReluTarget,
) -> Outcome<Option<Made>> {
    match search.most_exact_relu(levels, target) {
        Ok(front) => Made::new(alpha, Kind::EqualLevels, &front.into_best().made).map(Some),
        Err(ApproxError::NoDesign { .. }) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
