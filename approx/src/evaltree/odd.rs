//! Odd polynomials: the stages of a sign.

use super::Plan;
use super::chebyshev::{dense, divide};
use super::count::{Count, PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel, Node, NodeId};
use super::emit::emit;
use super::even;
use super::family::Family;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use crate::error::Result;

/// The two ways to an odd polynomial.
pub(super) enum Route {
    /// Odd babies and even giants.
    Direct(Scheme),
    /// T_1 times an even polynomial, itself a polynomial in T_2: a level more, and at some degrees a product less.
    Even(Scheme),
}

/// The cheapest route within the extra levels, and of equals the shallowest.
pub(super) fn route(degree: usize, options: PlanOptions) -> Result<Route> {
    check_degree(degree, Some(1))?;
    let direct = Route::Direct(cheapest(Shape::Odd, degree, options)?);
    let Some(fewer) = options.one_level_fewer().filter(|_| degree > 1) else {
        return Ok(direct);
    };
    let even = Route::Even(even::scheme(degree - 1, fewer)?);
    Ok(if even.count().rank() < direct.count().rank() {
        even
    } else {
        direct
    })
}

impl Route {
    pub(super) fn count(&self) -> Count {
        match self {
            Route::Direct(scheme) => Count::of(scheme),
            Route::Even(scheme) => Count::of(scheme).after_one_more().after_one_more(),
        }
    }

    /// Appends p(y); returns its node.
    pub(super) fn append<S: Scalar>(&self, dag: &mut Dag<S>, p: &[S], y: NodeId) -> Result<NodeId> {
        match self {
            Route::Direct(scheme) => emit(dag, scheme, Family::Chebyshev, p, y, y),
            Route::Even(scheme) => append_through_even(dag, scheme, p, y, y),
        }
    }
}

/// Appends gate·(p/T_1)(y), where the gate is y for p itself and x·y for x·p.
///
/// The coefficients of the quotient are alternating partial sums of those of p, at most 2·Σ|c|: as well conditioned.
pub(super) fn append_through_even<S: Scalar>(
    dag: &mut Dag<S>,
    scheme: &Scheme,
    p: &[S],
    y: NodeId,
    gate: NodeId,
) -> Result<NodeId> {
    let (quotient, _) = divide(Family::Chebyshev, p, 1);
    let in_square: Vec<S> = quotient.into_iter().step_by(2).collect();
    let even = even::append_scheme(dag, scheme, &in_square, y)?;
    dag.push(Node::Mul(gate, even))
}

impl Plan {
    /// p(y) = Σ c_k·T_(2k+1)(y) with one input y, at ⌈log2(d+1)⌉ levels for degree d, and up to
    /// `options.extra_levels` more where they save products.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn odd<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 1, 2)?;
        let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
        route(p.len() - 1, options)?.append(&mut dag, &p, 0)?;
        Ok(dag)
    }
}
