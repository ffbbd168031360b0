//! AVX-512 IFMA: products of 52-bit words, eight at a time, for q < 2^50.
//!
//! All values in flight are below 4q < 2^52, so that they can be operands of a product.

mod convert;
mod forward;
mod inner_product;
mod inverse;
mod lanes;
mod levels;
mod permute;
mod pointwise;
mod sum_products;
mod tensor;
mod twiddles;
mod wide;

pub(in crate::ring) use permute::IfmaPermutation;
pub(in crate::ring) use pointwise::IfmaPointwise;

use super::{Backend, Kind, NttConstants};
use crate::ring::Modulus;
use twiddles::Twiddles;

/// Moduli are below 2^50: then 4q < 2^52.
const MODULUS_BITS: u32 = 50;
/// Smallest degree: the last six levels work on eight vectors, and one level before them scales by N⁻¹.
const MIN_DEGREE: usize = 2 * TAIL;
/// Bits of an operand.
const WORD_BITS: u32 = 52;
/// Elements of which the last levels are done in registers.
const TAIL: usize = 64;

/// Residues in a vector.
const LANES: usize = 8;

/// Eight residues.
type Vector = [u64; LANES];

fn supports(backend: Backend, modulus: &Modulus) -> bool {
    backend == Backend(Kind::Avx512) && modulus.bits() <= MODULUS_BITS
}

/// Tables of one modulus and degree. Invariant: exists only where the processor has AVX-512 F and IFMA.
#[derive(Clone, Debug)]
pub(in crate::ring) struct IfmaNtt {
    modulus: u64,
    degree: usize,
    passes: Vec<u32>,
    forward: Twiddles,
    inverse: Twiddles,
}

impl IfmaNtt {
    /// None where these kernels do not reach.
    pub(in crate::ring) fn new(backend: Backend, constants: &NttConstants) -> Option<Self> {
        if !supports(backend, &constants.modulus) || constants.degree < MIN_DEGREE {
            return None;
        }
        Some(Self {
            modulus: constants.modulus.value(),
            degree: constants.degree,
            passes: passes((constants.degree / TAIL).ilog2()),
            forward: Twiddles::new(constants, constants.root),
            inverse: Twiddles::new(constants, constants.root_inverse),
        })
    }

    /// Pre: a < q and of the table's length. Post: < q.
    pub(in crate::ring) fn forward(&self, a: &mut [u64]) {
        assert_eq!(a.len(), self.degree, "length was checked by the caller");
        debug_assert!(a.iter().all(|x| *x < self.modulus));
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { forward::transform(self, a.as_chunks_mut().0) }
    }

    /// Pre: â < q and of the table's length. Post: < q.
    pub(in crate::ring) fn inverse(&self, a: &mut [u64]) {
        assert_eq!(a.len(), self.degree, "length was checked by the caller");
        debug_assert!(a.iter().all(|x| *x < self.modulus));
        // SAFETY: `self` exists, so the processor has both features.
        unsafe { inverse::transform(self, a.as_chunks_mut().0) }
    }
}

/// How many levels each pass over the data does, outermost first. Three, so that the eight parts of a large power of two of
/// words fit in one set of the first-level cache; the last pass may do four of small parts, to leave none of one level.
fn passes(levels: u32) -> Vec<u32> {
    let mut passes = vec![3; levels as usize / 3];
    match (levels % 3, passes.last_mut()) {
        (0, _) => {}
        (1, Some(last)) => *last = 4,
        (rest, _) => passes.insert(0, rest),
    }
    passes
}
