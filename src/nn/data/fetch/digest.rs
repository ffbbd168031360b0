//! SHA-256 in hexadecimal.

use std::{fs::File, io::Read, path::Path};

use sha2::{Digest, Sha256};

use super::FetchError;

/// Of a file.
pub(super) fn of_file(path: &Path) -> Result<String, FetchError> {
    let mut file = File::open(path).map_err(FetchError::io(path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(FetchError::io(path))? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// In small letters, if it is one.
pub(super) fn checked(text: &str) -> Result<String, FetchError> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(FetchError::NoDigest { found: text.into() })
}
