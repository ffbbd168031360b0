//! Taylor models: polynomials in `u`, `|u| ≤ 1`, with enclosed coefficients and a bound of what they leave out.

use rug::Float;
use rug::float::Round;
use rug::ops::{AddAssignRound, DivAssignRound};

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

fn product_up(a: &Float, b: &Float) -> Float {
    // An infinite bound times zero is no bound of anything: keep the infinity.
    let product = Float::with_val_round(BOUND_BITS, a * b, Round::Up).0;
    if product.is_nan() {
        Float::with_val(BOUND_BITS, f64::INFINITY)
    } else {
        product
    }
}

/// Bound of the terms of `a·b` of degree `order` and above.
fn tail(a: &[Float], b: &[Float], order: usize) -> Float {
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
    fn norm(sizes: &[Float]) -> Float {
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

    /// The quotient; powers of `u` that divide both exactly are cancelled first. `floor` bounds the modulus of the
    /// divisor from below where it is not cancelled. `None` if the divisor may vanish.
    ///
    /// The coefficients of the series `q = a/b` up to `order` leave the residual `a − qb`, a polynomial of higher
    /// degree and the remainders, and `a/b − q` is that over `b`.
    pub(super) fn div(&self, other: &Self, order: usize, floor: &Float) -> Option<Self> {
        let (mut a, mut b) = (self.terms.as_slice(), other.terms.as_slice());
        while a.len() > 1 && b.len() > 1 && is_zero(&a[0]) && is_zero(&b[0]) {
            (a, b) = (&a[1..], &b[1..]);
        }
        let sizes = |terms: &[Interval]| terms.iter().map(size).collect::<Vec<_>>();
        let (a_sizes, b_sizes) = (sizes(a), sizes(b));
        let mut wobble = Self::norm(&b_sizes[1..]);
        wobble.add_assign_round(&other.rest, Round::Up);
        let mut least = Float::with_val_round(BOUND_BITS, b[0].mig(), Round::Down).0;
        least = Float::with_val_round(BOUND_BITS, least - wobble, Round::Down).0;
        if b.len() == other.terms.len() {
            least = least.max(floor);
        }
        if !(least > 0) {
            return None;
        }
        let mut terms: Vec<Interval> = Vec::with_capacity(order);
        for k in 0..order {
            let mut sum = Interval::from_integer(b[0].prec(), 0);
            for j in 1..b.len().min(k + 1) {
                sum.add_mul(&b[j], &terms[k - j]);
            }
            let numerator = a.get(k).map_or_else(|| sum.neg(), |a| a.sub(&sum));
            terms.push(numerator.div(&b[0])?);
        }
        let quotient = sizes(&terms);
        let mut rest = tail(&quotient, &b_sizes, order);
        rest.add_assign_round(product_up(&other.rest, &Self::norm(&quotient)), Round::Up);
        rest.add_assign_round(&self.rest, Round::Up);
        for size in a_sizes.iter().skip(order) {
            rest.add_assign_round(size, Round::Up);
        }
        rest.div_assign_round(&least, Round::Up);
        Some(Self { terms, rest })
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
