//! Powers of power series with a constant exponent.

use rug::{Integer, Rational};

use super::series::{Series, divisor};
use super::{Function, Scalar};

impl<N: Scalar> Series<N> {
    /// `uⁿ`; also for series that vanish at the centre, if `n ≥ 0`.
    pub(super) fn powi(&self, n: i32) -> Option<Self> {
        if n == 0 {
            return Some(Self::constant(self.integer(1), self.valid));
        }
        if self.is_constant() {
            return Some(Self::constant(self.head().powi(n)?, self.valid));
        }
        if n < 0 {
            let one = Self::constant(self.integer(1), self.valid);
            let mut quotient = one.div(&self.powi(n.checked_neg()?)?)?;
            quotient.terms[0] = self.head().powi(n)?;
            return Some(quotient);
        }
        if self.terms.len() == 2 {
            return self.linear_powi(n);
        }
        let mut power = self.clone();
        for bit in (0..n.ilog2()).rev() {
            power = power.sqr();
            if n >> bit & 1 == 1 {
                power = power.mul(self);
            }
        }
        power.terms[0] = self.head().powi(n)?;
        Some(power)
    }

    /// `(u_0 + u_1 t)ⁿ` by the binomial theorem, every coefficient as tight as a power is.
    fn linear_powi(&self, n: i32) -> Option<Self> {
        let (value, slope) = (&self.terms[0], &self.terms[1]);
        let length = usize::try_from(n).ok()?.saturating_add(1).min(self.valid);
        let mut terms = Vec::with_capacity(length);
        let mut binomial = Integer::from(1);
        for k in 0..i32::try_from(length).ok()? {
            let factor = N::from_rational(value.precision(), &Rational::from(&binomial));
            terms.push(value.powi(n - k)?.mul(&slope.powi(k)?).mul(&factor));
            binomial *= n - k;
            binomial /= k + 1;
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }

    /// `u^{a/b}` for `u > 0`: `b k u_0 y_k = Σ_{j≥1} ((a+b)j − bk) u_j y_{k−j}`. At `u_0 ∋ 0` only the value remains.
    pub(super) fn pow_ratio(&self, a: i32, b: u16) -> Option<Self> {
        let exponent = N::from_rational(self.head().precision(), &Rational::from((a, b)));
        let value = match (a, b) {
            (1, 2) => self.head().value(Function::Sqrt)?,
            (-1, 2) => self.head().value(Function::InvSqrt)?,
            _ => self.head().pow(&exponent)?,
        };
        if self.is_constant() {
            return Some(Self::constant(value, self.valid));
        }
        if self.head().sign() != Some(std::cmp::Ordering::Greater) {
            return Some(Self::value_only(value));
        }
        let (a, b) = (i64::from(a), i64::from(b));
        let mut terms = vec![value];
        for k in 1..self.valid {
            let mut sum = self.zero();
            for j in 1..self.terms.len().min(k + 1) {
                let mut term = self.terms[j].mul(&terms[k - j]);
                // Orders and both parts of the exponent are far below 2^31.
                term.scale((a + b) * i64::try_from(j).ok()? - b * i64::try_from(k).ok()?);
                sum = sum.add(&term);
            }
            let mut term = sum.div(self.head())?;
            term.unscale(divisor(k));
            term.unscale(divisor(usize::try_from(b).ok()?));
            terms.push(term);
        }
        Some(Self {
            terms,
            valid: self.valid,
        })
    }
}
