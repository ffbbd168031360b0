//! Power series cut off after a fixed order: the ring operations and quotients.
//!
//! A series knows how many of its coefficients are `valid`. Those beyond the stored ones but still valid are exactly
//! zero, so constants and `x` stay one and two terms long. Beyond a kink only the value itself is valid.

use std::num::NonZeroU32;

use super::Scalar;

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
}
