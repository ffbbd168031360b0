//! AVX2 with FMA: residues as doubles, four at a time, for q < 2^50.
//!
//! Values in flight are integers of either sign below 2^53 in size, so that a double holds them exactly.

mod lanes;
mod ntt;
mod pointwise;

pub(in crate::ring) use ntt::Avx2Ntt;
pub(in crate::ring) use pointwise::Avx2Pointwise;

use super::{Backend, Kind, NttConstants};
use crate::ring::Modulus;

/// Moduli are below 2^50: then 8q < 2^53.
const MODULUS_BITS: u32 = 50;

/// Four residues, or the bits of four doubles.
type Vector = [u64; 4];

fn supports(backend: Backend, modulus: &Modulus) -> bool {
    backend == Backend(Kind::Avx2) && modulus.bits() <= MODULUS_BITS
}
