//! Residues in as many bits as their prime.

use super::{SerialError, Sink, Source};
use crate::ring::{Modulus, RnsBasis, RnsPoly, poly::Evaluation};

/// Bytes of a limb. N is a multiple of 8.
pub(super) fn limb_len(degree: usize, q: &Modulus) -> usize {
    degree / 8 * q.bits() as usize
}

/// Bytes of a polynomial.
pub(super) fn poly_len(basis: &RnsBasis) -> u64 {
    let limbs = basis.moduli().map(|q| limb_len(basis.degree(), q) as u64);
    limbs.sum()
}

/// Appends residues. Pre: they are less than 2^`bits`, and take whole bytes together.
pub(super) fn pack<'a>(residues: impl Iterator<Item = &'a u64>, bits: u32, bytes: &mut Vec<u8>) {
    let (mut word, mut held) = (0u128, 0);
    for residue in residues {
        word |= u128::from(*residue) << held;
        held += bits;
        if held >= u64::BITS {
            bytes.extend_from_slice(&(word as u64).to_le_bytes());
            word >>= u64::BITS;
            held -= u64::BITS;
        }
    }
    bytes.extend_from_slice(&word.to_le_bytes()[..held as usize / 8]);
}

/// The residues again, each of which must be less than q. Pre: as many bytes as they take.
pub(super) fn unpack(bytes: &[u8], q: &Modulus, residues: &mut [u64]) -> Result<(), SerialError> {
    let (bits, mask) = (q.bits(), (1 << q.bits()) - 1);
    let (mut word, mut held) = (0u128, 0);
    let mut chunks = bytes.chunks(8);
    for residue in residues {
        if held < bits {
            let mut next = [0; 8];
            let chunk = chunks.next().unwrap_or(&[]);
            next[..chunk.len()].copy_from_slice(chunk);
            word |= u128::from(u64::from_le_bytes(next)) << held;
            held += u64::BITS;
        }
        let found = word as u64 & mask;
        word >>= bits;
        held -= bits;
        if found >= q.value() {
            return Err(SerialError::Residue {
                found,
                modulus: q.value(),
            });
        }
        *residue = found;
    }
    Ok(())
}

/// Writes a polynomial, limb by limb.
pub(super) fn write(poly: &RnsPoly<Evaluation>, sink: &mut Sink<'_>) -> Result<(), SerialError> {
    let mut bytes = vec![];
    for (limb, q) in poly.limbs().zip(poly.basis().moduli()) {
        bytes.clear();
        pack(limb.iter(), q.bits(), &mut bytes);
        sink.put(&bytes)?;
    }
    Ok(())
}

/// Reads a polynomial, limb by limb.
pub(super) fn read(
    basis: &RnsBasis,
    source: &mut Source<'_>,
) -> Result<RnsPoly<Evaluation>, SerialError> {
    let mut poly = RnsPoly::zero(basis);
    let mut bytes = vec![];
    for (limb, q) in poly.limbs_mut().zip(basis.moduli()) {
        bytes.resize(limb_len(basis.degree(), q), 0);
        source.fill(&mut bytes)?;
        unpack(&bytes, q, limb)?;
    }
    Ok(poly)
}
