//! Public keys.
//!
//! Payload: the 32 bytes of the seed of a, then b over all q.

use super::{Header, Kind, SerialError, Sink, Source, format::Format, residues};
use crate::{
    ckks::{
        Context,
        keys::{KeyId, PublicKey},
        params::ParametersId,
    },
    ring::{RnsBasis, sampler::Seed},
};

impl Format for PublicKey {
    const KIND: Kind = Kind::PublicKey;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.parameters(), self.id())
    }

    fn head(&self) -> Vec<u8> {
        self.seed.to_bytes().to_vec()
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        Ok(residues::poly_len(&basis(context)?))
    }

    fn write_body(&self, _: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        residues::write(&self.b, sink)
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let seed = Seed::from_bytes(source.array()?);
        let basis = basis(context)?;
        source.expect(residues::poly_len(&basis))?;
        let b = residues::read(&basis, source)?;
        Ok(Self::new(context, header.key, seed, b)?)
    }
}

fn basis(context: &Context) -> Result<RnsBasis, SerialError> {
    Ok(context.basis(context.parameters().max_level())?)
}
