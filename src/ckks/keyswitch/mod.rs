//! Hybrid key switching (Han, Ki 2020, ePrint 2019/688).
//!
//! The primes q0, …, ql are cut into d = ⌈(l+1)/α⌉ digits of α, with products D_j. A polynomial c modulo Q is its
//! residues c_j = \[c\]_(D_j), and c·s ≡ Σ_j c_j·g_j·s with g_j ≡ 1 modulo the primes of digit j and 0 modulo the
//! others. A key holds encryptions of P·g_j·s; [`Digits`] extends every c_j to all primes and those of P, the inner
//! product with the key encrypts P·c·s, and [`down`] divides by P with one rounding. A division by P·q_l rescales too.
//!
//! A polynomial below one prime needs no digits, however large the modulus of the key: [`raise()`].
//!
//! With one ciphertext rotated many times, the digits are made once (hoisting, Halevi, Shoup 2018/244).

mod digits;
mod down;
mod raise;
mod tables;

pub(super) use digits::{Digits, Pair};
pub(super) use down::{Finish, mod_down, mod_down_one, mod_down_rescale};
pub(super) use raise::raise;
pub(super) use tables::SwitchTables;
