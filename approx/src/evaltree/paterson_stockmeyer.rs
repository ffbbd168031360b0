//! Polynomials of no parity, after Paterson and Stockmeyer (1973), in the Chebyshev basis and at the least depth.

use super::Plan;
use super::chebyshev::dense;
use super::count::{PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel};
use super::emit::emit;
use super::family::Family;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use crate::error::Result;

pub(super) fn scheme(degree: usize, options: PlanOptions) -> Result<Scheme> {
    check_degree(degree, None)?;
    cheapest(Shape::General, degree, options)
}

impl Plan {
    /// p(x) = Σ c_k·T_k(x) with one input x, at ⌈log2(d+1)⌉ levels for degree d, and up to `options.extra_levels` more
    /// where they save products.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn general<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 0, 1)?;
        let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
        let scheme = scheme(p.len() - 1, options)?;
        emit(&mut dag, &scheme, Family::Chebyshev, &p, 0, 0)?;
        Ok(dag)
    }

    /// p(y) = Σ c_k·L_k(y)/2 with one input y, at the depth and with the products of [`Plan::general`]. L_k are the Lucas
    /// polynomials: L_k(2i·x) = 2·iᵏ·T_k(x).
    ///
    /// With y = 2i·x this is Σ c_k·iᵏ·T_k(x): an even polynomial and i times an odd one at the price of one polynomial,
    /// and all constants are real. The powers are L_k, twice as large as T_k, so that what rounds them does half the harm.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn lucas<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let p = dense(coefficients, 0, 1)?;
        let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
        let scheme = scheme(p.len() - 1, options)?;
        emit(&mut dag, &scheme, Family::Lucas, &p, 0, 0)?;
        Ok(dag)
    }
}
