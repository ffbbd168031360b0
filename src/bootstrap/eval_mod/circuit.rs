//! The circuit as nodes.

use equiripple_approx::{
    ApproxError,
    evaltree::{Dag, Node, Plan, PlanOptions},
};
use rug::{Float, ops::Pow};

/// Bits in which constants are computed before they are rounded to doubles, once each.
const BITS: u32 = 192;

/// What the nodes are made of.
pub(super) struct Parts<'a> {
    /// Of T_0, T_1, …: the polynomial before the double angles.
    pub(super) cosine: &'a [f64],
    /// r.
    pub(super) double_angles: u32,
    /// Of T_1, T_3, …: the arcsine; T_1 alone where there is none.
    pub(super) arcsine: &'a [Float],
}

impl Parts<'_> {
    /// Whether there is an arcsine.
    pub(super) fn inverts(&self) -> bool {
        self.arcsine.len() > 1
    }

    /// amplitude·y from x, at the depth of y.
    ///
    /// a_0·p(x) with a_0 = amplitude^(1/2^r), and then v ← 2v² − a_k² at each double angle, make amplitude·cos 2^r θ of
    /// what would be cos 2^r θ; with an arcsine its coefficients take the amplitude.
    pub(super) fn circuit(&self, amplitude: f64) -> Result<Dag<f64>, ApproxError> {
        let of_cosine = if self.inverts() { 1.0 } else { amplitude };
        let root = Float::with_val(BITS, of_cosine).root(1 << self.double_angles);
        // Its powers are those of the double.
        let mut factor = Float::with_val(BITS, root.to_f64());
        let mut dag = self.polynomial(&factor)?;
        for _ in 0..self.double_angles {
            factor = factor.pow(2u32);
            let v = dag.output();
            let square = dag.push(Node::Mul(v, v))?;
            // A sum of what is not rescaled yet: a factor 2 would take a level.
            let double = dag.push(Node::Add(square, square))?;
            dag.push(Node::AddScalar(double, Float::with_val(BITS, -&factor)))?;
        }
        if self.inverts() {
            dag = dag.then(&self.inverse(amplitude)?)?;
        }
        Ok(dag.map(Float::to_f64))
    }

    /// factor·p(x).
    fn polynomial(&self, factor: &Float) -> Result<Dag<Float>, ApproxError> {
        let scaled = self
            .cosine
            .iter()
            .map(|c| Float::with_val(BITS, factor * c));
        Plan::general(&scaled.collect::<Vec<_>>(), PlanOptions::default())
    }

    /// The arcsine of what it is given, times the amplitude.
    fn inverse(&self, amplitude: f64) -> Result<Dag<Float>, ApproxError> {
        let scaled = self
            .arcsine
            .iter()
            .map(|c| Float::with_val(BITS, c * amplitude));
        Plan::odd(&scaled.collect::<Vec<_>>(), PlanOptions::default())
    }

    /// Sums of the magnitudes of the constants of p and of the arcsine, at amplitude 1.
    pub(super) fn constants(&self) -> Result<(f64, f64), ApproxError> {
        let one = Float::with_val(BITS, 1);
        let inverse = if self.inverts() {
            constants(&self.inverse(1.0)?)
        } else {
            0.0
        };
        Ok((constants(&self.polynomial(&one)?), inverse))
    }
}

fn constants(dag: &Dag<Float>) -> f64 {
    let constant = |node: &Node<Float>| match node {
        Node::MulScalar(_, c) | Node::AddScalar(_, c) => c.to_f64().abs(),
        _ => 0.0,
    };
    dag.nodes().iter().map(constant).sum()
}
