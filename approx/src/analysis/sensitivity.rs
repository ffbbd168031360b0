//! First-order sensitivities of a circuit: how much every node, and every scalar written into it, moves the output.
//!
//! A value that is used many times carries its noise along all paths, fully correlated; variances pushed forward node by
//! node would take them as independent and be wrong by large factors (T_2n = 2·T_n² − 1 uses T_n twice). One sweep
//! backwards gives ∂out/∂node over all paths at once, and noise injected at different nodes is independent.

use rug::Float;

use super::composition::out_of_range;
use crate::{
    Result,
    evaltree::{Dag, Node},
};

/// A scalar as it is encoded at a scale: the nearest multiple of 1/Δ, and how far that is from the scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounded {
    /// The scalar in f64.
    pub value: f64,
    /// Encoded minus exact.
    pub error: f64,
}

impl Rounded {
    /// Rounds to the grid 2^-`scale_log2`.
    #[must_use]
    pub fn new(c: &Float, scale_log2: f64) -> Self {
        let prec = c.prec() + 64;
        let scale = Float::with_val(prec, scale_log2).exp2();
        let scaled = Float::with_val(prec, c * &scale);
        let nearest = Float::with_val(prec, scaled.round_ref());
        Self {
            value: c.to_f64(),
            error: (Float::with_val(prec, nearest - scaled) / scale).to_f64(),
        }
    }
}

/// The circuit with its scalars as they are encoded at the scale 2^`scale_log2`.
#[must_use]
pub fn rounded_circuit(dag: &Dag<Float>, scale_log2: f64) -> Dag<Rounded> {
    dag.map(|c| Rounded::new(c, scale_log2))
}

/// Sums over a circuit at one input.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sensitivity {
    /// The output.
    pub value: f64,
    /// Σ(∂out/∂input)².
    pub inputs: f64,
    /// Σ(∂out/∂node)² over products of two ciphertexts.
    pub products: f64,
    /// Σ(∂out/∂node)² over products with a scalar.
    pub scalar_products: f64,
    /// Σ ∂out/∂c·(encoded − exact) over all scalars c: the output's error from their encoding, to first order.
    pub rounding: f64,
}

impl Sensitivity {
    /// Values forwards, derivatives backwards.
    ///
    /// # Errors
    /// [`ApproxError::OutOfRange`](crate::ApproxError::OutOfRange) for a wrong number of inputs.
    pub fn at(dag: &Dag<Rounded>, inputs: &[f64]) -> Result<Self> {
        if inputs.len() != dag.inputs().len() {
            let bound = format!("exactly {}", dag.inputs().len());
            return Err(out_of_range("inputs", &inputs.len().to_string(), &bound));
        }
        let mut values: Vec<f64> = Vec::with_capacity(dag.nodes().len());
        for node in dag.nodes() {
            values.push(match *node {
                Node::Input(k) => inputs[k],
                Node::Add(a, b) => values[a] + values[b],
                Node::Sub(a, b) => values[a] - values[b],
                Node::Mul(a, b) => values[a] * values[b],
                Node::MulScalar(a, c) => values[a] * c.value,
                Node::AddScalar(a, c) => values[a] + c.value,
            });
        }
        let mut sums = Self {
            value: values[dag.output()],
            ..Self::default()
        };
        let mut slopes = vec![0.0; values.len()];
        // Several nodes may read the same input: one noise, so their slopes add before they are squared.
        let mut input_slopes = vec![0.0; inputs.len()];
        slopes[dag.output()] = 1.0;
        for (id, node) in dag.nodes().iter().enumerate().rev() {
            let slope: f64 = slopes[id];
            match *node {
                Node::Input(k) => input_slopes[k] += slope,
                Node::Add(a, b) => {
                    slopes[a] += slope;
                    slopes[b] += slope;
                }
                Node::Sub(a, b) => {
                    slopes[a] += slope;
                    slopes[b] -= slope;
                }
                Node::Mul(a, b) => {
                    sums.products += slope * slope;
                    slopes[a] += slope * values[b];
                    slopes[b] += slope * values[a];
                }
                Node::MulScalar(a, c) => {
                    sums.scalar_products += slope * slope;
                    sums.rounding += slope * values[a] * c.error;
                    slopes[a] += slope * c.value;
                }
                Node::AddScalar(a, c) => {
                    sums.rounding += slope * c.error;
                    slopes[a] += slope;
                }
            }
        }
        sums.inputs = input_slopes.iter().map(|s| s * s).sum();
        Ok(sums)
    }
}
