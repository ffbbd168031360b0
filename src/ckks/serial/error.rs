//! Why a file is refused.

use super::{Kind, VERSION};
use crate::{
    circuit::CircuitError,
    ckks::{CkksError, ParametersError},
    quantity::QuantityError,
};
use thiserror::Error;

/// Why a file cannot be read or written: what was found, what is needed, and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SerialError {
    /// The operating system refuses.
    #[error("{0}; check the path, its permissions and the space left")]
    Io(#[from] std::io::Error),
    /// A file of something else.
    #[error(
        "the file starts with the bytes {found:02x?} and not with EQRP: it holds no key or ciphertext; give one made by `equiripple`"
    )]
    Magic {
        /// Its first bytes.
        found: Vec<u8>,
    },
    /// A format of another time.
    #[error(
        "the file has format version {found}, and this program knows {VERSION}; use the program that wrote it, or make the file again"
    )]
    Version {
        /// Its version.
        found: u16,
    },
    /// A number that stands for nothing.
    #[error(
        "the file holds something of type {found}, and types 1 to 7 are known; use the program that wrote it, or make it again"
    )]
    UnknownKind {
        /// Its type.
        found: u16,
    },
    /// A file of something else that is known.
    #[error("the file holds a {found}; give a {need}")]
    Kind {
        /// What it holds.
        found: Kind,
        /// What is needed.
        need: Kind,
    },
    /// Bytes are missing or too many.
    #[error(
        "the file has {found} bytes, and its header says {need}: it was cut off, or something was appended; copy it again"
    )]
    Length {
        /// Bytes there are.
        found: u64,
        /// Bytes by the header.
        need: u64,
    },
    /// The end came too early.
    #[error("the file ends before its contents do; copy it again")]
    Truncated,
    /// The payload cannot be what it should be.
    #[error(
        "{found} bytes are left where the parameters ask for {need}; the file is damaged: copy it again"
    )]
    Payload {
        /// Bytes left.
        found: u64,
        /// Bytes that the contents take.
        need: u64,
    },
    /// A number outside its range.
    #[error(
        "{field} is {found}, and these parameters allow {min} to {max}; the file is damaged or of other parameters"
    )]
    Field {
        /// Which number.
        field: &'static str,
        /// As found.
        found: u64,
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// A number that must be a power of two, or odd.
    #[error("{field} is {found}, and must be {need}; the file is damaged: copy it again")]
    Form {
        /// Which number.
        field: &'static str,
        /// As found.
        found: u64,
        /// What it must be.
        need: &'static str,
    },
    /// No residue.
    #[error(
        "the residue {found} is not below its prime {modulus}; the file is damaged: copy it again"
    )]
    Residue {
        /// As found.
        found: u64,
        /// Its prime.
        modulus: u64,
    },
    /// A secret that is none; no more is told of it.
    #[error("the secret is not one of these parameters; the file is damaged: restore a copy of it")]
    Secret,
    /// The digest differs.
    #[error("the contents do not match their SHA-256; the file is damaged: copy it again")]
    Digest,
    /// A secret key is there already.
    #[error("the file exists, and a secret key is never overwritten; choose another path")]
    Exists,
    /// A file of parameters beyond all sizes.
    #[error(
        "{found} bytes are more than the {max} that parameters may take; give a file made by `equiripple params -o`"
    )]
    TooLarge {
        /// Its bytes.
        found: u64,
        /// Most that are read.
        max: u64,
    },
    /// Parameters that are no JSON of them.
    #[error("cannot read the parameters: {0}; write them by `equiripple params -o`")]
    Json(#[from] serde_json::Error),
    /// A count of decryptions that is none.
    #[error(
        "cannot read the count of published decryptions: {reason}; restore a copy that counts all of them, or make new keys"
    )]
    Count {
        /// What the reader says.
        reason: String,
    },
    /// A count of other decryptions.
    #[error(
        "the count is of {found}, and this is one of {need}; publish all results of a key by one rule, and keep one count for each key"
    )]
    OtherCount {
        /// What is counted.
        found: String,
        /// What is to be counted.
        need: String,
    },
    /// No decryption is left.
    #[error(
        "all {queries} decryptions that may be published under this key were made; more would tell about it: make new keys"
    )]
    QueriesSpent {
        /// How many there were.
        queries: u64,
    },
    /// Parameters that are refused.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// Keys or ciphertexts that are refused.
    #[error(transparent)]
    Ckks(#[from] CkksError),
}

impl From<CircuitError> for SerialError {
    fn from(error: CircuitError) -> Self {
        Self::Ckks(error.into())
    }
}

impl From<QuantityError> for SerialError {
    fn from(error: QuantityError) -> Self {
        CircuitError::from(error).into()
    }
}

/// Refuses a number outside its range.
pub(super) fn range(
    field: &'static str,
    found: u64,
    min: u64,
    max: u64,
) -> Result<(), SerialError> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err(SerialError::Field {
        field,
        found,
        min,
        max,
    })
}
