//! The step of bootstrapping that no other operation can do: from a small modulus to a large one.

use super::Evaluator;
use crate::quantity::Level;

/// An evaluator that raises the modulus of exhausted ciphertexts.
pub trait ModRaise: Evaluator {
    /// A ciphertext of level 0 at a higher level, its polynomial m modulo q0 read as m + q0·I with small integers I.
    ///
    /// The scale Δ becomes Δ·N/2n for n slots, and the slots become those of m + q0·I. It is for the caller to reduce them
    /// modulo q0: to move coefficients to slots and evaluate a polynomial that is near x ↦ x − q0·round(x/q0).
    ///
    /// 1. The ciphertext is switched from its secret to an ephemeral one of small weight h, at level 0 (Bossuat,
    ///    Troncoso-Pastoriza, Hubaux, ePrint 2022/024).
    /// 2. Both components, centred modulo q0, are taken modulo all primes of `level`. Their coefficients over q0 are
    ///    uniform on ±½, and so I + m/q0 is distributed as a sum of h + 1 such: |I| < h/2 + 1, and its variance is
    ///    (h + 1)/12 for messages below q0.
    /// 3. The ciphertext is switched back to its secret. What it multiplies is below q0, so it takes one pair of
    ///    polynomials in place of one for every digit, and a single special prime.
    /// 4. With fewer than N/2 slots, I has coefficients that the slots do not read, which would cost precision where
    ///    coefficients become slots. The trace onto the polynomials of X^(N/2n) removes them, and multiplies the others by
    ///    N/2n. It takes keys of [`Scheme::trace_rotations`](super::Scheme::trace_rotations) at `level`.
    ///
    /// `bound` is the largest magnitude of a coefficient of the message, over the scale, that the modular reduction of
    /// the caller takes; with n slots 2n coefficients count. Interpreters that see the message refuse what exceeds it. A
    /// ciphertext does not show its message: encrypted, it is for the caller to make sure that it keeps to the bound, as
    /// the simulator can tell. What exceeds it comes out wrong by what the reduction is wrong there.
    #[allow(clippy::missing_errors_doc, reason = "each interpreter has its own")]
    fn mod_raise(
        &self,
        a: &Self::Ciphertext,
        level: Level,
        bound: f64,
    ) -> Result<Self::Ciphertext, Self::Error>;
}
