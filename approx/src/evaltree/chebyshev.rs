//! Polynomials as dense Chebyshev coefficients: index n holds the coefficient of T_n, zeros of the other parity included.

use super::family::Family;
use super::scalar::Scalar;
use crate::error::{ApproxError, Result};

/// q and r with p = q·T_g + r and deg r < g, for 1 ≤ g ≤ deg p; so for the other family.
///
/// From the top, c·T_n with n = g+j is replaced by 2c·T_g·T_j − c·T_|g−j|, and by c·T_g where j = 0. An index |g−j| lies
/// below n, so what is carried down is met later. The parity of p is kept when g is even.
pub(super) fn divide<S: Scalar>(family: Family, p: &[S], g: usize) -> (Vec<S>, Vec<S>) {
    let mut rest = p.to_vec();
    let mut quotient = rest.split_off(g.min(p.len()));
    for j in (1..quotient.len()).rev() {
        let c = quotient[j].clone();
        let down = g.abs_diff(j);
        let target = if down < g {
            &mut rest[down]
        } else {
            &mut quotient[down - g]
        };
        *target = if family.subtracts(g.min(j)) {
            target.minus(&c)
        } else {
            target.plus(&c)
        };
        quotient[j] = c.plus(&c);
    }
    (quotient, rest)
}

/// Spreads coefficients of T_first, T_(first+2), … over the dense form, without the zeros at the top.
///
/// # Errors
/// [`ApproxError::OutOfRange`] if a coefficient is not finite; [`ApproxError::Degree`] if the degree left is below 1.
pub(super) fn dense<S: Scalar>(coefficients: &[S], first: usize, step: usize) -> Result<Vec<S>> {
    if let Some(k) = coefficients.iter().position(|c| !c.is_finite()) {
        return Err(ApproxError::OutOfRange {
            name: "coefficient",
            value: format!("number {k} (not finite)"),
            bound: "a finite number".into(),
        });
    }
    let top = coefficients.iter().rposition(|c| !c.is_zero());
    let degree = top.map_or(0, |k| first + step * k);
    if degree == 0 {
        return Err(ApproxError::Degree {
            degree,
            min: 1,
            max: super::MAX_DEGREE,
            why: "a constant needs no ciphertext".into(),
        });
    }
    let zero = coefficients[0].fraction(0, 1);
    let mut all = vec![zero; degree + 1];
    for (k, c) in coefficients
        .iter()
        .enumerate()
        .take_while(|(k, _)| first + step * k <= degree)
    {
        all[first + step * k] = c.clone();
    }
    Ok(all)
}

/// x·p for an odd p, as coefficients of T_0, T_2, T_4, …: x·T_n = (T_(n+1) + T_(n−1))/2.
pub(super) fn times_x<S: Scalar>(odd: &[S]) -> Vec<S> {
    let Some(first) = odd.first() else {
        return Vec::new();
    };
    let half = first.fraction(1, 2);
    let mut even = vec![first.fraction(0, 1); odd.len() + 1];
    for (k, c) in odd.iter().enumerate() {
        let c = c.times(&half);
        even[k] = even[k].plus(&c);
        even[k + 1] = even[k + 1].plus(&c);
    }
    even
}
