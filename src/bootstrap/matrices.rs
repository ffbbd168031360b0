//! The matrices of a bootstrap, before they have levels and scales.

use super::{BootstrapLiteral, Order, SlotKind, dft};
use crate::circuit::{CircuitError, LinearTransform};
use num_complex::Complex64;

const HALF: Complex64 = Complex64::new(0.5, 0.0);

/// Factors in the order of their application.
pub(super) struct Matrices {
    pub(super) slots_to_coeffs: Vec<LinearTransform>,
    pub(super) coeffs_to_slots: Vec<LinearTransform>,
    /// One that joins the halves after the modular reduction, where there are halves and no other transform does it.
    pub(super) join: Vec<LinearTransform>,
}

impl Matrices {
    /// Of `slots` slots in a ring that has up to `max_slots`.
    pub(super) fn new(
        literal: &BootstrapLiteral,
        slots: usize,
        max_slots: usize,
        kind: SlotKind,
    ) -> Result<Self, CircuitError> {
        // Few slots have fewer stages than there are levels for factors.
        let factors = |levels: u32| levels.min(slots.trailing_zeros()) as usize;
        let first = literal.order == Order::SlotsToCoeffsFirst;
        let halves = (kind != SlotKind::Real || !first) && slots < max_slots;
        let coeffs_to_slots = parted(slots, factors(literal.coeffs_to_slots), halves)?;
        let mut slots_to_coeffs = dft::slots_to_coeffs(slots, factors(literal.slots_to_coeffs))?;
        let mut join = vec![];
        if halves {
            let joined = joined_halves(slots)?;
            if first {
                join.push(joined);
            } else if let Some(factor) = slots_to_coeffs.first_mut() {
                *factor = joined.then(&factor.repeated(2 * slots)?)?;
            }
        }
        let last = if first {
            &mut join
        } else {
            &mut slots_to_coeffs
        };
        // A sum with the conjugate takes real messages out of complex slots in the end.
        if kind != SlotKind::Complex
            && let Some(last) = last.last_mut()
        {
            *last = last.scaled_rows(&[HALF])?;
        }
        Ok(Self {
            slots_to_coeffs,
            coeffs_to_slots,
            join,
        })
    }
}

/// Coefficients to slots such that a sum with the conjugate gives real parts or, in the second of two halves, imaginary
/// ones.
fn parted(
    slots: usize,
    factors: usize,
    halves: bool,
) -> Result<Vec<LinearTransform>, CircuitError> {
    let mut matrices = dft::coeffs_to_slots(slots, factors)?;
    if let Some(last) = matrices.last_mut() {
        *last = if halves {
            let of_imaginary = Complex64::new(0.0, -0.5);
            let rows = [vec![HALF; slots], vec![of_imaginary; slots]].concat();
            last.repeated(2 * slots)?.scaled_rows(&rows)?
        } else {
            last.scaled_rows(&[HALF])?
        };
    }
    Ok(matrices)
}

/// (re, im) in the halves of 2n slots → re + i·im in both.
fn joined_halves(slots: usize) -> Result<LinearTransform, CircuitError> {
    let (one, i) = (Complex64::from(1.0), Complex64::i());
    let halves = |a, b| [vec![a; slots], vec![b; slots]].concat();
    let diagonals = [(0, halves(one, i)), (slots as i64, halves(i, one))];
    LinearTransform::new(2 * slots, diagonals)
}
