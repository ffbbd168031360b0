//! Bootstrapping laid out on a modulus chain: every transform, polynomial, level and scale, before any ciphertext.
//!
//! For n slots z in the order [`Order::SlotsToCoeffsFirst`]:
//! 1. slots to coefficients, to level 0 at the scale Δ = q0/R: coefficients Δ·z, real and imaginary parts apart;
//! 2. the modulus is raised: t = Δ·z + q0·I modulo q0⋯qL ([`ModRaise`](crate::circuit::ModRaise));
//! 3. read at the scale q0·W/2, coefficients to slots gives 2t/(q0·W) as complex slots; with their conjugates the real and
//!    imaginary parts apart, in two ciphertexts of N/2 slots, or in the halves of one of 2n slots where n is smaller;
//! 4. [`EvalMod`] makes z of each, at the canonical scale of the level: its amplitude takes up what is between the scales;
//! 5. real and imaginary parts are joined; in halves of one ciphertext that takes a transform and a level.
//!
//! In the order [`Order::CoeffsToSlotsFirst`], 2 to 4 act on the coefficients Δ·m of the message polynomial, and slots to
//! coefficients comes last; its first factor joins the halves.
//!
//! Scales between factors of a transform run in equal steps from what is there to what is needed.

use super::{
    BootstrapError, BootstrapLiteral, EvalMod, EvalModCircuit, Order, SlotKind, eval_mod::HEADROOM,
    matrices::Matrices,
};
use crate::{
    circuit::{CircuitError, LinearTransform, Scheme},
    quantity::{Level, Scale},
};

/// A linear transform at its place.
#[derive(Debug, Clone)]
pub struct Factor {
    /// What is transformed.
    pub transform: LinearTransform,
    /// Level of the ciphertext.
    pub level: Level,
    /// Scale of the diagonals, such that the rescaled result has the scale that comes next.
    pub scale: Scale,
}

/// A whole bootstrap.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) literal: BootstrapLiteral,
    pub(super) kind: SlotKind,
    pub(super) slots: usize,
    pub(super) input_level: Level,
    pub(super) raised_level: Level,
    pub(super) output_level: Level,
    pub(super) slots_to_coeffs: Vec<Factor>,
    pub(super) coeffs_to_slots: Vec<Factor>,
    /// Joins the halves, after the modular reduction.
    pub(super) join: Vec<Factor>,
    pub(super) eval_mod: EvalMod,
    pub(super) reduction: EvalModCircuit,
    pub(super) reduction_level: Level,
    /// Scale of what is reduced.
    pub(super) reduced_scale: Scale,
    /// Largest coefficient over the scale that the modulus is raised at.
    pub(super) bound: f64,
    /// From the scale of the raised ciphertext to that at which it is read.
    pub(super) reading: Scale,
}

/// Levels from the lowest to the highest of a part.
pub(super) struct Levels<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) literal: &'a BootstrapLiteral,
}

impl Levels<'_> {
    pub(super) fn at(&self, level: u32) -> Result<Level, BootstrapError> {
        Ok(Level::new(level.into()).map_err(CircuitError::from)?)
    }

    /// The level of the modular reduction's result, such that one is left for circuits.
    pub(super) fn reduced(&self, depth: u32) -> Result<Level, BootstrapError> {
        let top = u32::from(self.scheme.max_level().get());
        let (c2s, s2c) = (self.literal.coeffs_to_slots, self.literal.slots_to_coeffs);
        let taken = c2s.saturating_add(depth);
        let need = taken.saturating_add(s2c).saturating_add(1);
        if c2s == 0 || s2c == 0 || need > top {
            return Err(BootstrapError::Levels { found: top, need });
        }
        self.at(top - taken)
    }

    /// Where transforms begin that end at a level.
    fn above(&self, end: Level, transforms: &[LinearTransform]) -> Result<Level, BootstrapError> {
        self.at(u32::from(end.get()) + transforms.len() as u32)
    }

    /// Where transforms end that begin at a level.
    fn below(&self, begin: Level, transforms: &[LinearTransform]) -> Result<Level, BootstrapError> {
        self.at(u32::from(begin.get()).saturating_sub(transforms.len() as u32))
    }
}

impl Plan {
    /// Lays out the bootstrap of n = `slots` slots of that kind on the chain of a scheme. The modular reduction is made by
    /// the approximation engine, within a second.
    ///
    /// # Errors
    /// When the chain has too few levels or they are of several sizes where one is needed, the number of slots is no power
    /// of two from 4 to N/2, or the modular reduction is out of range.
    pub fn new(
        scheme: &Scheme,
        literal: &BootstrapLiteral,
        slots: usize,
        kind: SlotKind,
    ) -> Result<Self, BootstrapError> {
        let eval_mod = EvalMod::new(&literal.eval_mod)?;
        Self::with_eval_mod(scheme, literal, slots, kind, eval_mod)
    }

    /// As [`Plan::new`], with a modular reduction that was made before.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn with_eval_mod(
        scheme: &Scheme,
        literal: &BootstrapLiteral,
        slots: usize,
        kind: SlotKind,
        eval_mod: EvalMod,
    ) -> Result<Self, BootstrapError> {
        let max = scheme.log_n().max_slots();
        if !slots.is_power_of_two() || slots < 4 || slots > max {
            return Err(CircuitError::SlotCount { found: slots, max }.into());
        }
        let levels = Levels { scheme, literal };
        let top = u32::from(scheme.max_level().get());
        let reduction_level = levels.at(top.saturating_sub(literal.coeffs_to_slots))?;
        let reduced_level = levels.reduced(eval_mod.depth())?;
        one_size(scheme, reduced_level, reduction_level)?;
        let matrices = Matrices::new(literal, slots, max, kind)?;
        let raised_level = levels.above(reduction_level, &matrices.coeffs_to_slots)?;

        let q0 = scheme.modulus(Level::default()) as f64;
        let message = q0 / literal.eval_mod.log_message_ratio.exp2();
        let first = literal.order == Order::SlotsToCoeffsFirst;
        // What the modulus is raised at, before the trace.
        let raising = if first {
            Scale::from_f64(message)?
        } else {
            scheme.scale(Level::default()).clone()
        };
        let reading = q0 * (eval_mod.half_width() / 2.0) / raising.to_f64();
        let reading = Scale::from_f64(reading)?;
        let gap = Scale::from_f64((max / slots) as f64)?;
        let read = raising.times(&gap)?.times(&reading)?;
        // The largest coefficient of a message, read at the scale that the modulus is raised at.
        let share = message / raising.to_f64();
        let reduced_scale = scheme.scale(reduced_level).clone();
        // The result of the reduction is amplitude·y, and `unit`·y is the message.
        let unit = eval_mod.gain() * share;
        let reduction = eval_mod.circuit(amplitude(scheme, reduced_level, unit)?)?;

        let (input_level, output_level, from, start, end) = if first {
            let input = levels.above(Level::default(), &matrices.slots_to_coeffs)?;
            let output = levels.below(reduced_level, &matrices.join)?;
            (input, output, input, scheme.scale(input), &raising)
        } else {
            let output = levels.below(reduced_level, &matrices.slots_to_coeffs)?;
            let end = scheme.scale(output);
            (Level::default(), output, reduced_level, &reduced_scale, end)
        };
        if output_level <= input_level {
            // The join of halves takes one more.
            let found = raised_level.get().into();
            let need = found + 1;
            return Err(BootstrapError::Levels { found, need });
        }
        let (last, highest) = (scheme.scale(output_level), scheme.scale(reduction_level));
        let path = |matrices, from, start, end| path(scheme, matrices, from, start, end);
        Ok(Self {
            literal: literal.clone(),
            kind,
            slots,
            input_level,
            raised_level,
            output_level,
            slots_to_coeffs: path(matrices.slots_to_coeffs, from, start, end)?,
            coeffs_to_slots: path(matrices.coeffs_to_slots, raised_level, &read, highest)?,
            join: path(matrices.join, reduced_level, &reduced_scale, last)?,
            bound: share * (1.0 + HEADROOM),
            eval_mod,
            reduction,
            reduction_level,
            reduced_scale,
            reading,
        })
    }

    /// Number of slots, n.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// What they hold.
    #[must_use]
    pub const fn kind(&self) -> SlotKind {
        self.kind
    }

    /// Level of the ciphertexts that are bootstrapped, at its canonical scale.
    #[must_use]
    pub const fn input_level(&self) -> Level {
        self.input_level
    }

    /// Level of the result, at its canonical scale.
    #[must_use]
    pub const fn output_level(&self) -> Level {
        self.output_level
    }

    /// Levels that circuits have between two bootstraps.
    #[must_use]
    pub fn levels_left(&self) -> u32 {
        u32::from(self.output_level.get()) - u32::from(self.input_level.get())
    }

    /// The modular reduction.
    #[must_use]
    pub const fn eval_mod(&self) -> &EvalMod {
        &self.eval_mod
    }

    /// Level of what is reduced: that of its relinearisations and of the conjugation before.
    #[must_use]
    pub const fn reduction_level(&self) -> Level {
        self.reduction_level
    }

    /// Whether slots to coefficients comes before the modulus is raised, and the slots of messages are reduced.
    #[must_use]
    pub fn slots_to_coeffs_first(&self) -> bool {
        self.literal.order == Order::SlotsToCoeffsFirst
    }

    /// Whether real and imaginary parts are reduced in the halves of one ciphertext.
    pub(super) fn in_halves(&self) -> bool {
        let last = self.coeffs_to_slots.last();
        last.is_some_and(|last| last.transform.slots() != self.slots)
    }
}

/// Amplitude of the modular reduction such that `unit` comes out as 1 at the canonical scale of a level: it takes up what
/// is between that scale and the one of a product that is rescaled to this level.
fn amplitude(scheme: &Scheme, reduced: Level, unit: f64) -> Result<f64, BootstrapError> {
    let above = Level::new(u64::from(reduced.get()) + 1).map_err(CircuitError::from)?;
    let square = scheme.scale(above).times(scheme.scale(above))?;
    let found = square.rescaled(scheme.modulus(above))?;
    Ok(scheme.scale(reduced).to_f64() / found.to_f64() * unit)
}

/// Refuses levels of several sizes: there a rescaled square has not the scale of the level below.
pub(super) fn one_size(
    scheme: &Scheme,
    below: Level,
    highest: Level,
) -> Result<(), BootstrapError> {
    for level in below.get() + 2..=highest.get() {
        let at = |level: u8| Level::new(level.into()).map_err(CircuitError::from);
        let above = scheme.scale(at(level)?);
        let rescaled = above.times(above)?.rescaled(scheme.modulus(at(level)?))?;
        if !rescaled.matches(scheme.scale(at(level - 1)?)) {
            return Err(BootstrapError::Sizes {
                level: at(level)?,
                lowest: at(below.get() + 1)?,
                highest,
            });
        }
    }
    Ok(())
}

/// Transforms one after another from a level down, and from one scale to another.
fn path(
    scheme: &Scheme,
    transforms: Vec<LinearTransform>,
    from: Level,
    start: &Scale,
    end: &Scale,
) -> Result<Vec<Factor>, BootstrapError> {
    let count = transforms.len();
    let step = (end.log2() - start.log2()) / count as f64;
    let mut scale = start.clone();
    let mut factors = Vec::with_capacity(count);
    for (i, transform) in transforms.into_iter().enumerate() {
        let level = Level::new(u64::from(from.get()) - i as u64).map_err(CircuitError::from)?;
        let next = if i + 1 == count {
            end.clone()
        } else {
            Scale::from_f64((start.log2() + step * (i + 1) as f64).exp2())?
        };
        factors.push(Factor {
            transform,
            level,
            scale: next.times_modulus(scheme.modulus(level))?.over(&scale)?,
        });
        scale = next;
    }
    Ok(factors)
}
