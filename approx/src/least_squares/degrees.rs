//! The polynomials of a fit: of one degree, or of several from one factorisation.

use rug::Float;

use super::{factor::Factored, fit::Fit, points::MeanError};
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, Parity},
};

/// More entries than this are refused in one matrix: 512 MiB.
const MAX_ENTRIES: usize = 1 << 26;

/// A polynomial of least weighted mean-square error.
#[derive(Debug, Clone)]
pub struct LeastSquares {
    /// The polynomial, its coefficients in 53 bits.
    pub poly: Chebyshev,
    /// Its error at the points.
    pub error: MeanError,
    /// Condition of the system, its columns scaled to unit length.
    pub condition: f64,
}

impl Fit {
    /// The best polynomial of degree at most `degree`.
    ///
    /// # Errors
    /// [`ApproxError::Degree`] if there are fewer distinct points than coefficients, [`ApproxError::Singular`] if
    /// the points do not determine the coefficients in f64.
    pub fn degree(&self, degree: usize) -> Result<LeastSquares> {
        let unknowns = self.unknowns(degree)?;
        self.solution(&self.factored(unknowns), unknowns)
    }

    /// The best polynomials of several degrees, in the order given, from one factorisation.
    ///
    /// # Errors
    /// As [`Fit::degree`], for any of them.
    pub fn degrees(&self, degrees: &[usize]) -> Result<Vec<LeastSquares>> {
        let unknowns: Vec<usize> = degrees
            .iter()
            .map(|d| self.unknowns(*d))
            .collect::<Result<_>>()?;
        let Some(most) = unknowns.iter().max() else {
            return Ok(vec![]);
        };
        let factored = self.factored(*most);
        unknowns
            .iter()
            .map(|n| self.solution(&factored, *n))
            .collect()
    }

    /// The rms of every degree of the parity up to `largest`, as (degree, rms): one factorisation, no coefficients.
    ///
    /// # Errors
    /// As [`Fit::degree`] for the largest.
    pub fn rms_by_degree(&self, largest: usize) -> Result<Vec<(usize, f64)>> {
        let unknowns = self.unknowns(largest)?;
        let factored = self.factored(unknowns);
        factored.condition(unknowns)?;
        let rms = factored.rms().into_iter().enumerate();
        Ok(rms
            .map(|(k, rms)| (self.parity.degree_of(k), rms))
            .collect())
    }

    fn factored(&self, unknowns: usize) -> Factored<'_> {
        Factored::new(&self.points, self.parity, (self.lo, self.hi), unknowns)
    }

    fn solution(&self, factored: &Factored<'_>, unknowns: usize) -> Result<LeastSquares> {
        let condition = factored.condition(unknowns)?;
        let coeffs = factored
            .coefficients(unknowns)?
            .into_iter()
            .map(float)
            .collect();
        let poly = Chebyshev::new(self.parity, float(self.lo), float(self.hi), coeffs)?;
        let error = self.measure(&poly);
        Ok(LeastSquares {
            poly,
            error,
            condition,
        })
    }

    /// Number of coefficients of a degree, if the points can carry them.
    fn unknowns(&self, degree: usize) -> Result<usize> {
        let distinct = self.distinct();
        let most = distinct.min(MAX_ENTRIES / self.points.len());
        let min = usize::from(self.parity == Parity::Odd);
        if degree >= min && degree < MAX_ENTRIES {
            let unknowns = self.parity.len_for(degree);
            if unknowns <= most {
                return Ok(unknowns);
            }
        }
        let why = if most < distinct {
            format!(
                "the system of {} points would need too much memory",
                self.points.len()
            )
        } else {
            format!("{distinct} distinct points carry {distinct} coefficients")
        };
        let max = most.checked_sub(1).map_or(0, |k| self.parity.degree_of(k));
        Err(ApproxError::Degree {
            degree,
            min,
            max,
            why,
        })
    }

    /// Points that a polynomial of the parity can tell from each other, and, if it is odd, from 0.
    fn distinct(&self) -> usize {
        let full = self.parity == Parity::Full;
        let places = self
            .points
            .iter()
            .map(|p| if full { p.x + 0.0 } else { p.x.abs() });
        let mut places: Vec<u64> = places
            .filter(|x| self.parity != Parity::Odd || *x > 0.0)
            .map(f64::to_bits)
            .collect();
        places.sort_unstable();
        places.dedup();
        places.len()
    }
}

fn float(x: f64) -> Float {
    Float::with_val(53, x)
}
