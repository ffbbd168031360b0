//! Chains of circuits, and whole activations: sign, ReLU, maximum.

use super::Plan;
use super::chebyshev::times_x;
use super::count::PlanOptions;
use super::dag::{Dag, InputLevel, Node, NodeId};
use super::even;
use super::scalar::Scalar;
use crate::error::{ApproxError, Result};

/// One odd polynomial of a composition.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a, S> {
    /// Coefficients of T_1, T_3, T_5, ….
    pub coefficients: &'a [S],
    /// What this stage may spend.
    pub options: PlanOptions,
}

impl<'a, S> Stage<'a, S> {
    /// A stage at its least depth.
    #[must_use]
    pub fn new(coefficients: &'a [S]) -> Self {
        Self {
            coefficients,
            options: PlanOptions::default(),
        }
    }
}

impl<S: Clone> Dag<S> {
    /// `next` after this circuit: input 0 of `next` becomes this output; its other inputs follow this circuit's own.
    ///
    /// # Errors
    /// None that circuits made through the public functions can cause.
    pub fn then(&self, next: &Self) -> Result<Self> {
        let first = self.inputs().len();
        let levels: Vec<InputLevel> = self
            .inputs()
            .iter()
            .chain(&next.inputs()[1..])
            .copied()
            .collect();
        let mut chained = Self::new(&levels)?;
        let own: Vec<NodeId> = (0..first).collect();
        let middle = chained.append(self, &own)?;
        let bindings: Vec<NodeId> = [middle].into_iter().chain(first..levels.len()).collect();
        chained.append(next, &bindings)?;
        Ok(chained)
    }
}

/// p_k(…p_1(x)…), input x: Σ⌈log2(d_i+1)⌉ levels.
///
/// # Errors
/// [`ApproxError::OutOfRange`] without stages, and the errors of [`Plan`].
pub fn sign<S: Scalar>(stages: &[Stage<'_, S>]) -> Result<Dag<S>> {
    split_last(stages)?;
    let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
    chain(&mut dag, stages, 0)?;
    Ok(dag)
}

/// x/2 + x·p_k(…p_1(x)…) + c0, input x, where ½ is already in p_k and `offset` is c0.
///
/// Two stages and more take Σ⌈log2(d_i+1)⌉ levels: the last is [`Plan::folded`], and x waits above. A single stage has
/// no level below x to hide the product in, so x·p_1(x) is evaluated as an even polynomial of degree d+1, at
/// 1 + ⌈log2((d+3)/2)⌉ levels; that is the same unless d+1 is a power of two, and then one more.
///
/// # Errors
/// [`ApproxError::OutOfRange`] without stages, and the errors of [`Plan`].
pub fn relu<S: Scalar>(stages: &[Stage<'_, S>], offset: Option<&S>) -> Result<Dag<S>> {
    let mut dag = Dag::new(&[InputLevel::Spent(0)])?;
    gated(&mut dag, stages, 0, 0, offset)?;
    Ok(dag)
}

/// (a+b)/2 + (a−b)·p_k(…p_1(a−b)…) + c0, inputs a and b, where ½ is already in p_k and `offset` is c0.
///
/// Depth as for [`relu`]. |a−b| ≤ 1 is the caller's to arrange.
///
/// # Errors
/// [`ApproxError::OutOfRange`] without stages, and the errors of [`Plan`].
pub fn max<S: Scalar>(stages: &[Stage<'_, S>], offset: Option<&S>) -> Result<Dag<S>> {
    let mut dag = Dag::new(&[InputLevel::Spent(0), InputLevel::Spent(0)])?;
    let sum = dag.push(Node::Add(0, 1))?;
    let difference = dag.push(Node::Sub(0, 1))?;
    gated(&mut dag, stages, sum, difference, offset)?;
    Ok(dag)
}

/// linear/2 + x·p_k(…p_1(x)…) + c0.
fn gated<S: Scalar>(
    dag: &mut Dag<S>,
    stages: &[Stage<'_, S>],
    linear: NodeId,
    x: NodeId,
    offset: Option<&S>,
) -> Result<NodeId> {
    let (last, before) = split_last(stages)?;
    let product = if before.is_empty() {
        even::append(dag, &times_x(last.coefficients), x, last.options)?
    } else {
        let y = chain(dag, before, x)?;
        let folded = Plan::folded(last.coefficients, last.options)?;
        dag.append(&folded, &[y, x])?
    };
    // p_k gives the precision in which ½ is written; split_last made sure that it has a coefficient.
    let half = last.coefficients[0].fraction(1, 2);
    let half = dag.push(Node::MulScalar(linear, half))?;
    let sum = dag.push(Node::Add(product, half))?;
    match offset {
        Some(c0) if !c0.is_zero() => dag.push(Node::AddScalar(sum, c0.clone())),
        _ => Ok(sum),
    }
}

fn chain<S: Scalar>(dag: &mut Dag<S>, stages: &[Stage<'_, S>], x: NodeId) -> Result<NodeId> {
    let mut y = x;
    for stage in stages {
        let odd = Plan::odd(stage.coefficients, stage.options)?;
        y = dag.append(&odd, &[y])?;
    }
    Ok(y)
}

type Split<'a, 's, S> = (&'a Stage<'s, S>, &'a [Stage<'s, S>]);

fn split_last<'a, 's, S>(stages: &'a [Stage<'s, S>]) -> Result<Split<'a, 's, S>> {
    match stages.split_last() {
        Some((last, before)) if !last.coefficients.is_empty() => Ok((last, before)),
        _ => Err(ApproxError::OutOfRange {
            name: "stages",
            value: stages.len().to_string(),
            bound: "at least one, with coefficients".into(),
        }),
    }
}
