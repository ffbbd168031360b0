//! Raising the modulus of slots: what the coefficients gain, and by how much they err.

use super::{
    Cause, Operation, Shadow, Slots,
    evaluator::{beyond, checked, disturbance, event},
    event::Event,
};
use crate::{
    circuit::{CircuitError, ModRaise, noise::Noise},
    embedding::{Roots, forward, inverse},
    quantity::{Level, Scale},
};
use num_complex::Complex64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// Pairs of coefficients of one stream of random numbers; the least that a thread is given.
const CHUNK: usize = 1024;

impl<T: Shadow> ModRaise for T {
    /// As [`ModRaise`] says; in the slots, the multiples of q0 are added exactly.
    fn mod_raise(
        &self,
        a: &Self::Ciphertext,
        level: Level,
        bound: f64,
    ) -> Result<Self::Ciphertext, CircuitError> {
        let scheme = self.parameters();
        let mut shape = a.shape.raised(scheme, level, bound)?;
        let weight = scheme.encapsulation()?;
        let words = [level.get().into()];
        let event = event(self, Operation::ModRaise, &[a.event], words);
        let q0 = scheme.modulus(a.shape.level) as f64;
        let period = a.slots.values().iter().copied().cycle();
        let mut values: Vec<Complex64> = period.take(shape.slots).collect();
        let roots = Roots::shared(values.len());
        inverse(&mut values, &roots);
        if let Some((coefficient, magnitude)) = beyond(&values, bound) {
            return Err(CircuitError::CoefficientBound {
                coefficient,
                magnitude,
                bound,
            });
        }
        add_multiples(&mut values, q0, &shape.scale, weight, event.then(0));
        forward(&mut values, &roots);
        let noise = Noise::new(scheme);
        let error = |event: Event, cause, level, variance, shape: &_| {
            disturbance(scheme, event, cause, level, variance, shape)
        };
        let raised = noise.mod_raise(weight);
        let raised = error(
            event.then(1),
            Cause::ModRaise,
            a.shape.level,
            raised,
            &shape,
        );
        let mut slots = a.slots.plus_exact(&values).disturbed(&raised);
        self.record(Operation::ModRaise, &shape, 1);
        let double = Scale::power_of_two(1)?;
        for k in scheme.trace_rotations(shape.slots) {
            self.record(Operation::Rotate, &shape, 1);
            self.record(Operation::Add, &shape, 1);
            shape = shape.scaled(&double)?;
            let event = event.then(2).then(k as u64);
            let variance = noise.key_switch(level);
            let step = error(event, Cause::KeySwitch, level, variance, &shape);
            slots = slots.disturbed(&step);
        }
        checked(scheme, shape, event, slots)
    }
}

/// Coefficients w/Δ become q0·I/Δ with I = round(U − w/q0), U a sum of `weight` uniforms on ±½.
///
/// The second component modulo q0 is uniform, so U is what it adds to (c0 + c1·s')/q0 for a secret s' of that weight; and
/// c0/q0 is w/q0 − U up to an integer, in ±½.
fn add_multiples(values: &mut [Complex64], q0: f64, scale: &Scale, weight: u32, event: Event) {
    let key = event.bytes();
    // A scale is 1 at least, so this is finite.
    let multiple = q0 / scale.to_f64();
    let chunks = values.par_chunks_mut(CHUNK).enumerate();
    chunks.for_each(|(number, chunk)| {
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(number as u64);
        let mut draw = |w: f64| {
            let sum: f64 = (0..weight).map(|_| uniform(&mut rng)).sum();
            (sum - w / multiple).round_ties_even() * multiple
        };
        for value in chunk {
            let re = draw(value.re);
            *value = Complex64::new(re, draw(value.im));
        }
    });
}

/// Uniform on ±½, of 53 bits.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * 0.5f64.powi(53) - 0.5
}
