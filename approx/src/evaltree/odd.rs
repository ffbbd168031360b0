//! Odd polynomials: the stages of a sign.

use super::Plan;
use super::chebyshev::dense;
use super::count::{PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel};
use super::emit::emit;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use crate::error::Result;

pub(super) fn scheme(degree: usize, options: PlanOptions) -> Result<Scheme> {
    check_degree(degree, Some(1))?;
    cheapest(Shape::Odd, degree, options)
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
        emit(&mut dag, &scheme(p.len() - 1, options)?, &p, 0, 0)?;
        Ok(dag)
    }
}
