//! Several ciphertexts in one file.
//!
//! Payload: two bytes for their number, of each what a ciphertext begins with, then of each the polynomials.

use super::{
    Header, Kind, SerialError, Sink, Source,
    ciphertext::{COMPONENTS, body_len, head, read_body, read_shape},
    error::range,
    format::Format,
    residues,
};
use crate::ckks::{Ciphertext, Ciphertexts, Context, keys::KeyId, params::ParametersId};

/// Most ciphertexts in a file: an image of 2^26 numbers has no more in the smallest ring.
const MOST: u64 = u16::MAX as u64;

impl Format for Ciphertexts {
    const KIND: Kind = Kind::Ciphertexts;

    fn owner(&self) -> (ParametersId, KeyId) {
        self.owner()
    }

    fn head(&self) -> Vec<u8> {
        let mut bytes = (self.as_slice().len() as u16).to_le_bytes().to_vec();
        for one in self.as_slice() {
            bytes.extend(head(&one.shape()));
        }
        bytes
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        let all = self.as_slice();
        range("the number of ciphertexts", all.len() as u64, 1, MOST)?;
        let each = all
            .iter()
            .map(|one| body_len(&one.shape(), COMPONENTS, context));
        each.sum()
    }

    fn write_body(&self, _: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        let mut polynomials = self.as_slice().iter().flat_map(|one| &one.components);
        polynomials.try_for_each(|polynomial| residues::write(polynomial, sink))
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        let count = u16::from_le_bytes(source.array()?).into();
        range("the number of ciphertexts", count, 1, MOST)?;
        let (mut shapes, mut need) = (vec![], 0u64);
        for _ in 0..count {
            let shape = read_shape(source)?;
            need = need.saturating_add(body_len(&shape, COMPONENTS, context)?);
            shapes.push(shape);
        }
        source.expect(need)?;
        let each = shapes
            .into_iter()
            .map(|shape| read_body(shape, context, header, source));
        let all = each.collect::<Result<Vec<Ciphertext>, _>>()?;
        Ok(Self::new(all)?)
    }
}
