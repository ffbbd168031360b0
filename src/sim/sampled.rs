//! Slots with errors that are drawn.

use crate::circuit::shadow::{Disturbance, Slots};
use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use std::f64::consts::TAU;

/// Slots of one stream of random numbers; the least that a thread is given.
const CHUNK: usize = 4096;

/// n slots, errors included.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled(Vec<Complex64>);

impl Sampled {
    /// Without error.
    pub(super) fn new(values: &[Complex64]) -> Self {
        Self(values.to_vec())
    }

    fn map(&self, f: impl Fn(Complex64) -> Complex64 + Sync + Send) -> Self {
        let slots = self.0.par_iter().with_min_len(CHUNK);
        Self(slots.map(|x| f(*x)).collect())
    }

    /// With `other` continued periodically.
    fn zip(
        &self,
        other: &[Complex64],
        f: impl Fn(Complex64, Complex64) -> Complex64 + Sync + Send,
    ) -> Self {
        let last = other.len() - 1;
        let slots = self.0.par_iter().with_min_len(CHUNK).enumerate();
        Self(slots.map(|(i, x)| f(*x, other[i & last])).collect())
    }
}

impl Slots for Sampled {
    fn values(&self) -> &[Complex64] {
        &self.0
    }

    fn sum(&self, other: &Self) -> Self {
        self.zip(&other.0, |x, y| x + y)
    }

    fn difference(&self, other: &Self) -> Self {
        self.zip(&other.0, |x, y| x - y)
    }

    fn product(&self, other: &Self) -> Self {
        self.zip(&other.0, |x, y| x * y)
    }

    fn shifted(&self, c: f64) -> Self {
        self.map(|x| x + c)
    }

    fn scaled(&self, c: f64) -> Self {
        self.map(|x| x * c)
    }

    fn plus(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.sum(&Self::new(v).disturbed(encoding))
    }

    fn times(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.product(&Self::new(v).disturbed(encoding))
    }

    fn plus_exact(&self, v: &[Complex64]) -> Self {
        self.zip(v, |x, y| x + y)
    }

    fn times_i(&self) -> Self {
        self.map(|x| Complex64::new(-x.im, x.re))
    }

    fn rotated(&self, k: usize, _slots: usize) -> Self {
        let mut slots = self.0.clone();
        slots.rotate_left(k);
        Self(slots)
    }

    fn with_slots(&self, slots: usize) -> Self {
        let own = self.0.len();
        let share = slots.min(own) as f64 / own as f64;
        let mean = |i| {
            let together = self.0.iter().skip(i % own).step_by(slots);
            together.sum::<Complex64>() * share
        };
        Self((0..slots).map(mean).collect())
    }

    fn conjugated(&self) -> Self {
        self.map(|x| x.conj())
    }

    fn disturbed(mut self, error: &Disturbance) -> Self {
        let key = error.event.bytes();
        let chunks = self.0.par_chunks_mut(CHUNK).enumerate();
        chunks.for_each(|(number, chunk)| {
            let mut rng = ChaCha8Rng::from_seed(key);
            rng.set_stream(number as u64);
            for x in chunk {
                *x += gaussian(&mut rng) * error.deviation;
            }
        });
        self
    }
}

/// A circular complex Gaussian with E|z|² = 1 (Box, Muller 1958).
fn gaussian(rng: &mut ChaCha8Rng) -> Complex64 {
    // 53 bits, in [0, 1); its complement is never 0.
    let mut uniform = || (rng.next_u64() >> 11) as f64 * 0.5f64.powi(53);
    let radius = (-(1.0 - uniform()).ln()).sqrt();
    Complex64::from_polar(radius, TAU * uniform())
}
