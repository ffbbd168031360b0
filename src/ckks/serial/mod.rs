//! Files of keys, plaintexts and ciphertexts.
//!
//! Every file is a header, a payload that depends on what is stored, and a digest; numbers are little endian:
//!
//! | bytes | what |
//! | ----: | --- |
//! |     4 | `EQRP` |
//! |     2 | version of the format, [`VERSION`] |
//! |     2 | what it holds, a [`Kind`] |
//! |    32 | [`ParametersId`] |
//! |    16 | [`KeyId`], zeros for a plaintext |
//! |     8 | length n of the payload |
//! |     n | payload |
//! |    32 | SHA-256 of all bytes before |
//!
//! A polynomial is its limbs in the order of the primes, as values at the roots, N residues each. A residue takes as many
//! bits as its prime, the lowest first, without gaps: N is a multiple of 8, so a limb ends with a byte. Uniform halves of
//! keys are stored as the 32 bytes of their seed. Parameters are not in these files but in one of JSON beside them,
//! [`read_parameters`].
//!
//! A file is read once, from front to back. Its length must be what its header says, the header's what the parameters
//! and the first few bytes of the payload say, before memory is taken for more; every residue is below its prime; levels,
//! scales, slots and components are such as the evaluator makes. So what loads can be used, and what is refused says why
//! in a [`SerialError`]. The digest finds accidents. It is no signature: whoever can write a file can write its digest.

mod ciphertext;
mod ciphertexts;
mod encapsulation;
mod error;
mod evaluation;
mod file;
mod header;
mod parameters;
mod public;
mod queries;
mod residues;
mod secret;
mod stream;

pub use encapsulation::encapsulation_file_bytes;
pub use error::SerialError;
pub use evaluation::{EvaluationHead, evaluation_file_bytes, evaluation_head};
pub use file::{kind, read, write};
pub use header::{Kind, VERSION};
pub use parameters::{read_parameters, write_parameters};
pub use queries::Queries;

use super::{Context, keys::KeyId, params::ParametersId};
use format::Format;
use header::Header;
use std::io::{Read, Write};
use stream::{Sink, Source};

/// What has a file format: the secret, the public, evaluation and encapsulation keys, plaintexts and ciphertexts.
pub trait Stored: Format {}

impl<T: Format> Stored for T {}

mod format {
    use super::{Context, Header, KeyId, Kind, ParametersId, SerialError, Sink, Source};

    /// The payload of one kind of file.
    pub trait Format: Sized {
        /// Its number.
        const KIND: Kind;

        /// Whose it is.
        fn owner(&self) -> (ParametersId, KeyId);

        /// The first bytes of the payload, which settle its length.
        fn head(&self) -> Vec<u8>;

        /// Length of the rest of the payload. Refuses what could not be read again.
        fn body_len(&self, context: &Context) -> Result<u64, SerialError>;

        /// Writes the rest of the payload.
        fn write_body(&self, context: &Context, sink: &mut Sink<'_>) -> Result<(), SerialError>;

        /// Reads a payload. Post: all of it, and only what can be used.
        fn read(
            context: &Context,
            header: &Header,
            source: &mut Source<'_>,
        ) -> Result<Self, SerialError>;
    }
}

/// Writes the bytes of a file to a stream; [`write()`] writes a file.
///
/// # Errors
/// When the value is of other parameters or could not be read again, or the stream fails.
pub fn store<T: Stored>(
    value: &T,
    context: &Context,
    to: &mut impl Write,
) -> Result<(), SerialError> {
    let (parameters, key) = value.owner();
    header::check(context, parameters)?;
    let head = value.head();
    let header = Header {
        kind: T::KIND,
        parameters,
        key,
        payload: head.len() as u64 + value.body_len(context)?,
    };
    let mut sink = Sink::new(to);
    sink.put(&header.to_bytes())?;
    sink.put(&head)?;
    value.write_body(context, &mut sink)?;
    sink.finish()
}

/// Reads the bytes of a file from a stream of `length` bytes; [`read`] reads a file.
///
/// # Errors
/// When the bytes are not a complete and valid file of this type for these parameters.
pub fn load<T: Stored>(
    from: &mut impl Read,
    length: u64,
    context: &Context,
) -> Result<T, SerialError> {
    let mut source = Source::new(from);
    let header = source.header()?;
    header.expect(T::KIND, length, context)?;
    source.limit(header.payload);
    let value = T::read(context, &header, &mut source)?;
    source.finish()?;
    Ok(value)
}
