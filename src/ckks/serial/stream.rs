//! Streams that are hashed on their way.

use super::{
    SerialError,
    header::{DIGEST, HEADER, Header, MAGIC},
};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};

/// Where a file goes. Nothing is buffered, so that no copy of a secret stays behind.
pub struct Sink<'a> {
    to: &'a mut dyn Write,
    hash: Sha256,
}

impl<'a> Sink<'a> {
    pub(super) fn new(to: &'a mut dyn Write) -> Self {
        Self {
            to,
            hash: Sha256::new(),
        }
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), SerialError> {
        self.hash.update(bytes);
        Ok(self.to.write_all(bytes)?)
    }

    /// The digest.
    pub(super) fn finish(self) -> Result<(), SerialError> {
        Ok(self.to.write_all(&self.hash.finalize())?)
    }
}

/// Where a file comes from.
pub struct Source<'a> {
    from: &'a mut dyn Read,
    hash: Sha256,
    /// Bytes of the payload that were not read yet.
    remaining: u64,
}

impl<'a> Source<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> Self {
        Self {
            from,
            hash: Sha256::new(),
            remaining: HEADER as u64,
        }
    }

    pub(super) fn header(&mut self) -> Result<Header, SerialError> {
        let mut bytes = [0; HEADER];
        let (magic, rest) = bytes.split_at_mut(MAGIC.len());
        self.fill(magic)?;
        if magic != MAGIC {
            let found = magic.to_vec();
            return Err(SerialError::Magic { found });
        }
        self.fill(rest)?;
        Header::from_bytes(&bytes)
    }

    /// Says how many bytes the payload has.
    pub(super) fn limit(&mut self, payload: u64) {
        self.remaining = payload;
    }

    /// Refuses a payload of which not exactly `need` bytes remain.
    pub(super) fn expect(&self, need: u64) -> Result<(), SerialError> {
        let found = self.remaining;
        if found == need {
            return Ok(());
        }
        Err(SerialError::Payload { found, need })
    }

    pub(super) fn fill(&mut self, bytes: &mut [u8]) -> Result<(), SerialError> {
        let (found, need) = (self.remaining, bytes.len() as u64);
        self.remaining = found
            .checked_sub(need)
            .ok_or(SerialError::Payload { found, need })?;
        self.exactly(bytes)?;
        self.hash.update(bytes);
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], SerialError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, SerialError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, SerialError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Compares the digest.
    pub(super) fn finish(mut self) -> Result<(), SerialError> {
        self.expect(0)?;
        let mut found = [0; DIGEST];
        self.exactly(&mut found)?;
        if found == *self.hash.finalize() {
            return Ok(());
        }
        Err(SerialError::Digest)
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), SerialError> {
        self.from
            .read_exact(bytes)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => SerialError::Truncated,
                _ => error.into(),
            })
    }
}
