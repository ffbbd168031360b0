//! Secret keys.
//!
//! Payload: N coefficients of 2 bits, the lowest first; 0, 1 and 2 stand for 0, 1 and −1.

use super::{Header, Kind, SerialError, Sink, Source, format::Format};
use crate::ckks::{
    Context,
    keys::{KeyId, SecretKey},
    params::ParametersId,
    security::SecretKind,
};
use zeroize::Zeroizing;

/// Coefficients in a byte.
const IN_BYTE: usize = 4;

impl Format for SecretKey {
    const KIND: Kind = Kind::SecretKey;

    fn owner(&self) -> (ParametersId, KeyId) {
        (self.parameters(), self.id())
    }

    fn head(&self) -> Vec<u8> {
        vec![]
    }

    fn body_len(&self, context: &Context) -> Result<u64, SerialError> {
        Ok(length(context) as u64)
    }

    fn write_body(&self, _: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError> {
        let coefficients = self.coefficients();
        let mut bytes = Zeroizing::new(vec![0; coefficients.len() / IN_BYTE]);
        for (byte, four) in bytes.iter_mut().zip(coefficients.chunks_exact(IN_BYTE)) {
            // −1 modulo 3 is 2.
            let code = |c: &i64| (c + 3) as u8 % 3;
            *byte = four.iter().rev().fold(0, |byte, c| byte << 2 | code(c));
        }
        sink.put(&bytes)
    }

    fn read(
        context: &Context,
        header: &Header,
        source: &mut Source<'_>,
    ) -> Result<Self, SerialError> {
        source.expect(length(context) as u64)?;
        let mut bytes = Zeroizing::new(vec![0; length(context)]);
        source.fill(&mut bytes)?;
        let mut coefficients = Zeroizing::new(vec![0; bytes.len() * IN_BYTE]);
        for (four, byte) in coefficients.chunks_exact_mut(IN_BYTE).zip(bytes.iter()) {
            for (i, c) in four.iter_mut().enumerate() {
                *c = match (byte >> (2 * i)) & 3 {
                    2 => -1,
                    3 => return Err(SerialError::Secret),
                    code => code.into(),
                };
            }
        }
        if let SecretKind::Sparse(weight) = context.parameters().secret() {
            let found = coefficients.iter().filter(|c| **c != 0).count();
            if found != weight as usize {
                return Err(SerialError::Secret);
            }
        }
        Ok(Self::new(header.parameters, header.key, coefficients))
    }
}

fn length(context: &Context) -> usize {
    context.parameters().log_n().degree() / IN_BYTE
}
