//! What circuits are refused for, on every interpreter alike.

use crate::quantity::{Level, QuantityError};
use equiripple_approx::ApproxError;
use thiserror::Error;

/// Why an operation is refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CircuitError {
    /// Operands at different levels.
    #[error("operands are at levels {left} and {right}; drop the higher one first")]
    LevelMismatch {
        /// Of the first operand.
        left: Level,
        /// Of the second.
        right: Level,
    },
    /// Operands at different scales.
    #[error("operands have scales {left} and {right}; multiply one by 1 at the quotient of both")]
    ScaleMismatch {
        /// Of the first operand.
        left: String,
        /// Of the second.
        right: String,
    },
    /// An input of a polynomial at another scale than its level's.
    #[error(
        "the scale {found} at level {level} is not the canonical {canonical}; encode at that, or multiply by 1 at a scale that leads there and rescale"
    )]
    NotCanonical {
        /// Scale of the input.
        found: String,
        /// Its level.
        level: Level,
        /// What the level asks for.
        canonical: String,
    },
    /// A bootstrap of another number of ciphertexts.
    #[error(
        "{found} ciphertexts are bootstrapped at once, and the plan is for {need}; give {need}, or plan for another kind of slots"
    )]
    Inputs {
        /// As given.
        found: usize,
        /// Of the plan.
        need: usize,
    },
    /// More bits than a repeated bootstrap can gain.
    #[error("{found} bits cannot be gained by repeating a bootstrap; ask for {max} at most")]
    IteratedBits {
        /// As given.
        found: u32,
        /// The most there are.
        max: u32,
    },
    /// A ciphertext that is not where a bootstrap begins.
    #[error(
        "a bootstrap begins at level {need}, and the ciphertext is at level {found}; bring it down to level {need} and its canonical scale, or stop one circuit before"
    )]
    InputLevel {
        /// Of the ciphertext.
        found: Level,
        /// Where the bootstrap begins.
        need: Level,
    },
    /// Operands of different numbers of slots.
    #[error("operands have {left} and {right} slots; encode both with the same number")]
    SlotMismatch {
        /// Of the first operand.
        left: usize,
        /// Of the second.
        right: usize,
    },
    /// A product that was not relinearised.
    #[error("a ciphertext of {components} components must be relinearised first")]
    NotRelinearized {
        /// How many it has.
        components: usize,
    },
    /// No level is left.
    #[error("no level is left; start at a higher level, or bootstrap before")]
    LevelsExhausted,
    /// Levels cannot be gained.
    #[error("a ciphertext at level {found} cannot be brought to level {wanted}; bootstrap it")]
    LevelTooHigh {
        /// Where it is.
        found: Level,
        /// Where it should be.
        wanted: Level,
    },
    /// The message does not fit the modulus.
    #[error(
        "a message scaled by 2^{log2_scale:.1} does not fit a modulus of {log2_modulus:.1} bits at level {level}; rescale first, or work at a higher level"
    )]
    ModulusExceeded {
        /// log2 of the scale.
        log2_scale: f64,
        /// log2 of the modulus.
        log2_modulus: f64,
        /// Level with this modulus.
        level: Level,
    },
    /// A constant that is no number.
    #[error(
        "the constant {found} cannot be encoded; give a finite number below 2^120 after scaling"
    )]
    Constant {
        /// As given.
        found: String,
    },
    /// A transform of no diagonals, or of diagonals of the wrong length.
    #[error("a linear transform of {slots} slots has {found}; {remedy}")]
    Transform {
        /// Number of slots.
        slots: usize,
        /// What it has.
        found: String,
        /// What it should have.
        remedy: &'static str,
    },
    /// A transform that was encoded for another level.
    #[error(
        "a transform prepared for level {prepared} meets a ciphertext at level {found}; drop the ciphertext or prepare it anew"
    )]
    TransformLevel {
        /// Level it was prepared for.
        prepared: Level,
        /// Level of the ciphertext.
        found: Level,
    },
    /// A coefficient table of another function.
    #[error("the table is of {function}; what is needed is {needed}")]
    Table {
        /// Its function.
        function: String,
        /// What was to be made of it.
        needed: &'static str,
    },
    /// A quantity leaves its range.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// A polynomial circuit is refused.
    #[error(transparent)]
    Approximation(#[from] ApproxError),
    /// A coefficient of the message does not fit the modulus.
    #[error(
        "coefficient {coefficient} of the message has magnitude {magnitude:e}, and level {level} holds {bound:e} at this scale; scale the message down, rescale first, or work at a higher level"
    )]
    Overflow {
        /// Its index, among two for each slot.
        coefficient: usize,
        /// Magnitude, infinite or not a number where even f64 overflowed.
        magnitude: f64,
        /// The largest magnitude that fits: Q/(2Δ).
        bound: f64,
        /// Level with this modulus.
        level: Level,
    },
    /// Raising from another level than 0, or to it.
    #[error(
        "the modulus is raised from level 0 to a level above, and not from level {from} to level {to}; drop the ciphertext to level 0 first, and raise it to level 1 at least"
    )]
    Raise {
        /// Level of the ciphertext.
        from: Level,
        /// Where it should be.
        to: Level,
    },
    /// A bound on coefficients that is none.
    #[error(
        "a bound of {found:e} on the coefficients of a message is none; give a positive number"
    )]
    RaiseBound {
        /// As given.
        found: f64,
    },
    /// A message whose coefficients exceed what follows the raised modulus.
    #[error(
        "coefficient {coefficient} of the message has magnitude {magnitude:e}, and the modular reduction after raising the modulus takes up to {bound:e}; scale the message down, or approximate the reduction on wider intervals"
    )]
    CoefficientBound {
        /// Which of the 2n coefficients: that of Y^i, Y = X^(N/2n).
        coefficient: usize,
        /// Its magnitude over the scale.
        magnitude: f64,
        /// The largest magnitude.
        bound: f64,
    },
    /// Parameters without the secret of bootstrapping.
    #[error(
        "these parameters have no ephemeral secret, which raising the modulus takes; make parameters with `encapsulation`"
    )]
    NoEncapsulation,
    /// A number of slots that the ring does not have.
    #[error(
        "{found} slots; the number of slots must be a power of two up to {max}: pad with zeros"
    )]
    SlotCount {
        /// As given.
        found: usize,
        /// The most there can be.
        max: usize,
    },
    /// A probability of failure that is none.
    #[error(
        "a probability of failure of 2^{log2} is out of range; choose an exponent in [-1000, -1]"
    )]
    FailureProbability {
        /// Its exponent.
        log2: f64,
    },
}
