//! Taylor models: polynomials in `u`, `|u| ≤ 1`, with enclosed coefficients and a bound of what they leave out.

use rug::Float;
use rug::float::Round;
use rug::ops::AddAssignRound;

use crate::interval::Interval;

/// Bits of numbers that only bound something.
pub(super) const BOUND_BITS: u32 = 64;

/// The set of functions `Σ terms_k u^k + θ(u)` with `|θ(u)| ≤ rest·|u|^m`, where `m` is at least the order that the
/// model was cut off at.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) terms: Vec<Interval>,
    pub(super) rest: Float,
}

/// Whether the interval is the number zero.
pub(super) fn is_zero(x: &Interval) -> bool {
    x.is_point() && x.lo().is_zero()
}

/// `|x|` at most, rounded up to few bits.
pub(super) fn size(x: &Interval) -> Float {
    Float::with_val_round(BOUND_BITS, x.mag(), Round::Up).0
}

/// A product of two bounds.
pub(super) fn product_up(a: &Float, b: &Float) -> Float {
    // An infinite bound times zero is no bound of anything: keep the infinity.
    let product = Float::with_val_round(BOUND_BITS, a * b, Round::Up).0;
    if product.is_nan() {
        Float::with_val(BOUND_BITS, f64::INFINITY)
    } else {
        product
    }
}

/// Bound of the terms of `a·b` of degree `order` and above.
pub(super) fn tail(a: &[Float], b: &[Float], order: usize) -> Float {
    let mut suffix = vec![Float::new(BOUND_BITS); b.len() + 1];
    for j in (0..b.len()).rev() {
        let mut sum = b[j].clone();
        sum.add_assign_round(&suffix[j + 1], Round::Up);
        suffix[j] = sum;
    }
    let mut total = Float::new(BOUND_BITS);
    for (i, size) in a.iter().enumerate() {
        let from = order.saturating_sub(i);
        if from < b.len() {
            total.add_assign_round(product_up(size, &suffix[from]), Round::Up);
        }
    }
    total
}

impl Model {
    /// From the Taylor coefficients at the centre and the one of the next order over the panel.
    pub(super) fn from_jets(
        thin: &[Interval],
        last: Option<&Interval>,
        powers: &[Interval],
    ) -> Self {
        let terms = thin.iter().zip(powers).map(|(c, r)| c.mul(r)).collect();
        let rest = last.map_or_else(
            || Float::new(BOUND_BITS),
            |last| product_up(&size(last), &size(&powers[thin.len()])),
        );
        Self { terms, rest }
    }

    pub(super) fn sub(mut self, other: &Self) -> Self {
        for (a, b) in self.terms.iter_mut().zip(&other.terms) {
            *a = a.sub(b);
        }
        let common = self.terms.len();
        self.terms
            .extend(other.terms.iter().skip(common).map(Interval::neg));
        self.rest.add_assign_round(&other.rest, Round::Up);
        self
    }

    /// Adds `factor·other`.
    pub(super) fn add_scaled(&mut self, factor: &Interval, other: &Self) {
        for (a, b) in self.terms.iter_mut().zip(&other.terms) {
            a.add_mul(factor, b);
        }
        let common = self.terms.len();
        self.terms
            .extend(other.terms.iter().skip(common).map(|b| b.mul(factor)));
        let rest = product_up(&size(factor), &other.rest);
        self.rest.add_assign_round(rest, Round::Up);
    }

    fn sizes(&self) -> Vec<Float> {
        self.terms.iter().map(size).collect()
    }

    /// Bound of the polynomial part.
    pub(super) fn norm(sizes: &[Float]) -> Float {
        let mut sum = Float::new(BOUND_BITS);
        for size in sizes {
            sum.add_assign_round(size, Round::Up);
        }
        sum
    }

    /// The product with all terms from degree `order` on moved to the remainder.
    pub(super) fn mul(&self, other: &Self, order: usize) -> Self {
        let (a, b) = (self.sizes(), other.sizes());
        let zero = Interval::from_integer(self.terms[0].prec(), 0);
        let length = (a.len() + b.len() - 1).min(order);
        let mut terms = vec![zero; length];
        for (i, x) in self.terms.iter().enumerate() {
            for (term, y) in terms.iter_mut().skip(i).zip(&other.terms) {
                term.add_mul(x, y);
            }
        }
        let mut rest = tail(&a, &b, order);
        let mut reach = Self::norm(&b);
        reach.add_assign_round(&other.rest, Round::Up);
        rest.add_assign_round(product_up(&self.rest, &reach), Round::Up);
        rest.add_assign_round(product_up(&other.rest, &Self::norm(&a)), Round::Up);
        Self { terms, rest }
    }

    /// Whether zero is the only function of the model.
    pub(super) fn is_zero(&self) -> bool {
        self.rest.is_zero() && self.terms.iter().all(is_zero)
    }

    /// Whether every function of the model is free of zeros.
    pub(super) fn never_zero(&self) -> bool {
        let mut wobble = Self::norm(&self.sizes()[1..]);
        wobble.add_assign_round(&self.rest, Round::Up);
        self.terms[0].mig() > wobble
    }

    /// An interval that holds all values.
    pub(super) fn range(&self) -> Interval {
        let prec = self.terms[0].prec();
        let mut reach = Self::norm(&self.sizes()[1..]);
        reach.add_assign_round(&self.rest, Round::Up);
        match Interval::new(Float::with_val(BOUND_BITS, -&reach), reach) {
            Ok(wobble) => self.terms[0].add(&wobble),
            Err(_) => Interval::whole(prec),
        }
    }
}
