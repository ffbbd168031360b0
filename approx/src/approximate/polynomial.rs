//! One minimax polynomial for any function.

use rug::Float;

use super::{Approximation, Form, Goal, Request, StageSummary, stage_depth};
use crate::{
    ApproxError, Result,
    analysis::{self, Composition, Shape},
    certify::{self, Weight, function_error},
    coeffs::{CoefficientTable, StageTable},
    domain::Domain,
    evaltree::{Cost, PlanOptions},
    poly::Chebyshev,
    remez::{Approximant, Basis, Budget, Minimax, Problem},
    rounding::Rounding,
};

/// Largest degree that a search by α tries.
const MAX_SEARCHED: usize = 255;

pub(super) fn polynomial(request: &Request, budget: Budget) -> Result<Approximation> {
    let domain = request
        .domain
        .clone()
        .ok_or_else(|| ApproxError::EmptyDomain {
            found: format!(
                "none was given for {}; use --domain '[a,b]'",
                request.target
            ),
        })?;
    let made = match &request.goal {
        Goal::Degrees(degrees) => match degrees.as_slice() {
            [degree] => Certified::new(request, &domain, *degree, budget)?,
            _ => {
                return Err(ApproxError::OutOfRange {
                    name: "number of degrees",
                    value: degrees.len().to_string(),
                    bound: format!(
                        "1: {} on {domain} is one polynomial; compositions are for sign, relu and max",
                        request.target
                    ),
                });
            }
        },
        Goal::Alpha(alpha) => least_degree(request, &domain, *alpha, budget)?,
    };
    made.into_approximation(request, &domain)
}

/// The least degree of the fewest levels that reach 2^-α: whole levels first, then bisection within the last one.
fn least_degree(
    request: &Request,
    domain: &Domain,
    alpha: f64,
    budget: Budget,
) -> Result<Certified> {
    let reaches = |made: &Certified| made.bounds.log2_upper() <= -alpha;
    let mut tried = 0;
    for levels in 1.. {
        let degree = (1usize << levels) - 1;
        if degree > MAX_SEARCHED {
            break;
        }
        let made = Certified::new(request, domain, degree, budget)?;
        if reaches(&made) {
            let (mut too_low, mut best) = (tried, made);
            let mut high = degree;
            while high - too_low > 1 {
                let middle = (too_low + high) / 2;
                let made = Certified::new(request, domain, middle, budget)?;
                if reaches(&made) {
                    (high, best) = (middle, made);
                } else {
                    too_low = middle;
                }
            }
            return Ok(best);
        }
        tried = degree;
    }
    Err(ApproxError::NoDesign {
        target: format!("an error of 2^-{alpha}"),
        limits: format!("degree {MAX_SEARCHED} on {domain}"),
    })
}

/// A solution, rounded and certified.
struct Certified {
    poly: Chebyshev,
    minimax: Minimax,
    bounds: certify::Bounds,
    at: f64,
}

impl Certified {
    fn new(request: &Request, domain: &Domain, degree: usize, budget: Budget) -> Result<Self> {
        let mut problem = Problem::new(request.target.clone(), domain.clone(), degree);
        if let Some(basis) = &request.basis {
            problem.basis = basis.clone();
        } else if !request.fixed.is_empty()
            || request
                .weight
                .as_ref()
                .is_some_and(|w| w.parity().is_none())
        {
            problem.basis = Basis::Polynomials(crate::poly::Parity::Full);
        }
        problem.weight = request.weight.clone();
        problem.relative = request.relative;
        problem.fixed = request.fixed.clone();
        problem.precision = request.precision;
        let minimax = problem.solve(budget)?;
        let Approximant::Polynomial(exact) = &minimax.approximant else {
            let why = "a combination of functions is no polynomial: solve it as a `remez::Problem`"
                .into();
            return Err(ApproxError::Degree {
                degree,
                min: 1,
                max: 4095,
                why,
            });
        };
        let hull = domain.hull();
        let (from, to) = if exact.parity() == crate::poly::Parity::Full {
            (hull.lo().clone(), hull.hi().clone())
        } else {
            (Float::new(64), exact.interval().1.clone())
        };
        let poly = request.rounding.apply(exact, &from, &to)?;
        let weight = match (&request.weight, request.relative) {
            (Some(w), false) => Weight::Function(w),
            (None, true) => Weight::Relative,
            (None, false) => Weight::One,
            (Some(_), true) => {
                return Err(ApproxError::OutOfRange {
                    name: "weight",
                    value: "given".into(),
                    bound: "absent with --relative; put 1/|f| into the weight instead".into(),
                });
            }
        };
        // A target in the span of the basis leaves rounding alone: its certificate is that of a tiny error.
        let sup = function_error(
            &request.target,
            weight,
            certify::Approximant::Series(&poly),
            domain,
            budget,
        )?;
        if request.rounding == Rounding::Exact
            && sup.bounds.lower > Float::with_val(64, &minimax.largest * (1.0 + 1e-9))
            && minimax.levelled > 0
        {
            return Err(ApproxError::NotConverged {
                iterations: minimax.iterations,
                precision: minimax.precision,
                levelled: format!("{:.6e}", minimax.levelled.to_f64()),
                largest: format!(
                    "{:.6e} (found by the certificate)",
                    sup.bounds.lower.to_f64()
                ),
            });
        }
        Ok(Self {
            poly,
            bounds: sup.bounds,
            at: sup.at.to_f64(),
            minimax,
        })
    }

    fn into_approximation(self, request: &Request, domain: &Domain) -> Result<Approximation> {
        let Self {
            poly,
            minimax,
            bounds,
            at,
        } = self;
        let intervals: Vec<(f64, f64)> = domain
            .iter()
            .map(|i| (i.lo().to_f64(), i.hi().to_f64()))
            .collect();
        let stage = StageTable::from_chebyshev(&poly, &domain.to_string())?;
        let function = request.target.to_string();
        let table = CoefficientTable::new(&function, vec![stage]).with_bounds(&bounds);
        let summary = StageSummary {
            degree: poly.degree(),
            domain: intervals.clone(),
            levelled: minimax.levelled.to_f64(),
            largest: bounds.upper.to_f64_round(rug::float::Round::Up),
            iterations: minimax.iterations,
            precision: minimax.precision,
            reference: minimax.reference.iter().map(Float::to_f64).collect(),
        };
        let levelled = summary.reference.clone();
        let polys = vec![poly];
        // The circuit does not depend on the target.
        let zero = |_: f64| 0.0;
        let cost = Cost::of(&analysis::circuit(
            &Composition::new(&polys, Shape::Plain { target: &zero })?,
            PlanOptions::default(),
        )?);
        Ok(Approximation {
            function,
            form: Form::Polynomial,
            depth: stage_depth(&polys),
            cost,
            offset: Float::new(64),
            stages: vec![summary],
            domain: intervals,
            epsilon: None,
            bounds,
            noisy: None,
            at: Some(at),
            levelled,
            table,
            polys,
        })
    }
}
