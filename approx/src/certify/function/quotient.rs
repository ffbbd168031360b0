//! Quotients of Taylor models, for relative errors.

use rug::Float;
use rug::float::Round;
use rug::ops::{AddAssignRound, DivAssignRound};

use super::model::{BOUND_BITS, Model, is_zero, product_up, size, tail};
use crate::interval::Interval;

impl Model {
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
        if least.is_nan() || least <= 0 {
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
}
