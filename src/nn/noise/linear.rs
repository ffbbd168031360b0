//! Errors of layers that take a level and are no activation.

use super::{Law, Step, scaling::Scaling};
use crate::{
    circuit::{Scheme, noise::Noise},
    nn::{Graph, NodeId, Op, Tensor},
    quantity::{Level, Scale},
};

/// In the units of the network; nothing where no level is taken.
pub(super) fn law(
    graph: &Graph,
    id: NodeId,
    (step, scaling): (&Step, Scaling),
    slots: usize,
    scheme: &Scheme,
) -> Option<Law> {
    if step.start == step.level {
        return None;
    }
    let noise = Noise::new(scheme);
    let above = |variance| Law::of(&noise, variance, slots, scheme.scale(step.start));
    let below = |variance| Law::of(&noise, variance, slots, scheme.scale(step.level));
    let (taken, given) = (scaling.taken.powi(2), scaling.given.powi(2));
    // A sum's number of terms, and the mean of Σw² over the sums.
    let (terms, squares) = match graph.node(id).op() {
        Op::Conv2d { weight, .. } | Op::Linear { weight, .. } => sums(weight),
        Op::AveragePool { window, .. } => {
            let terms = window.kernel[0] * window.kernel[1];
            (terms, 1.0 / terms as f64)
        }
        Op::GlobalAveragePool => {
            let inputs = graph.node(id).inputs().first();
            let [_, h, w] = inputs.and_then(|x| graph.node(*x).shape().image())?;
            (h * w, 1.0 / (h * w) as f64)
        }
        Op::Multiply => {
            return Some(below(noise.key_switch_rescale(step.start)).times(given));
        }
        _ => (1, 1.0),
    };
    let rotations = above(noise.key_error(step.start)).times(squares * taken);
    let diagonals = modulus(scheme, step.start)?;
    let product = scheme.scale(step.start).times(&diagonals).ok()?;
    let roundings = Law::of(&noise, noise.encoding(), slots, &diagonals).times(terms as f64);
    let giants = noise.giant_step(step.start);
    let giants = Law::of(&noise, giants, slots, &product).times((terms as f64).sqrt().ceil());
    let rescaling = below(noise.division(2));
    Some(rotations + (roundings + giants + rescaling).times(given))
}

/// The scale of diagonals: the modulus that rescaling takes away.
fn modulus(scheme: &Scheme, level: Level) -> Option<Scale> {
    Scale::from_f64(scheme.modulus(level) as f64).ok()
}

/// Of weights whose first axis counts the sums.
fn sums(weight: &Tensor) -> (usize, f64) {
    let sums = weight.shape().axes().first().copied().unwrap_or(1).max(1);
    let squares: f64 = weight.values().iter().map(|w| f64::from(*w).powi(2)).sum();
    (weight.values().len() / sums, squares / sums as f64)
}
