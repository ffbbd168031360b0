//! Images that run with the noise of encryption.

use super::{Law, NetworkNoise, Term};
use crate::nn::{
    NodeId,
    inference::{Images, Observer, Real},
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::f64::consts::TAU;

/// Adds the errors of a network to its numbers. What is added depends on the seed, the image and the node alone.
///
/// Most errors are below what f32 resolves: run in f64 to see what they do.
///
/// ```
/// use equiripple::nn::noise::{NetworkNoise, Noisy};
/// # use equiripple::nn::{Graph, inference::{InferenceError, Network}};
/// fn logits(net: &Graph, noise: &NetworkNoise, images: &[f64]) -> Result<Vec<f64>, InferenceError> {
///     let (outcome, _) = Network::new(net)?.observe(images, 0, || Noisy::new(noise, 1))?;
///     Ok(outcome.logits)
/// }
/// ```
#[derive(Debug)]
pub struct Noisy<'a, T> {
    noise: &'a NetworkNoise,
    seed: u64,
    /// Arguments of the activation whose result comes next.
    arguments: Vec<T>,
}

/// Node indices that fit beside the index of an image in a stream's name.
const NODES: u64 = 1 << 20;

impl<'a, T> Noisy<'a, T> {
    /// Of one seed.
    #[must_use]
    pub const fn new(noise: &'a NetworkNoise, seed: u64) -> Self {
        Self {
            noise,
            seed,
            arguments: vec![],
        }
    }
}

impl<T: Real> Observer<T> for Noisy<'_, T> {
    fn argument(&mut self, node: NodeId, images: &Images<'_, T>) {
        let terms = &self.noise.nodes[node.index()].terms;
        if terms.iter().any(|term| term.laws.len() > 1) {
            self.arguments.clear();
            self.arguments.extend_from_slice(images.values());
        }
    }

    fn result(&mut self, node: NodeId, images: &mut Images<'_, T>) {
        let own = &self.noise.nodes[node.index()];
        if own.terms.iter().all(|term| term.laws.is_empty()) {
            return;
        }
        let mut start = 0;
        for (image, values) in images.each_mut() {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(image as u64 * NODES + node.index() as u64);
            let arguments = self.arguments.get(start..start + values.len());
            start += values.len();
            for term in &own.terms {
                add(term, &own.squares, arguments, values, &mut rng);
            }
        }
    }

    fn merge(&mut self, _: Self) {}
}

/// Adds one term to the numbers of an image.
fn add<T: Real>(
    term: &Term,
    squares: &[f64],
    arguments: Option<&[T]>,
    values: &mut [T],
    rng: &mut ChaCha8Rng,
) {
    if term.laws.is_empty() || squares.is_empty() {
        return;
    }
    let half = term.laws.len() as f64 / 2.0;
    let inverse = half / term.range;
    let law = |k: usize| -> Law {
        let bin = match arguments {
            // Casts of floats saturate, and what is no number errs like 0.
            Some(arguments) if term.laws.len() > 1 => {
                (arguments[k].widened() * inverse + half) as usize
            }
            _ => 0,
        };
        term.laws[bin.min(term.laws.len() - 1)]
    };
    let deviation = |k: usize| {
        let (law, square) = (law(k), squares[k % squares.len()]);
        (law.even + law.secret * square).sqrt()
    };
    for (pair, k) in values.chunks_mut(2).zip((0..).step_by(2)) {
        let (first, second) = gaussians(rng);
        for (j, (x, error)) in pair.iter_mut().zip([first, second]).enumerate() {
            *x += T::from_f64(error * deviation(k + j));
        }
    }
}

/// Two independent Gaussians (Box, Muller 1958).
fn gaussians(rng: &mut ChaCha8Rng) -> (f64, f64) {
    // 32 bits each, the first in (0, 1].
    let word = rng.next_u64();
    let (low, high) = ((word & 0xFFFF_FFFF) + 1, word >> 32);
    let scale = 0.5f64.powi(32);
    let radius = (-2.0 * (low as f64 * scale).ln()).sqrt();
    let (sin, cos) = (high as f64 * scale * TAU).sin_cos();
    (radius * cos, radius * sin)
}
