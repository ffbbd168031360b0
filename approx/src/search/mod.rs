//! Which degrees to compose: an exact search for sign, and one led by a model for ReLU and max.
//!
//! A stage of degree d maps the ratio of its domain's ends to that of its range, whatever the scale, and minimax is the
//! best map there is. So a composition is a path of `s = ln(hi/lo)`, from the domain's down to what the target error
//! allows, and the cheapest path is found by dynamic programming over tables of [`Contractions`]. The tables only say
//! what to try: every design that is returned was made and certified.
//!
//! For ReLU and max the error counts on all of [−1, 1], and x stands beside the composition; there the path of `s` is a
//! calibrated model that orders the candidates, and the certificate decides.

mod choices;
mod contraction;
mod cost_table;
mod curve;
mod exact;
mod front;
mod limits;
mod model;
mod objective;
mod program;
mod progress;
mod relu;
mod sign;
mod sweep;
#[cfg(test)]
mod tests;

pub use contraction::{Contractions, WIDEST};
pub use cost_table::CostTable;
pub use front::{Composition, Design, Front};
pub use limits::Limits;
pub use objective::Objective;
pub use progress::{Phase, Progress, Report, silent};
pub use relu::ReluTarget;
pub use sign::{SignComposite, SignTarget};

use crate::{ApproxError, Result, remez::Budget};

/// A search with its tables, which later searches use again.
///
/// ```
/// use equiripple_approx::search::{Limits, Objective, Search, SignTarget};
/// let search = Search::new(Limits::degree(7))?;
/// // |1 − p(x)| ≤ 2^-2 on [2^-3, 1], for odd p.
/// let front = search.sign(&SignTarget::alpha(3.0), &Objective::Depth)?;
/// assert_eq!(front.best().composition.degrees, [3, 3]);
/// assert!(front.best().log2_error <= -2.0);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
pub struct Search<'a> {
    limits: Limits,
    budget: Budget,
    report: Report<'a>,
    tables: Contractions,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl<'a> Search<'a> {
    /// A search without a time limit and without a listener.
    ///
    /// # Errors
    /// [`ApproxError::Degree`] unless the largest degree is 3 to 63.
    pub fn new(limits: Limits) -> Result<Self> {
        Ok(Self {
            limits,
            budget: Budget::unlimited(),
            report: &silent,
            tables: Contractions::new(limits.max_degree)?,
        })
    }

    /// The same with a time limit for all that follows.
    #[must_use]
    pub fn with_budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// The same with a listener.
    #[must_use]
    pub fn with_report(self, report: Report<'a>) -> Self {
        Self { report, ..self }
    }

    /// The tables of contraction.
    pub fn contractions(&self) -> &Contractions {
        &self.tables
    }

    fn tabulate(&self, kinds: &[&[choices::Choice]]) -> Result<()> {
        let stages = kinds.iter().copied().flatten();
        let degrees: Vec<usize> = stages.map(|c| c.degree).filter(|&d| d > 1).collect();
        self.tables.prepare(&degrees, self.budget, self.report)
    }

    fn told(&self, certified: usize) {
        (self.report)(Progress {
            phase: Phase::Certify,
            done: certified,
            total: 0,
        });
    }

    fn none(&self, target: String) -> ApproxError {
        let limits = self.limits.describe();
        ApproxError::NoDesign { target, limits }
    }
}
