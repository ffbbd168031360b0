//! x·p(y) for an odd p, without a level for the product: the last stage of a ReLU.
//!
//! Every sum over babies T_n(y) becomes one over x·T_n(y); only that of T_1 alone, at the end of the longest path, has
//! no level left for x, and there c·y becomes (c·x)·y: c·x was made at a level where x was kept. For n ≥ 3 odd, x·T_n
//! is no deeper than T_n, since ⌈log2(n+1)⌉ = ⌈log2 n⌉.

use super::chebyshev::dense;
use super::count::{Count, PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel, Node};
use super::emit::emit;
use super::family::Family;
use super::odd::{self, Route, append_through_even};
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use super::{Plan, even};
use crate::error::Result;

/// The three ways to x·p(y).
pub(super) enum Choice {
    /// The product with x is inside, at no level.
    Inside(Scheme),
    /// (x·y) times p/T_1, an even polynomial: one extra level.
    Even(Scheme),
    /// p first, then the product: one extra level.
    Last(Route),
}

impl Choice {
    pub(super) fn count(&self) -> Count {
        match self {
            Choice::Inside(scheme) => Count::of(scheme),
            Choice::Even(scheme) => {
                let mut count = Count::of(scheme).after_one_more().after_one_more();
                // x·y is made beside p/T_1, not after it.
                count.mults += 1;
                count
            }
            Choice::Last(route) => route.count().after_one_more(),
        }
    }
}

pub(super) fn choose(degree: usize, options: PlanOptions) -> Result<Choice> {
    check_degree(degree, Some(1))?;
    let mut best = Choice::Inside(cheapest(Shape::Folded, degree, options)?);
    if let Some(fewer) = options.one_level_fewer() {
        let mut others = vec![Choice::Last(odd::route(degree, fewer)?)];
        if degree > 1 {
            others.push(Choice::Even(even::scheme(degree - 1, fewer)?));
        }
        for other in others {
            if other.count().rank() < best.count().rank() {
                best = other;
            }
        }
    }
    Ok(best)
}

const INPUTS: [InputLevel; 2] = [InputLevel::Spent(0), InputLevel::Above];

impl Plan {
    /// x·p(y) with p = Σ c_k·T_(2k+1), inputs y and x, at ⌈log2(d+1)⌉ levels from y when x is at a higher level.
    ///
    /// With `options.extra_levels` the fewest products win, be the product with x inside or last.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn folded<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 1, 2)?;
        let mut dag = Dag::new(&INPUTS)?;
        match choose(p.len() - 1, options)? {
            Choice::Inside(scheme) => emit(&mut dag, &scheme, Family::Chebyshev, &p, 0, 1)?,
            Choice::Even(scheme) => {
                let gate = dag.push(Node::Mul(1, 0))?;
                append_through_even(&mut dag, &scheme, &p, 0, gate)?
            }
            Choice::Last(route) => {
                let value = route.append(&mut dag, &p, 0)?;
                dag.push(Node::Mul(value, 1))?
            }
        };
        Ok(dag)
    }

    /// x·p(y) by [`Plan::odd`] and one product at the end: a level more than [`Plan::folded`] without extra levels, and
    /// often a product less.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn product_last<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 1, 2)?;
        let mut dag = Dag::new(&INPUTS)?;
        let value = odd::route(p.len() - 1, options)?.append(&mut dag, &p, 0)?;
        dag.push(Node::Mul(value, 1))?;
        Ok(dag)
    }
}
