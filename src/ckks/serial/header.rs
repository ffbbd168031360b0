//! The first bytes of every file.

use super::SerialError;
use crate::ckks::{Context, keys::KeyId, params::ParametersId};
use std::fmt;

/// Version of the format that is written; no other is read.
pub const VERSION: u16 = 1;

/// What every file starts with.
pub(super) const MAGIC: [u8; 4] = *b"EQRP";
/// Bytes of a header.
pub(super) const HEADER: usize = 64;
/// Bytes of the digest at the end.
pub(super) const DIGEST: usize = 32;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// A secret key.
    SecretKey = 1,
    /// A public key.
    PublicKey = 2,
    /// A relinearisation, rotation or conjugation key.
    EvaluationKey = 3,
    /// A ciphertext.
    Ciphertext = 4,
    /// A plaintext.
    Plaintext = 5,
    /// The keys to the ephemeral secret of bootstrapping and back.
    EncapsulationKeys = 6,
    /// Several ciphertexts.
    Ciphertexts = 7,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::SecretKey,
        Self::PublicKey,
        Self::EvaluationKey,
        Self::Ciphertext,
        Self::Plaintext,
        Self::EncapsulationKeys,
        Self::Ciphertexts,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretKey => "secret key",
            Self::PublicKey => "public key",
            Self::EvaluationKey => "evaluation key",
            Self::Ciphertext => "ciphertext",
            Self::Plaintext => "plaintext",
            Self::EncapsulationKeys => "pair of encapsulation keys",
            Self::Ciphertexts => "set of ciphertexts",
        })
    }
}

/// What a file says of itself.
pub struct Header {
    pub(super) kind: Kind,
    pub(super) parameters: ParametersId,
    pub(super) key: KeyId,
    /// Bytes of the payload.
    pub(super) payload: u64,
}

impl Header {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [
            &MAGIC[..],
            &VERSION.to_le_bytes(),
            &(self.kind as u16).to_le_bytes(),
            &self.parameters.to_bytes(),
            &self.key.to_bytes(),
            &self.payload.to_le_bytes(),
        ]
        .concat()
    }

    /// What follows the magic bytes, of all of them.
    pub(super) fn from_bytes(bytes: &[u8; HEADER]) -> Result<Self, SerialError> {
        let found = u16::from_le_bytes(part(bytes, 4));
        if found != VERSION {
            return Err(SerialError::Version { found });
        }
        let found = u16::from_le_bytes(part(bytes, 6));
        let known = Kind::ALL.into_iter().find(|kind| *kind as u16 == found);
        Ok(Self {
            kind: known.ok_or(SerialError::UnknownKind { found })?,
            parameters: ParametersId::from_bytes(part(bytes, 8)),
            key: KeyId::from_bytes(part(bytes, 40)),
            payload: u64::from_le_bytes(part(bytes, 56)),
        })
    }

    /// Refuses another kind, another length of the file, or other parameters.
    pub(super) fn expect(
        &self,
        kind: Kind,
        length: u64,
        context: &Context,
    ) -> Result<(), SerialError> {
        if self.kind != kind {
            return Err(SerialError::Kind {
                found: self.kind,
                need: kind,
            });
        }
        let need = self.payload.saturating_add((HEADER + DIGEST) as u64);
        if length != need {
            return Err(SerialError::Length {
                found: length,
                need,
            });
        }
        check(context, self.parameters)
    }
}

/// Refuses other parameters.
pub(super) fn check(context: &Context, found: ParametersId) -> Result<(), SerialError> {
    Ok(context.check(found)?)
}

/// Bytes from `start` on. Pre: there are as many.
fn part<const N: usize>(bytes: &[u8; HEADER], start: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[start + i])
}
