//! Keys to the ephemeral secret of bootstrapping and back.
//!
//! Payload: the 32 bytes of the seed of a of the key to the ephemeral secret, those of the key back; then b of the first,
//! over q0 and p1, and b of the second, over all q and p1.

use super::{
    Header, Kind, SerialError, Sink, Source,
    evaluation::{empty, read_words, write_words},
    format::Format,
    header::{DIGEST, HEADER},
    residues,
};
use crate::{
    ckks::{
        CkksError, Context,
        keys::{EncapsulationKeys, KeyId, SinglePair},
        params::ParametersId,
    },
    ring::sampler::{SEED_BYTES, Seed},
};

impl Format for EncapsulationKeys {
    const KIND: Kind = Kind::EncapsulationKeys;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.parameters(), self.id())
    }

    fn head(&self) -> Vec<u8> {
        let seeds = [&self.to_sparse.seed, &self.from_sparse.seed];
        seeds.map(Seed::to_bytes).concat()
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        let [to_sparse, from_sparse] = Self::bases(context)?;
        Ok(residues::poly_len(&to_sparse) + residues::poly_len(&from_sparse))
    }

    fn write_body(&self, context: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        write_words(&self.to_sparse, context, sink)?;
        residues::write(&self.from_sparse.b, sink)
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let seeds = [source.array()?, source.array()?];
        let [to_seed, from_seed] = seeds.map(Seed::from_bytes);
        let [to_basis, from_basis] = Self::bases(context)?;
        source.expect(residues::poly_len(&to_basis) + residues::poly_len(&from_basis))?;
        let request = Self::to_sparse_request();
        let mut to_sparse = empty(header, request, to_seed, &to_basis);
        read_words(&mut to_sparse, &to_basis, source)?;
        let from_sparse = SinglePair::new(from_seed, residues::read(&from_basis, source)?);
        Ok(Self::new(context, header.key, to_sparse, from_sparse)?)
    }
}

/// Bytes of the file of the keys to the ephemeral secret and back.
///
/// # Errors
/// When the parameters have none.
pub fn encapsulation_file_bytes(context: &Context) -> Result<u64, CkksError> {
    let [to_sparse, from_sparse] = EncapsulationKeys::bases(context)?;
    let polynomials = residues::poly_len(&to_sparse) + residues::poly_len(&from_sparse);
    Ok((HEADER + 2 * SEED_BYTES + DIGEST) as u64 + polynomials)
}
