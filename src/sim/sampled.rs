//! Slots with errors that are drawn.

use super::secret::Secret;
use crate::circuit::shadow::{Disturbance, Slots};
use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use std::{f64::consts::TAU, sync::Arc};

/// Slots of one stream of random numbers; the least that a thread is given.
const CHUNK: usize = 4096;

/// n slots, errors included.
#[derive(Debug, Clone)]
pub struct Sampled {
    slots: Vec<Complex64>,
    secret: Arc<Secret>,
}

impl Sampled {
    /// Without error.
    pub(super) fn new(values: &[Complex64], secret: &Arc<Secret>) -> Self {
        Self {
            slots: values.to_vec(),
            secret: Arc::clone(secret),
        }
    }

    /// Other slots under the same secret.
    fn with(&self, slots: Vec<Complex64>) -> Self {
        Self {
            slots,
            secret: Arc::clone(&self.secret),
        }
    }

    fn map(&self, f: impl Fn(Complex64) -> Complex64 + Sync + Send) -> Self {
        let slots = self.slots.par_iter().with_min_len(CHUNK);
        self.with(slots.map(|x| f(*x)).collect())
    }

    /// With `other` continued periodically.
    fn zip(
        &self,
        other: &[Complex64],
        f: impl Fn(Complex64, Complex64) -> Complex64 + Sync + Send,
    ) -> Self {
        let last = other.len() - 1;
        let slots = self.slots.par_iter().with_min_len(CHUNK).enumerate();
        self.with(slots.map(|(i, x)| f(*x, other[i & last])).collect())
    }
}

impl Slots for Sampled {
    fn values(&self) -> &[Complex64] {
        &self.slots
    }

    fn sum(&self, other: &Self) -> Self {
        self.zip(&other.slots, |x, y| x + y)
    }

    fn difference(&self, other: &Self) -> Self {
        self.zip(&other.slots, |x, y| x - y)
    }

    fn product(&self, other: &Self) -> Self {
        self.zip(&other.slots, |x, y| x * y)
    }

    fn shifted(&self, c: f64) -> Self {
        self.map(|x| x + c)
    }

    fn scaled(&self, c: f64) -> Self {
        self.map(|x| x * c)
    }

    fn plus(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.sum(&Self::new(v, &self.secret).disturbed(encoding))
    }

    fn times(&self, v: &[Complex64], encoding: &Disturbance) -> Self {
        self.product(&Self::new(v, &self.secret).disturbed(encoding))
    }

    fn plus_exact(&self, v: &[Complex64]) -> Self {
        self.zip(v, |x, y| x + y)
    }

    fn times_i(&self) -> Self {
        self.map(|x| Complex64::new(-x.im, x.re))
    }

    fn rotated(&self, k: usize, _slots: usize) -> Self {
        let mut slots = self.slots.clone();
        slots.rotate_left(k);
        self.with(slots)
    }

    fn with_slots(&self, slots: usize) -> Self {
        let own = self.slots.len();
        let share = slots.min(own) as f64 / own as f64;
        let mean = |i| {
            let together = self.slots.iter().skip(i % own).step_by(slots);
            together.sum::<Complex64>() * share
        };
        self.with((0..slots).map(mean).collect())
    }

    fn conjugated(&self) -> Self {
        self.map(|x| x.conj())
    }

    fn disturbed(mut self, error: &Disturbance) -> Self {
        let key = error.event.bytes();
        let squares = self.secret.squares(self.slots.len()).par_chunks(CHUNK);
        let chunks = self.slots.par_chunks_mut(CHUNK).zip(squares).enumerate();
        chunks.for_each(|(number, (chunk, squares))| {
            let mut rng = ChaCha8Rng::from_seed(key);
            rng.set_stream(number as u64);
            for (x, square) in chunk.iter_mut().zip(squares) {
                let share = 1.0 + error.of_secret * (square - 1.0);
                *x += gaussian(&mut rng) * (error.deviation * share.sqrt());
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
