//! The dynamic program that chooses babies, giants and splits with the fewest products of ciphertexts.
//!
//! With f(i, j) the products for a polynomial of degree i at depth at most j, the powers given apart:
//! f = 0 for a sum over babies, and otherwise the minimum over giants g of f(i−g, j−1) + f(g−1, j) + 1, from
//! p = q·T_g + r. A scalar product costs a level, so a sum over babies up to T_i is at depth ⌈log2 i⌉ + 1. In the
//! folded shape f(1, 1) = 1, the critical leaf (c·x)·y: c·x was made above.

use super::powers::{Powers, Shape, log2_ceil};

/// How a polynomial of some degree is evaluated within some depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A sum over the babies.
    Leaf,
    /// (c·x)·y.
    Critical,
    /// q·T_g + r.
    Split(usize),
}

/// Powers and the best splits over them.
#[derive(Debug)]
pub(super) struct Scheme {
    pub(super) powers: Powers,
    /// Levels within which the splits stay.
    pub(super) depth: usize,
    /// Products of ciphertexts, those of the powers included.
    pub(super) mults: usize,
    steps: Table,
}

/// `None` where nothing was computed, `Some(None)` where nothing fits into the depth.
type Table = Vec<Option<Option<(usize, Step)>>>;

impl Scheme {
    /// The step for degree i at depth j; `None` if the search did not come there.
    pub(super) fn step(&self, i: usize, j: usize) -> Option<Step> {
        let cell = self.steps.get(i * (self.depth + 1) + j)?;
        (*cell).flatten().map(|(_, step)| step)
    }

    fn solve(powers: Powers, degree: usize, depth: usize) -> Option<Self> {
        let mut scheme = Self {
            powers,
            depth,
            mults: 0,
            steps: vec![None; (degree + 1) * (depth + 1)],
        };
        scheme.mults = scheme.powers.mults() + scheme.fewest(degree, depth)?;
        Some(scheme)
    }

    /// f(i, j), remembered.
    fn fewest(&mut self, i: usize, j: usize) -> Option<usize> {
        let cell = i * (self.depth + 1) + j;
        if let Some(known) = self.steps[cell] {
            return known.map(|(mults, _)| mults);
        }
        let found = if self.powers.is_leaf(i, j) {
            Some((0, Step::Leaf))
        } else if self.powers.shape == Shape::Folded && i == 1 && j >= 1 {
            Some((1, Step::Critical))
        } else if log2_ceil(i + 1) > j {
            None
        } else {
            self.best_split(i, j)
        };
        self.steps[cell] = Some(found);
        found.map(|(mults, _)| mults)
    }

    fn best_split(&mut self, i: usize, j: usize) -> Option<(usize, Step)> {
        // In the odd shapes a quotient of degree 0 has the wrong parity.
        let largest = match self.powers.shape {
            Shape::General => i,
            Shape::Odd | Shape::Folded => i - 1,
        };
        let mut best: Option<(usize, Step)> = None;
        for k in (0..self.powers.giants.len()).rev() {
            let g = self.powers.giants[k];
            if g > largest || log2_ceil(g) >= j {
                continue;
            }
            // A constant quotient makes c·T_g, which is no product of ciphertexts.
            let product = usize::from(g < i);
            let Some(quotient) = self.fewest(i - g, j - 1) else {
                continue;
            };
            let Some(rest) = self.fewest(g - 1, j) else {
                continue;
            };
            let mults = quotient + rest + product;
            if best.is_none_or(|(least, _)| mults < least) {
                best = Some((mults, Step::Split(g)));
            }
        }
        best
    }
}

/// The scheme with the fewest products for `degree` within `depth` levels, and fewer than `limit`; `None` if there is
/// none.
///
/// Exact over: babies up to any b ≤ 4√degree + 4, giants 2, 4, …, 2^m, and a second chain s, 2s, 4s, … from s ≤ 4b + 4
/// (babies 1, 3, 5 with giants 2, 6, 12 save a product at degree 17). A set is skipped when its powers and the splits that its leaves leave
/// necessary already reach the best count.
pub(super) fn best(shape: Shape, degree: usize, depth: usize, limit: usize) -> Option<Scheme> {
    let mut best: Option<Scheme> = None;
    let mut limit = limit;
    // Powers of two alone first: a good count early prunes most of the rest.
    for chains in [false, true] {
        for babies in baby_bounds(shape, degree) {
            let second = if chains {
                second_chains(shape, degree, babies)
            } else {
                vec![(0, 0)]
            };
            for doublings in 0..log2_ceil(degree + 1) {
                for &(extra, extras) in &second {
                    let powers = Powers::new(shape, babies, doublings, extra, extras);
                    let bound = powers.mults() + least_splits(&powers, degree);
                    if bound >= limit || !powers.is_complete() {
                        continue;
                    }
                    let scheme = Scheme::solve(powers, degree, depth);
                    if let Some(scheme) = scheme.filter(|scheme| scheme.mults < limit) {
                        limit = scheme.mults;
                        best = Some(scheme);
                    }
                }
            }
        }
    }
    best
}

/// Bounds of the babies that are worth trying: far above the square root of the degree they cost more than they save.
fn baby_bounds(shape: Shape, degree: usize) -> impl Iterator<Item = usize> {
    let most = degree.min(4 * degree.isqrt() + 4);
    let step = if shape == Shape::General { 1 } else { 2 };
    let none = (shape == Shape::Folded).then_some(0);
    none.into_iter().chain((1..=most).step_by(step))
}

/// Starts and lengths of second chains; powers of two are in the first chain.
fn second_chains(shape: Shape, degree: usize, babies: usize) -> Vec<(usize, usize)> {
    let largest = degree.min(4 * babies + 4);
    let mut found = Vec::new();
    for extra in 3..=largest {
        if extra.is_power_of_two() || (shape != Shape::General && extra % 2 == 1) {
            continue;
        }
        let lengths = (1..).take_while(|&n| extra << (n - 1) <= degree);
        found.extend(lengths.map(|n| (extra, n)));
    }
    found
}

/// Splits needed at least: a leaf carries at most as many coefficients as there are babies (and, in the general shape,
/// one for each larger giant through a constant quotient), and k leaves are joined by k−1 splits.
fn least_splits(powers: &Powers, degree: usize) -> usize {
    let larger = powers.giants.iter().filter(|&&g| g > powers.babies).count();
    let (coefficients, per_leaf) = match powers.shape {
        Shape::General => (degree + 1, 1 + powers.babies + larger),
        Shape::Odd | Shape::Folded => (degree.div_ceil(2), powers.babies.div_ceil(2).max(1)),
    };
    coefficients.div_ceil(per_leaf) - 1
}
