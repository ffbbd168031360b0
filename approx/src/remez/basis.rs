//! The functions that a minimax problem combines, and the polynomial that their coefficients make.

use rug::{Float, Integer, ops::Pow};

use crate::{
    ApproxError, Result,
    domain::Domain,
    poly::{Chebyshev, Parity},
    target::{self, Expr},
};

/// What the approximant is a linear combination of.
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// All polynomials up to a degree, or those of one parity.
    Polynomials(Parity),
    /// The powers `x^k` of this list.
    Powers(Vec<u32>),
    /// Any functions that form a Haar system on the domain.
    Functions(Vec<Expr>),
}

/// The combination that solves a problem.
#[derive(Debug, Clone)]
pub enum Approximant {
    /// A polynomial.
    Polynomial(Chebyshev),
    /// `Σ c_k φ_k(x)`.
    Combination(Vec<(Float, Expr)>),
}

impl Approximant {
    /// The value at `x` in `prec` bits.
    ///
    /// # Errors
    /// A function of the combination that is undefined at `x`.
    pub fn eval(&self, x: &Float, prec: u32) -> Result<Float> {
        match self {
            Self::Polynomial(p) => Ok(p.eval(x, prec)),
            Self::Combination(terms) => {
                let x = Float::with_val(prec, x);
                terms.iter().try_fold(Float::new(prec), |sum, (c, f)| {
                    Ok(sum + target::eval(f, &x)? * c)
                })
            }
        }
    }

    /// The polynomial, if it is one.
    pub fn polynomial(&self) -> Option<&Chebyshev> {
        match self {
            Self::Polynomial(p) => Some(p),
            Self::Combination(_) => None,
        }
    }
}

/// A basis on a domain at a working precision.
pub(super) struct Frame<'a> {
    basis: &'a Basis,
    degree: usize,
    fixed: &'a [(u32, Float)],
    lo: Float,
    hi: Float,
    prec: u32,
}

impl<'a> Frame<'a> {
    /// A frame on the hull of `domain`, symmetric when the basis has a parity. Coefficients of powers in `fixed` are
    /// given, not sought.
    pub(super) fn new(
        basis: &'a Basis,
        degree: usize,
        fixed: &'a [(u32, Float)],
        domain: &Domain,
        prec: u32,
    ) -> Self {
        let hull = domain.hull();
        let (mut lo, mut hi) = (
            Float::with_val(prec, hull.lo()),
            Float::with_val(prec, hull.hi()),
        );
        if matches!(basis, Basis::Polynomials(Parity::Odd | Parity::Even)) {
            hi = hi.abs().max(&lo.abs());
            lo = Float::with_val(prec, -&hi);
        }
        Self {
            basis,
            degree,
            fixed,
            lo,
            hi,
            prec,
        }
    }

    /// The powers whose coefficients are sought, when the problem is one in powers.
    fn powers(&self) -> Option<Vec<u32>> {
        let all: Vec<u32> = match self.basis {
            Basis::Functions(_) => return None,
            Basis::Polynomials(_) if self.fixed.is_empty() => return None,
            Basis::Polynomials(parity) => (0..parity.len_for(self.degree))
                .map(|k| parity.degree_of(k) as u32)
                .collect(),
            Basis::Powers(powers) => powers.clone(),
        };
        Some(
            all.into_iter()
                .filter(|k| self.fixed.iter().all(|(f, _)| f != k))
                .collect(),
        )
    }

    /// Number of unknown coefficients.
    pub(super) fn len(&self) -> usize {
        match (self.powers(), self.basis) {
            (Some(powers), _) => powers.len(),
            (None, Basis::Functions(f)) => f.len(),
            (None, Basis::Polynomials(parity)) => parity.len_for(self.degree),
            (None, Basis::Powers(p)) => p.len(),
        }
    }

    /// Values of all basis functions at `x`.
    pub(super) fn values(&self, x: &Float) -> Result<Vec<Float>> {
        if let Some(powers) = self.powers() {
            return Ok(powers
                .iter()
                .map(|&k| Float::with_val(self.prec, x.pow(k)))
                .collect());
        }
        match self.basis {
            Basis::Functions(functions) => functions
                .iter()
                .map(|f| target::eval(f, &Float::with_val(self.prec, x)))
                .collect(),
            Basis::Polynomials(parity) => Ok(self.chebyshev_values(*parity, x)),
            Basis::Powers(_) => Ok(vec![]),
        }
    }

    fn chebyshev_values(&self, parity: Parity, x: &Float) -> Vec<Float> {
        let prec = self.prec;
        let s = (Float::with_val(prec, x * 2u32) - &self.lo - &self.hi)
            / Float::with_val(prec, &self.hi - &self.lo);
        // T_{k+1} = 2u·T_k − T_{k−1} in u = s, or in u = T_2(s) for one parity.
        let (first, u) = match parity {
            Parity::Full => (Float::with_val(prec, 1), s.clone()),
            Parity::Even => (
                Float::with_val(prec, 1),
                Float::with_val(prec, s.square_ref()) * 2u32 - 1u32,
            ),
            Parity::Odd => (
                s.clone(),
                Float::with_val(prec, s.square_ref()) * 2u32 - 1u32,
            ),
        };
        let twice = Float::with_val(prec, &u * 2u32);
        let mut values = vec![first];
        for k in 1..self.len() {
            let next = match (k, parity) {
                (1, Parity::Odd) => Float::with_val(prec, &twice * &values[0]) - &values[0],
                (1, _) => u.clone(),
                _ => Float::with_val(prec, &twice * &values[k - 1]) - &values[k - 2],
            };
            values.push(next);
        }
        values
    }

    /// Contribution of the fixed coefficients at `x`.
    pub(super) fn fixed_part(&self, x: &Float) -> Float {
        self.fixed
            .iter()
            .fold(Float::new(self.prec), |sum, (k, c)| {
                sum + Float::with_val(self.prec, x.pow(*k)) * c
            })
    }

    /// The approximant with these coefficients.
    pub(super) fn approximant(&self, coeffs: Vec<Float>) -> Result<Approximant> {
        match (self.powers(), self.basis) {
            (Some(powers), _) => {
                let top = powers
                    .iter()
                    .chain(self.fixed.iter().map(|f| &f.0))
                    .max()
                    .copied()
                    .unwrap_or(0);
                let mut monomial = vec![Float::new(self.prec); top as usize + 1];
                for (k, c) in powers
                    .iter()
                    .zip(coeffs)
                    .chain(self.fixed.iter().map(|(k, c)| (k, c.clone())))
                {
                    monomial[*k as usize] = Float::with_val(self.prec, c);
                }
                Ok(Approximant::Polynomial(Chebyshev::from_monomial(
                    Parity::Full,
                    self.lo.clone(),
                    self.hi.clone(),
                    &monomial,
                    self.prec,
                )?))
            }
            (None, Basis::Functions(functions)) => Ok(Approximant::Combination(
                coeffs.into_iter().zip(functions.iter().cloned()).collect(),
            )),
            (None, Basis::Polynomials(parity)) => Ok(Approximant::Polynomial(Chebyshev::new(
                *parity,
                self.lo.clone(),
                self.hi.clone(),
                coeffs,
            )?)),
            (None, Basis::Powers(_)) => Err(ApproxError::Singular {
                why: "no power is left to be sought".into(),
            }),
        }
    }

    /// Bits lost to the conditioning of the basis: powers on an interval away from zero are nearly dependent.
    pub(super) fn extra_bits(&self) -> u32 {
        match self.powers() {
            None => 0,
            Some(powers) => {
                let top = powers.iter().max().copied().unwrap_or(0);
                let width = Float::with_val(53, &self.hi - &self.lo).to_f64();
                let far = self.hi.to_f64().abs().max(self.lo.to_f64().abs());
                let ratio = (4.0 * far / width).max(2.0).log2() + 1.3;
                Integer::from(top)
                    .to_u32()
                    .unwrap_or(u32::MAX)
                    .saturating_mul(ratio.ceil() as u32)
                    .min(65_536)
            }
        }
    }
}
