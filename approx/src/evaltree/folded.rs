//! x·p(y) for an odd p, without a level for the product: the last stage of a ReLU.
//!
//! Every sum over babies T_n(y) becomes one over x·T_n(y); only that of T_1 alone, at the end of the longest path, has
//! no level left for x, and there c·y becomes (c·x)·y: c·x was made at a level where x was kept. For n ≥ 3 odd, x·T_n
//! is no deeper than T_n, since ⌈log2(n+1)⌉ = ⌈log2 n⌉.

use super::chebyshev::dense;
use super::count::{Count, PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel, Node};
use super::emit::emit;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use super::{Plan, odd};
use crate::error::Result;

/// The two ways to x·p(y).
pub(super) enum Choice {
    /// The product is inside, at no level.
    Inside(Scheme),
    /// p first, then the product.
    Last(Scheme),
}

impl Choice {
    pub(super) fn count(&self) -> Count {
        match self {
            Choice::Inside(scheme) => Count::of(scheme),
            Choice::Last(scheme) => Count::of(scheme).after_one_more(),
        }
    }
}

pub(super) fn choose(degree: usize, options: PlanOptions) -> Result<Choice> {
    check_degree(degree, Some(1))?;
    let inside = Choice::Inside(cheapest(Shape::Folded, degree, options)?);
    let Some(fewer) = options.extra_levels.checked_sub(1) else {
        return Ok(inside);
    };
    let extra_levels = fewer;
    let last = Choice::Last(odd::scheme(degree, PlanOptions { extra_levels })?);
    let rank = |choice: &Choice| (choice.count().mults, choice.count().depth);
    Ok(if rank(&last) < rank(&inside) {
        last
    } else {
        inside
    })
}

const INPUTS: [InputLevel; 2] = [InputLevel::Spent(0), InputLevel::Above];

impl Plan {
    /// x·p(y) with p = Σ c_k·T_(2k+1), inputs y and x, at ⌈log2(d+1)⌉ levels from y when x is at a higher level.
    ///
    /// With `options.extra_levels` the fewest products win, be the product inside or last.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn folded<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 1, 2)?;
        match choose(p.len() - 1, options)? {
            Choice::Inside(scheme) => {
                let mut dag = Dag::new(&INPUTS)?;
                emit(&mut dag, &scheme, &p, 0, 1)?;
                Ok(dag)
            }
            Choice::Last(scheme) => product_last(&p, &scheme),
        }
    }

    /// x·p(y) by [`Plan::odd`] and one product at the end: a level more than [`Plan::folded`] without extra levels, and
    /// often a product less.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn product_last<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 1, 2)?;
        product_last(&p, &odd::scheme(p.len() - 1, options)?)
    }
}

fn product_last<S: Scalar>(p: &[S], scheme: &Scheme) -> Result<Dag<S>> {
    let mut dag = Dag::new(&INPUTS)?;
    let value = emit(&mut dag, scheme, p, 0, 0)?;
    dag.push(Node::Mul(value, 1))?;
    Ok(dag)
}
