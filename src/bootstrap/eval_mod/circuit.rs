//! The circuit as nodes.

use equiripple_approx::{
    ApproxError,
    evaltree::{Dag, Node, Plan, PlanOptions},
};
use rug::{Float, ops::Pow};

/// Bits in which the roots and powers of an amplitude are computed.
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
    /// amplitude·y from x, at the depth of y.
    ///
    /// a_0·p(x) with a_0 = amplitude^(1/2^r), and then v ← 2v² − a_k² at each double angle, make amplitude·cos 2^r θ of
    /// what would be cos 2^r θ; with an arcsine its coefficients take the amplitude.
    pub(super) fn circuit(&self, amplitude: f64) -> Result<Dag<f64>, ApproxError> {
        let inverts = self.arcsine.len() > 1;
        let of_cosine = if inverts { 1.0 } else { amplitude };
        let root = Float::with_val(BITS, of_cosine).root(1 << self.double_angles);
        // Its powers are those of the double.
        let mut factor = Float::with_val(BITS, root.to_f64());
        let scaled: Vec<f64> = self.cosine.iter().map(|c| c * factor.to_f64()).collect();
        let mut dag = Plan::general(&scaled, PlanOptions::default())?;
        for _ in 0..self.double_angles {
            factor = factor.pow(2u32);
            let v = dag.output();
            let square = dag.push(Node::Mul(v, v))?;
            // A sum of what is not rescaled yet: a factor 2 would take a level.
            let double = dag.push(Node::Add(square, square))?;
            dag.push(Node::AddScalar(double, -factor.to_f64()))?;
        }
        if !inverts {
            return Ok(dag);
        }
        let scaled = self
            .arcsine
            .iter()
            .map(|c| Float::with_val(BITS, c * amplitude));
        let scaled: Vec<f64> = scaled.map(|c| c.to_f64()).collect();
        dag.then(&Plan::odd(&scaled, PlanOptions::default())?)
    }
}
