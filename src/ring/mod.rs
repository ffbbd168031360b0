//! Arithmetic modulo word-sized odd numbers, and in `Z_q[X]/(X^N + 1)` by negacyclic number-theoretic transforms.
//!
//! [`modulus`] is one word modulo q, [`prime`] finds the moduli, [`ntt`] multiplies polynomials, [`pointwise`] and
//! [`inner_product`] work on their transforms. [`rns`] and [`poly`] put moduli together, [`convert`] changes them,
//! [`sampler`] draws elements from a seed. `simd` holds the vector kernels; [`Backend`] is the one place where they are chosen.
//!
//! Invariants: every public function takes and returns residues in [0, q); every result is the same, bit for bit, on
//! every backend; nothing depends on timing or on chance, but for seeds that are asked of the operating system.

mod aligned;
pub mod convert;
mod error;
pub mod inner_product;
pub mod modulus;
pub mod ntt;
pub mod pointwise;
pub mod poly;
pub mod prime;
mod reduce;
pub mod rns;
pub mod root;
pub mod sampler;
pub mod shoup;
mod simd;
pub mod sum_products;

pub(crate) use aligned::AlignedWords;
pub use convert::BasisConversion;
pub use error::RingError;
pub use modulus::Modulus;
pub use ntt::NttTable;
pub use pointwise::Pointwise;
pub use poly::RnsPoly;
pub use rns::{RnsBasis, RnsError};
pub use shoup::ShoupFactor;
pub use simd::{BACKEND_VARIABLE, Backend};
