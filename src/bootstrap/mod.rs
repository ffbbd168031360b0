//! Bootstrapping: a ciphertext at the lowest level is read under a larger modulus, where a multiple q0·I of the lowest
//! prime joins every coefficient, and that multiple is removed under encryption.
//!
//! A [`Plan`] lays it out on a chain, and a [`Bootstrapper`] runs it on any interpreter that can raise a modulus
//! ([`ModRaise`](crate::circuit::ModRaise)); after Cheon, Han, Kim, Kim, Song (ePrint 2018/153).
//!
//! * [`dft`]: the transforms between slots and coefficients, as factors of few diagonals;
//! * [`eval_mod`]: the polynomial circuit that removes q0·I, with a certified error.
//! * [`overflow`]: how probable an I is that the circuit does not expect.

mod bootstrapper;
mod check;
pub mod dft;
mod error;
pub mod eval_mod;
mod iterated;
mod keys;
mod literal;
mod matrices;
pub mod overflow;
mod plan;

pub use bootstrapper::Bootstrapper;
pub use error::BootstrapError;
pub use eval_mod::{EvalMod, EvalModBound, EvalModCircuit, EvalModLiteral};
pub use keys::{PlanKeys, Rotations};
pub use literal::{BootstrapLiteral, Order, SlotKind};
pub use overflow::{Overflow, OverflowLiteral};
pub use plan::{Factor, Plan};
