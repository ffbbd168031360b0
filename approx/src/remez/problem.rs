//! The general minimax problem: any union of intervals, weight, basis, and fixed coefficients; also sampled tables.

use rug::Float;

use super::{
    Budget,
    basis::{Approximant, Basis, Frame},
    run::Run,
};
use crate::{
    ApproxError, Result,
    domain::Domain,
    poly::Parity,
    target::{self, Expr, Target},
};

/// `min over p of sup over the domain of |w(x)·(f(x) − p(x))|`.
#[derive(Debug, Clone)]
pub struct Problem {
    /// f. Of a table of samples only the points in the domain count.
    pub target: Target,
    /// w; 1 when absent. Must be positive on the domain.
    pub weight: Option<Expr>,
    /// Divide by |f| too.
    pub relative: bool,
    /// Where.
    pub domain: Domain,
    /// What p is made of.
    pub basis: Basis,
    /// Largest degree; without meaning for powers and functions.
    pub degree: usize,
    /// Coefficients of powers of x that are given (`(k, value)`).
    pub fixed: Vec<(u32, Float)>,
    /// Working precision in bits; escalated from 192 when absent.
    pub precision: Option<u32>,
}

/// A converged solution of a [`Problem`].
#[derive(Debug, Clone)]
pub struct Minimax {
    /// p.
    pub approximant: Approximant,
    /// Levelled weighted error: a lower bound of the optimum (de la Vallée-Poussin).
    pub levelled: Float,
    /// Largest weighted error at the extrema found.
    pub largest: Float,
    /// Exchange steps.
    pub iterations: usize,
    /// Bits at which it converged.
    pub precision: u32,
    /// The last reference.
    pub reference: Vec<Float>,
}

const FIRST_PRECISION: u32 = 192;
const LAST_PRECISION: u32 = 8192;

impl Problem {
    /// An unweighted problem in all polynomials, or in those of the parity that target and domain share.
    pub fn new(target: Target, domain: Domain, degree: usize) -> Self {
        let parity = if domain.is_symmetric() {
            target.parity()
        } else {
            None
        };
        let parity = match parity {
            Some(target::Parity::Odd) => Parity::Odd,
            Some(target::Parity::Even) => Parity::Even,
            None => Parity::Full,
        };
        let basis = Basis::Polynomials(parity);
        Self {
            target,
            weight: None,
            relative: false,
            domain,
            basis,
            degree,
            fixed: vec![],
            precision: None,
        }
    }

    /// Solves it.
    ///
    /// ```
    /// use equiripple_approx::{domain::Domain, remez::{Budget, Problem}, target::Target};
    /// // |x| by degree 3: x² + 1/8.
    /// let problem = Problem::new("abs".parse::<Target>()?, Domain::parse("[-1,1]", 64)?, 3);
    /// let best = problem.solve(Budget::unlimited())?;
    /// assert!((best.largest.to_f64() - 0.125).abs() < 1e-15);
    /// # Ok::<(), equiripple_approx::ApproxError>(())
    /// ```
    ///
    /// # Errors
    /// A problem without sense (poles, a weight with zeros, a parity that is not there, a degree that the points cannot
    /// carry), or an exchange that does not converge. Never an unconverged result.
    pub fn solve(&self, budget: Budget) -> Result<Minimax> {
        self.validate()?;
        let domain = self.away_from_zero(self.working_domain()?)?;
        let extra = Frame::new(&self.basis, self.degree, &self.fixed, &domain, 64).extra_bits();
        let (mut prec, fixed_precision) = match self.precision {
            Some(bits) if bits < 64 => {
                let why = "the exchange needs room below the levelled error".into();
                return Err(ApproxError::Precision {
                    precision: bits,
                    needed: 64,
                    why,
                });
            }
            Some(bits) => (bits, true),
            None => (FIRST_PRECISION + extra, false),
        };
        loop {
            let run = Run::new(self, &domain, prec);
            match run.converge(budget) {
                Err(
                    ApproxError::NotConverged { .. }
                    | ApproxError::Singular { .. }
                    | ApproxError::Precision { .. },
                ) if !fixed_precision && prec < LAST_PRECISION => {
                    prec *= 2;
                }
                done => return done,
            }
        }
    }

    fn validate(&self) -> Result<()> {
        self.target.check_finite(&self.domain)?;
        if let Some(weight) = &self.weight {
            target::check_finite(weight, &self.domain)?;
            target::check_positive(weight, &self.domain)?;
        }
        let frame = Frame::new(&self.basis, self.degree, &self.fixed, &self.domain, 64);
        let unknowns = frame.len();
        if self.degree > 4095 || unknowns == 0 || unknowns > 2048 {
            let why = format!("the basis has {unknowns} free coefficients");
            return Err(ApproxError::Degree {
                degree: self.degree,
                min: 1,
                max: 4095,
                why,
            });
        }
        if self.degree == 0 && matches!(self.basis, Basis::Polynomials(_)) {
            let why = "degree 0 is a constant".into();
            return Err(ApproxError::Degree {
                degree: 0,
                min: 1,
                max: 4095,
                why,
            });
        }
        if let Target::Samples(samples) = &self.target {
            let points = samples
                .points()
                .iter()
                .filter(|p| self.domain.contains(&p.0))
                .count();
            if points < unknowns + 1 {
                let why =
                    format!("{points} samples in the domain cannot carry {unknowns} coefficients");
                let max = points.saturating_sub(2);
                return Err(ApproxError::Degree {
                    degree: self.degree,
                    min: 1,
                    max,
                    why,
                });
            }
        }
        if let Some((k, _)) = self.fixed.iter().find(|(k, _)| {
            *k as usize > 4095
                || matches!(&self.basis, Basis::Polynomials(_)) && *k as usize > self.degree
        }) {
            return Err(ApproxError::OutOfRange {
                name: "fixed power",
                value: k.to_string(),
                bound: format!("at most the degree, {}", self.degree),
            });
        }
        Ok(())
    }

    /// Polynomials of one parity see a symmetric domain through its positive half; on other domains they are no Haar
    /// system unless all of it lies on one side.
    fn working_domain(&self) -> Result<Domain> {
        let Basis::Polynomials(parity @ (Parity::Odd | Parity::Even)) = self.basis else {
            return Ok(self.domain.clone());
        };
        let hull = self.domain.hull();
        if *hull.lo() >= 0 || *hull.hi() <= 0 {
            return Ok(self.domain.clone());
        }
        let wanted = if parity == Parity::Odd {
            target::Parity::Odd
        } else {
            target::Parity::Even
        };
        let weight_even = self
            .weight
            .as_ref()
            .is_none_or(|w| w.parity() == Some(target::Parity::Even));
        if !self.domain.is_symmetric() || !weight_even {
            let why = if weight_even {
                format!("the domain {} is not symmetric about 0", self.domain)
            } else {
                "the weight is not even".into()
            };
            return Err(ApproxError::Parity {
                parity: parity.name(),
                why,
            });
        }
        self.target.check_parity(wanted, &self.domain)?;
        self.domain
            .positive_half()
            .ok_or_else(|| ApproxError::EmptyDomain {
                found: self.domain.to_string(),
            })
    }

    /// Where the relative error is defined: nowhere near a zero of the target, but for an odd target at 0, where odd
    /// polynomials vanish too. The exchange then keeps a little away from it; the ratio is flat there.
    fn away_from_zero(&self, domain: Domain) -> Result<Domain> {
        let Some(expr) = self.target.expr().filter(|_| self.relative) else {
            return Ok(domain);
        };
        let odd = self.basis == Basis::Polynomials(Parity::Odd);
        let ends = domain.iter().map(|i| {
            let near = Float::with_val(i.hi().prec(), i.hi() >> 30);
            let lo = if odd && i.lo().is_zero() {
                near
            } else {
                i.lo().clone()
            };
            (lo, i.hi().clone())
        });
        let domain = Domain::new(ends.collect())?;
        for interval in domain.iter() {
            let part = Domain::interval(interval.lo().clone(), interval.hi().clone())?;
            let negative = Expr::Neg(Box::new(expr.clone().into_owned()));
            let signed = target::check_positive(&expr, &part);
            if let Err(ApproxError::NonPositiveWeight { at, .. }) = signed
                && target::check_positive(&negative, &part).is_err()
            {
                let what = "the relative error (the function changes its sign or vanishes)".into();
                return Err(ApproxError::NonFinite { what, at });
            }
        }
        Ok(domain)
    }
}
