//! Circuits against direct Clenshaw in exact rationals, and counts of nodes against the published ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod activations;
mod circuit;
mod counts;
mod exact;
mod lazy;
mod zeros;

use proptest::prelude::*;
use rug::Rational;

use super::{Cost, Dag, Plain, PlanOptions};

/// Small rationals that no coincidence cancels; the same for the same seed.
fn rationals(count: usize, seed: u64) -> Vec<Rational> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 40).unwrap()
    };
    (0..count)
        .map(|_| Rational::from((next() - (1 << 23), 1 + next() % 1000)))
        .map(|c| if c == 0 { Rational::from(1) } else { c })
        .collect()
}

/// Σ c_n·T_n(x) for the coefficients of T_first, T_(first+step), …, by Clenshaw's recurrence.
fn clenshaw(coefficients: &[Rational], first: usize, step: usize, x: &Rational) -> Rational {
    let mut dense = vec![Rational::new(); first + step * coefficients.len()];
    for (k, c) in coefficients.iter().enumerate() {
        dense[first + step * k] = c.clone();
    }
    let (mut b1, mut b2) = (Rational::new(), Rational::new());
    for c in dense.iter().skip(1).rev() {
        let b0 = Rational::from(x * &b1) * 2 - &b2 + c;
        b2 = std::mem::replace(&mut b1, b0);
    }
    Rational::from(x * &b1) - b2 + &dense[0]
}

fn run(dag: &Dag<Rational>, inputs: &[Rational]) -> Rational {
    dag.evaluate(&mut Plain, inputs).unwrap()
}

fn extra(extra_levels: usize) -> PlanOptions {
    PlanOptions { extra_levels }
}

fn depth_and_mults<S>(dag: &Dag<S>) -> (usize, usize) {
    let cost = Cost::of(dag);
    assert_eq!(
        cost.mults_at_depth.iter().sum::<usize>(),
        cost.nonscalar_mults
    );
    (cost.depth, cost.nonscalar_mults)
}

/// Points of [−1, 1] and beyond it: an identity of polynomials holds everywhere.
fn point() -> impl Strategy<Value = Rational> {
    (-200_i32..200, 1_u32..100).prop_map(Rational::from)
}
