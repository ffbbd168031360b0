//! Even polynomials through u = T_2(x), since T_2k(x) = T_k(T_2(x)): degree 2^D − 2 at D levels.

use super::Plan;
use super::chebyshev::dense;
use super::count::{PlanOptions, cheapest, check_degree};
use super::dag::{Dag, InputLevel, Node, NodeId};
use super::emit::emit;
use super::family::Family;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::Scheme;
use crate::error::Result;

/// The scheme in u, of half the degree; u itself is one product and one level before it.
pub(super) fn scheme(degree: usize, options: PlanOptions) -> Result<Scheme> {
    check_degree(degree, Some(0))?;
    cheapest(Shape::General, degree / 2, options)
}

/// Appends p(x) for coefficients of T_0, T_2, T_4, …; returns its node.
pub(super) fn append<S: Scalar>(
    dag: &mut Dag<S>,
    coefficients: &[S],
    x: NodeId,
    options: PlanOptions,
) -> Result<NodeId> {
    let p = dense(coefficients, 0, 1)?;
    let scheme = scheme(2 * (p.len() - 1), options)?;
    append_scheme(dag, &scheme, &p, x)
}

/// Appends Σ p_k·T_k(u) with u = T_2(x) = 2x² − 1; returns its node.
pub(super) fn append_scheme<S: Scalar>(
    dag: &mut Dag<S>,
    scheme: &Scheme,
    p: &[S],
    x: NodeId,
) -> Result<NodeId> {
    let square = dag.push(Node::Mul(x, x))?;
    let double = dag.push(Node::Add(square, square))?;
    let u = dag.push(Node::AddScalar(double, p[0].fraction(-1, 1)))?;
    emit(dag, scheme, Family::Chebyshev, p, u, u)
}

impl Plan {
    /// p(x) = Σ c_k·T_2k(x) with one input x, at 1 + ⌈log2(d/2+1)⌉ levels for degree d, and up to
    /// `options.extra_levels` more where they save products.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn even<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
        append(&mut dag, coefficients, 0, options)?;
        Ok(dag)
    }

    /// x/2 + p(x) with p = Σ c_k·T_2k an approximation of |x|/2: a ReLU of one stage, at the depth of p. Its constant is
    /// among the coefficients.
    ///
    /// # Errors
    /// As said at [`Plan`].
    pub fn relu_single<S: Scalar>(coefficients: &[S], options: PlanOptions) -> Result<Dag<S>> {
        let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
        let even = append(&mut dag, coefficients, 0, options)?;
        let half = coefficients[0].fraction(1, 2);
        let linear = dag.push(Node::MulScalar(0, half))?;
        dag.push(Node::Add(linear, even))?;
        Ok(dag)
    }
}
