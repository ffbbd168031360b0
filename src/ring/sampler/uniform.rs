//! Uniform residues.

use super::{Mask, Stream};
use crate::ring::Modulus;

/// Fills a slice with uniform residues in [0, q), by rejection from as many bits as q has.
///
/// More than half of the words are accepted; all but few if q is just below a power of two.
pub fn fill_uniform(stream: &mut Stream<Mask>, modulus: &Modulus, residues: &mut [u64]) {
    residues.fill_with(|| stream.below(modulus.value()));
}
