//! Power series cut off after a fixed order: the ring operations, quotients and powers.
//!
//! A series knows how many of its coefficients are `valid`. Those beyond the stored ones but still valid are exactly
//! zero, so constants and `x` stay one and two terms long. Beyond a kink only the value itself is valid.

use std::num::NonZeroU32;

use rug::{Integer, Rational};

use super::{Function, Scalar};

/// `c_0 + c_1 t + …`, stored up to the last coefficient that may differ from zero.
#[derive(Clone)]
pub(super) struct Series<N> {
    pub(super) terms: Vec<N>,
    pub(super) valid: usize,
}

/// `k` as a divisor; the recurrences divide from `k = 1` on.
pub(super) fn divisor(k: usize) -> NonZeroU32 {
    NonZeroU32::new(u32::try_from(k).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN)
}

/// Adds `Σ a_j b_{k−j}` over `j ≥ from` to `sum`.
pub(super) fn convolve<N: Scalar>(sum: &mut N, a: &[N], b: &[N], k: usize, from: usize) {
    let first = from.max((k + 1).saturating_sub(b.len()));
    for j in first..a.len().min(k + 1) {
        sum.add_mul(&a[j], &b[k - j]);
    }
}

/// `Σ a_j a_{k−j}` over `from ≤ j ≤ k − from`, each pair once.
pub(super) fn self_convolution<N: Scalar>(a: &[N], k: usize, from: usize) -> N {
    let mut sum = N::from_integer(a[0].precision(), 0);
    let first = from.max((k + 1).saturating_sub(a.len()));
    for j in first..k.div_ceil(2) {
        sum.add_mul(&a[j], &a[k - j]);
    }
    sum.scale(2);
    if k.is_multiple_of(2) && k / 2 >= from && k / 2 < a.len() {
        sum = sum.add(&a[k / 2].sqr());
    }
    sum
}

impl<N: Scalar> Series<N> {
    pub(super) fn constant(value: N, valid: usize) -> Self {
        Self {
            terms: vec![value],
            valid,
        }
    }

    /// `center + t`
    pub(super) fn variable(center: N, valid: usize) -> Self {
        let one = N::from_integer(center.precision(), 1);
        let mut terms = vec![center, one];
        terms.truncate(valid);
        Self { terms, valid }
    }

    /// A value about which nothing else is known.
    pub(super) fn value_only(value: N) -> Self {
        Self::constant(value, 1)
    }

    pub(super) fn is_constant(&self) -> bool {
        self.terms.len() == 1
    }

    pub(super) fn head(&self) -> &N {
        &self.terms[0]
    }

    pub(super) fn zero(&self) -> N {
        self.integer(0)
    }

    pub(super) fn integer(&self, value: i64) -> N {
        N::from_integer(self.head().precision(), value)
    }

    fn cut(mut self, valid: usize) -> Self {
        self.valid = self.valid.min(valid);
        self.terms.truncate(self.valid);
        self
    }

    pub(super) fn neg(mut self) -> Self {
        for term in &mut self.terms {
            *term = term.neg();
        }
        self
    }

    pub(super) fn add(self, other: Self) -> Self {
        let valid = self.valid.min(other.valid);
        let (mut long, short) = if self.terms.len() < other.terms.len() {
            (other, self)
        } else {
            (self, other)
        };
        for (term, addend) in long.terms.iter_mut().zip(&short.terms) {
            *term = term.add(addend);
        }
        long.cut(valid)
    }

    pub(super) fn sub(self, other: Self) -> Self {
        self.add(other.neg())
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let valid = self.valid.min(other.valid);
        let length = (self.terms.len() + other.terms.len() - 1).min(valid);
        let mut terms = Vec::with_capacity(length);
        terms.push(self.head().mul(other.head()));
        for k in 1..length {
            let mut sum = self.zero();
            convolve(&mut sum, &self.terms, &other.terms, k, 0);
            terms.push(sum);
        }
        Self { terms, valid }
    }

    pub(super) fn sqr(&self) -> Self {
        let length = (2 * self.terms.len() - 1).min(self.valid);
        Self {
            terms: (0..length)
                .map(|k| self_convolution(&self.terms, k, 0))
                .collect(),
            valid: self.valid,
        }
    }

    /// `q_k = (a_k − Σ_{j≥1} b_j q_{k−j}) / b_0`
    pub(super) fn div(&self, other: &Self) -> Option<Self> {
        let valid = self.valid.min(other.valid);
        let length = if other.is_constant() {
            self.terms.len().min(valid)
        } else {
            valid
        };
        let mut terms: Vec<N> = Vec::with_capacity(length);
        for k in 0..length {
            let mut sum = self.zero();
            convolve(&mut sum, &other.terms, &terms, k, 1);
            let numerator = self.terms.get(k).map_or_else(|| sum.neg(), |a| a.sub(&sum));
            terms.push(numerator.div(other.head())?);
        }
        Some(Self { terms, valid })
    }

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
