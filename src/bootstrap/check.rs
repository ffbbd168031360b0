//! What can be told of a literal and a chain without an approximation.

use super::{
    BootstrapError, BootstrapLiteral, Order,
    overflow::check_weight,
    plan::{Levels, one_size},
};
use crate::{
    circuit::{CircuitError, Scheme},
    quantity::Level,
};

/// Smallest log2 of the scale of a diagonal or of a message: below, rounding leaves nothing of them.
const LEAST_LOG2_SCALE: f64 = 16.0;

impl BootstrapLiteral {
    /// Whether a scheme can be bootstrapped so, as far as that is told in no time.
    ///
    /// What passes can be laid out for all N/2 slots, complex or real. Left to [`Plan::new`](super::Plan::new) are fewer
    /// slots, which may take a level more and have fewer factors, and whether the modular reduction is accurate.
    ///
    /// # Errors
    /// When the scheme has no ephemeral secret, a number is out of range, the chain has too few levels to leave one for
    /// circuits, the modular reduction would run across levels of several sizes, or a scale would become too small.
    pub fn check(&self, scheme: &Scheme) -> Result<(), BootstrapError> {
        check_weight(scheme.encapsulation()?)?;
        self.eval_mod.check()?;
        let depth = self.eval_mod.depth();
        let stages = scheme.log_n().max_slots().ilog2();
        whole(
            "the number of factors of coefficients to slots",
            self.coeffs_to_slots,
            (1, stages),
            "a factor takes a level; 3 suit most rings",
        )?;
        whole(
            "the number of factors of slots to coefficients",
            self.slots_to_coeffs,
            (1, stages),
            "a factor takes a level; 2 or 3 suit most rings",
        )?;
        let top = u32::from(scheme.max_level().get());
        let levels = Levels {
            scheme,
            literal: self,
        };
        let reduced = levels.reduced(depth)?;
        let highest = levels.at(top - self.coeffs_to_slots)?;
        one_size(scheme, reduced, highest)?;
        self.check_scales(scheme, reduced, highest)
    }

    /// Refuses scales that leave nothing of messages or diagonals, where all slots are in use.
    fn check_scales(
        &self,
        scheme: &Scheme,
        reduced: Level,
        highest: Level,
    ) -> Result<(), BootstrapError> {
        let level = |l: u32| Level::new(l.into()).map_err(CircuitError::from);
        let log2_q0 = (scheme.modulus(Level::default()) as f64).log2();
        let message = log2_q0 - self.eval_mod.log_message_ratio;
        let scale = |l: Level| scheme.scale(l).log2();
        if message < LEAST_LOG2_SCALE {
            return Err(too_small(
                "the scale of messages, q0 over the message ratio,",
                message,
                "make q0 larger, or the message ratio smaller",
            ));
        }
        let (from, start, end) = match self.order {
            Order::SlotsToCoeffsFirst => {
                let input = level(self.slots_to_coeffs)?;
                (input, scale(input), message)
            }
            Order::CoeffsToSlotsFirst => {
                let output = level(u32::from(reduced.get()) - self.slots_to_coeffs)?;
                (reduced, scale(reduced), scale(output))
            }
        };
        // Coefficients over q0 reach about K'.
        let read = log2_q0 + f64::from(self.eval_mod.integers).log2();
        let top = scheme.max_level();
        let paths = [
            (self.slots_to_coeffs, from, start, end),
            (self.coeffs_to_slots, top, read, scale(highest)),
        ];
        for (count, from, start, end) in paths {
            let step = (end - start) / f64::from(count);
            for i in 0..count {
                let prime = scheme.modulus(level(u32::from(from.get()) - i)?) as f64;
                let diagonals = prime.log2() + step;
                if diagonals < LEAST_LOG2_SCALE {
                    return Err(too_small(
                        "the scale of the diagonals of a transform",
                        diagonals,
                        "make the primes of its levels larger, or take more factors",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn too_small(name: &'static str, found: f64, remedy: &'static str) -> BootstrapError {
    BootstrapError::OutOfRange {
        name,
        found: format!("2^{found:.1}"),
        bound: format!("at least 2^{LEAST_LOG2_SCALE}"),
        remedy,
    }
}

fn whole(
    name: &'static str,
    found: u32,
    (min, max): (u32, u32),
    remedy: &'static str,
) -> Result<(), BootstrapError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(BootstrapError::OutOfRange {
        name,
        found: found.to_string(),
        bound: format!("from {min} to {max}"),
        remedy,
    })
}
