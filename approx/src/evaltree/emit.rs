//! From a scheme and coefficients to nodes.

use std::collections::BTreeMap;

use super::chebyshev::divide;
use super::dag::{Dag, Node, NodeId};
use super::family::Family;
use super::powers::Shape;
use super::scalar::Scalar;
use super::search::{Scheme, Step};
use crate::error::{ApproxError, Result};

/// A partial result: a ciphertext, or none where all its coefficients were zero, plus a constant that waits until a
/// product needs it. Constants of remainders so meet in one addition.
struct Part<S> {
    node: Option<NodeId>,
    constant: S,
}

/// Writes one polynomial into a circuit. Powers are made when first asked for, so unused ones cost nothing.
struct Emitter<'a, S> {
    dag: &'a mut Dag<S>,
    scheme: &'a Scheme,
    family: Family,
    y: NodeId,
    /// The multiplier of the folded shape; y itself, unused, in the others.
    x: NodeId,
    t: BTreeMap<usize, NodeId>,
    w: BTreeMap<usize, NodeId>,
    zero: S,
}

/// Appends p(y), or x·p(y) in the folded shape, for dense coefficients `p` of a family; returns its node. In the folded
/// shape that is [`Family::Chebyshev`].
///
/// # Errors
/// [`ApproxError::Degree`] if nothing is left of p but a constant; it takes no ciphertext.
pub(super) fn emit<S: Scalar>(
    dag: &mut Dag<S>,
    scheme: &Scheme,
    family: Family,
    p: &[S],
    y: NodeId,
    x: NodeId,
) -> Result<NodeId> {
    let zero = p.first().ok_or_else(missing_plan)?.fraction(0, 1);
    let mut emitter = Emitter {
        dag,
        scheme,
        family,
        y,
        x,
        t: BTreeMap::from([(1, y)]),
        w: BTreeMap::new(),
        zero,
    };
    let part = emitter.polynomial(p, scheme.depth)?;
    emitter.finish(part)?.ok_or_else(missing_plan)
}

/// The plan and the coefficients belong to different degrees: a mistake inside this module, not the caller's.
fn missing_plan() -> ApproxError {
    ApproxError::NoDesign {
        target: "an evaluation tree".into(),
        limits: "the planned degree".into(),
    }
}

impl<S: Scalar> Emitter<'_, S> {
    fn push(&mut self, node: Node<S>) -> NodeId {
        self.dag.push_checked(node)
    }

    fn polynomial(&mut self, p: &[S], depth: usize) -> Result<Part<S>> {
        if p.iter().all(S::is_zero) {
            let constant = self.zero.clone();
            return Ok(Part {
                node: None,
                constant,
            });
        }
        let degree = p.len() - 1;
        match self.scheme.step(degree, depth).ok_or_else(missing_plan)? {
            Step::Leaf => self.leaf(p),
            Step::Critical => {
                let cx = self.push(Node::MulScalar(self.x, p[1].clone()));
                let node = Some(self.push(Node::Mul(cx, self.y)));
                let constant = self.zero.clone();
                Ok(Part { node, constant })
            }
            Step::Split(g) => {
                let (q, r) = divide(self.family, p, g);
                let product = self.times_giant(&q, g, depth)?;
                let rest = self.polynomial(&r, depth)?;
                Ok(Part {
                    node: self.sum(product, rest.node),
                    constant: rest.constant,
                })
            }
        }
    }

    /// q·T_g, where a constant q is a scalar and not a ciphertext. Every T_n is at hand in the size of its family.
    fn times_giant(&mut self, q: &[S], g: usize, depth: usize) -> Result<Option<NodeId>> {
        let constant_only = q[1..].iter().all(S::is_zero);
        if constant_only && q[0].is_zero() {
            return Ok(None);
        }
        let q: Vec<S> = q.iter().map(|c| self.family.of_power(c)).collect();
        if constant_only {
            let t = self.t(g)?;
            return Ok(Some(self.push(Node::MulScalar(t, q[0].clone()))));
        }
        let part = self.polynomial(&q, depth - 1)?;
        let q = self.finish(part)?.ok_or_else(missing_plan)?;
        let t = self.t(g)?;
        Ok(Some(self.push(Node::Mul(q, t))))
    }

    /// Σ c_n·T_n, or Σ c_n·x·T_n, over the coefficients that are not zero.
    fn leaf(&mut self, p: &[S]) -> Result<Part<S>> {
        let mut node = None;
        for (n, c) in p.iter().enumerate().skip(1).filter(|(_, c)| !c.is_zero()) {
            let power = match self.scheme.powers.shape {
                Shape::Folded => self.w(n)?,
                Shape::Odd | Shape::General => self.t(n)?,
            };
            let term = self.push(Node::MulScalar(power, self.family.of_power(c)));
            node = self.sum(node, Some(term));
        }
        let constant = p[0].clone();
        Ok(Part { node, constant })
    }

    fn sum(&mut self, a: Option<NodeId>, b: Option<NodeId>) -> Option<NodeId> {
        match (a, b) {
            (Some(a), Some(b)) => Some(self.push(Node::Add(a, b))),
            (one, None) | (None, one) => one,
        }
    }

    /// Adds the constant that waited.
    fn finish(&mut self, part: Part<S>) -> Result<Option<NodeId>> {
        match part.node {
            Some(node) if !part.constant.is_zero() => {
                Ok(Some(self.push(Node::AddScalar(node, part.constant))))
            }
            node => Ok(node),
        }
    }

    /// T_n(y) = 2·T_a·T_b − T_(a−b), or L_n(y) = L_a·L_b − (−1)^b·L_(a−b).
    fn t(&mut self, n: usize) -> Result<NodeId> {
        if let Some(&known) = self.t.get(&n) {
            return Ok(known);
        }
        let (a, b) = self.scheme.powers.t_factors(n).ok_or_else(missing_plan)?;
        let (left, right) = (self.t(a)?, self.t(b)?);
        let product = self.power_product(left, right);
        let node = match (a == b, self.family.subtracts(b)) {
            (true, down) => {
                let one = self.family.size();
                let sign = if down { -one } else { one };
                Node::AddScalar(product, self.zero.fraction(sign, 1))
            }
            (false, true) => Node::Sub(product, self.t(a - b)?),
            (false, false) => Node::Add(product, self.t(a - b)?),
        };
        let node = self.push(node);
        self.t.insert(n, node);
        Ok(node)
    }

    /// x·T_n(y) = 2·(x·T_a)·T_b − x·T_|a−b|.
    fn w(&mut self, n: usize) -> Result<NodeId> {
        if let Some(&known) = self.w.get(&n) {
            return Ok(known);
        }
        let node = if n == 1 {
            self.push(Node::Mul(self.x, self.y))
        } else {
            let (a, b) = self.scheme.powers.w_factors(n).ok_or_else(missing_plan)?;
            let (left, right) = (self.w(a)?, self.t(b)?);
            let double = self.power_product(left, right);
            let below = self.w(a.abs_diff(b))?;
            self.push(Node::Sub(double, below))
        };
        self.w.insert(n, node);
        Ok(node)
    }

    /// 2·T_a·T_b, in the size of the family.
    fn power_product(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let product = self.push(Node::Mul(a, b));
        match self.family {
            Family::Chebyshev => self.push(Node::Add(product, product)),
            Family::Lucas => product,
        }
    }
}
