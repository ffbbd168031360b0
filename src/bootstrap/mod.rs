//! Bootstrapping: a ciphertext at the lowest level is read under a larger modulus, where a multiple q0·I of the lowest
//! prime joins every coefficient, and that multiple is removed under encryption.
//!
//! * [`eval_mod`]: the polynomial circuit that removes q0·I, with a certified error.
//! * [`overflow`]: how probable an I is that the circuit does not expect.

mod error;
pub mod eval_mod;
pub mod overflow;

pub use error::BootstrapError;
pub use eval_mod::{EvalMod, EvalModBound, EvalModLiteral};
pub use overflow::{Overflow, OverflowLiteral};
