//! More precision from two bootstraps.
//!
//! What a bootstrap errs by is itself a message that can be bootstrapped: with m the message and m' what came back,
//! m − m' is below 2^−k, so 2^k·(m − m') comes back with an error like that of m', and adding 2^−k of it to m' leaves
//! 2^−k of that error (META-BTS: Bae, Cheon, Cho, Kim, Kim, ePrint 2022/1167). What the ciphertext erred by before, and the
//! roundings at the scale of the application, stay.

use super::Bootstrapper;
use crate::{
    circuit::{CircuitError, ModRaise, lowered},
    quantity::{Level, Scale},
};

/// Most bits that one repetition may gain.
const MOST_BITS: u32 = 40;

impl<E: ModRaise> Bootstrapper<E> {
    /// As [`Bootstrapper::bootstrap`], with errors smaller by `bits` as long as nothing else errs more, at one level below
    /// [`Plan::output_level`](super::Plan::output_level).
    ///
    /// `bits` must be so many that no slot errs by more than 2^−bits in one bootstrap: the least precision of a plan, not
    /// its mean. More give a message out of range, which shadows refuse.
    ///
    /// # Errors
    /// As [`Bootstrapper::bootstrap`], and when `bits` exceed 40 or no level is left after a bootstrap.
    pub fn bootstrap_iterated(
        &self,
        evaluator: &E,
        inputs: &[E::Ciphertext],
        bits: u32,
    ) -> Result<Vec<E::Ciphertext>, E::Error> {
        if bits > MOST_BITS {
            return Err(CircuitError::IteratedBits {
                found: bits,
                max: MOST_BITS,
            }
            .into());
        }
        let plan = self.plan();
        let (input, output) = (plan.input_level(), plan.output_level());
        let below = u64::from(output.get()).checked_sub(1);
        let below = below.filter(|l| *l >= u64::from(input.get()));
        let below = Level::new(below.ok_or(CircuitError::LevelsExhausted)?);
        let below = below.map_err(CircuitError::from)?;
        let (factor, one) = (f64::from(bits).exp2(), Scale::power_of_two(0));
        let one = one.map_err(CircuitError::from)?;

        let once = self.bootstrap(evaluator, inputs)?;
        let mut errors = Vec::with_capacity(once.len());
        for (a, b) in inputs.iter().zip(&once) {
            let error = evaluator.sub(a, &lowered(evaluator, b, input)?)?;
            // An integer factor: exact, and no level.
            errors.push(evaluator.mul_scalar(&error, factor, &one)?);
        }
        let corrections = self.bootstrap(evaluator, &errors)?;
        let mut results = Vec::with_capacity(once.len());
        for (b, correction) in once.iter().zip(&corrections) {
            let scheme = evaluator.scheme();
            let wanted = scheme.scale(below).times_modulus(scheme.modulus(output));
            let scale = wanted.and_then(|w| w.over(&evaluator.shape(correction).scale));
            let scale = scale.map_err(CircuitError::from)?;
            let share = evaluator.mul_scalar(correction, 1.0 / factor, &scale)?;
            let share = evaluator.rescale(&share)?;
            results.push(evaluator.add(&lowered(evaluator, b, below)?, &share)?);
        }
        Ok(results)
    }
}
