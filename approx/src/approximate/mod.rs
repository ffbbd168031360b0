//! From a function and a goal to a certified coefficient table, in one call.
//!
//! Sign, ReLU and max become compositions of odd polynomials; everything else, and these too when a domain, a weight
//! or a basis is asked for, one minimax polynomial.

mod composite;
mod polynomial;
mod recertified;
mod request;

use rug::Float;

pub use recertified::Recertified;
pub use request::{Goal, Request};

use crate::{
    Result,
    certify::Bounds,
    coeffs::CoefficientTable,
    evaltree::Cost,
    poly::Chebyshev,
    remez::Budget,
    search::{Limits, Report, Search},
};

/// What was made of one stage.
#[derive(Debug, Clone)]
pub struct StageSummary {
    /// Its degree.
    pub degree: usize,
    /// Where it was designed for.
    pub domain: Vec<(f64, f64)>,
    /// Levelled error of its own minimax problem: a lower bound of the best.
    pub levelled: f64,
    /// Upper bound of its own error on that domain, as it is used.
    pub largest: f64,
    /// Exchange steps.
    pub iterations: usize,
    /// Bits at which the exchange converged.
    pub precision: u32,
    /// Points where the error is levelled.
    pub reference: Vec<f64>,
}

/// How the stages make the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `P` for sign on `[−1, −ε] ∪ [ε, 1]`.
    Sign,
    /// `x/2 + x·P(x) + c₀` on `[−1, 1]`.
    Relu,
    /// `(a+b)/2 + (a−b)·P(a−b) + c₀` for `|a−b| ≤ 1`.
    Max,
    /// One polynomial.
    Polynomial,
}

/// A certified approximation.
#[derive(Debug, Clone)]
pub struct Approximation {
    /// The function's name or expression.
    pub function: String,
    /// How the stages make the result.
    pub form: Form,
    /// The stages in order of application.
    pub polys: Vec<Chebyshev>,
    /// The constant c₀.
    pub offset: Float,
    /// What was made of each stage.
    pub stages: Vec<StageSummary>,
    /// Where the error is bounded.
    pub domain: Vec<(f64, f64)>,
    /// The lower end ε that the stages were made for, of a composition.
    pub epsilon: Option<f64>,
    /// Rigorous bounds of the error as it is weighted.
    pub bounds: Bounds,
    /// Rigorous bounds when every stage's output but the last may be off by the noise margin; only for sign.
    pub noisy: Option<Bounds>,
    /// A point where the lower bound is reached, where that is known.
    pub at: Option<f64>,
    /// Points of x where the error is levelled; of a composition and of even and odd polynomials, on one side of zero,
    /// and of a composite sign those next to ε, among many.
    pub levelled: Vec<f64>,
    /// Σ⌈log2(d+1)⌉ over the stages.
    pub depth: usize,
    /// Cost of the whole circuit; its depth is the levels consumed.
    pub cost: Cost,
    /// The coefficients, without loss.
    pub table: CoefficientTable,
}

impl Approximation {
    /// Degrees of the stages.
    pub fn degrees(&self) -> Vec<usize> {
        self.stages.iter().map(|s| s.degree).collect()
    }

    /// Exchange steps of all stages.
    pub fn iterations(&self) -> usize {
        self.stages.iter().map(|s| s.iterations).sum()
    }

    /// Largest working precision of any stage.
    pub fn precision(&self) -> u32 {
        self.stages.iter().map(|s| s.precision).max().unwrap_or(53)
    }
}

/// Solves, rounds and certifies what is asked for.
///
/// ```
/// use equiripple_approx::{approximate::{Goal, Request, approximate}, remez::Budget, search};
/// let request = Request::new("relu".parse()?, Goal::Degrees(vec![7, 7]));
/// let relu = approximate(&request, Budget::unlimited(), &search::silent)?;
/// assert!(relu.bounds.log2_upper() < -7.92);
/// assert_eq!(relu.cost.depth, 6);
/// # Ok::<(), equiripple_approx::ApproxError>(())
/// ```
///
/// # Errors
/// A request without sense, and those of the exchange and the certificate.
pub fn approximate(request: &Request, budget: Budget, report: Report<'_>) -> Result<Approximation> {
    let search = Search::new(Limits::degree(request.max_degree))?
        .with_budget(budget)
        .with_report(report);
    approximate_in(request, &search, budget)
}

/// As [`approximate`], with a search whose tables serve many requests; the search's own limits hold.
///
/// # Errors
/// As [`approximate`].
pub fn approximate_in(
    request: &Request,
    search: &Search<'_>,
    budget: Budget,
) -> Result<Approximation> {
    match request.form()? {
        Form::Sign => composite::sign(request, search, budget),
        form @ (Form::Relu | Form::Max) => composite::relu(request, form, search, budget),
        Form::Polynomial => polynomial::polynomial(request, budget),
    }
}

/// Σ⌈log2(d+1)⌉.
fn stage_depth(polys: &[Chebyshev]) -> usize {
    polys
        .iter()
        .map(|p| (p.degree() + 1).next_power_of_two().trailing_zeros() as usize)
        .sum()
}
