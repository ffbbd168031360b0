//! How many decryptions of a key were published.

use super::{SerialError, file};
use crate::ckks::{flooding::Flooding, keys::KeyId};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::File,
    io::{ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Longest file that is read.
const LIMIT: u64 = 4096;

/// What is stored, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    key: String,
    queries: u64,
    log2_security: u32,
    used: u64,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            queries,
            log2_security,
            ..
        } = self;
        write!(
            f,
            "{queries} decryptions at {log2_security} bits under key {key}"
        )
    }
}

/// A decryption that is about to be published: nobody else counts in this file as long as it lives.
///
/// The count is kept in a file, by convention beside the secret key. It is replaced at once and on the disk before
/// [`Queries::spend`] returns, so a crash may lose a decryption but never forgets one. What it cannot know is what others
/// do with copies of the key: share τ out among them. A file that is deleted counts from 0.
#[derive(Debug)]
pub struct Queries {
    path: PathBuf,
    count: Count,
    /// Unlocked when closed.
    _lock: File,
}

impl Queries {
    /// Waits until no other process counts in this file, and checks that a decryption is left.
    ///
    /// # Errors
    /// When all are spent, the file counts those of another key or rule, cannot be read, or the operating system refuses.
    pub fn open(path: &Path, key: KeyId, flooding: &Flooding) -> Result<Self, SerialError> {
        let lock = lock(path)?;
        let new = Count {
            key: key.to_string(),
            queries: flooding.queries(),
            log2_security: flooding.log2_security(),
            used: 0,
        };
        let count = match read(path)? {
            None => new,
            Some(count)
                if (Count {
                    used: 0,
                    ..count.clone()
                }) == new =>
            {
                count
            }
            Some(count) => {
                return Err(SerialError::OtherCount {
                    found: count.to_string(),
                    need: new.to_string(),
                });
            }
        };
        if count.used >= count.queries {
            return Err(SerialError::QueriesSpent {
                queries: count.queries,
            });
        }
        Ok(Self {
            path: path.to_path_buf(),
            count,
            _lock: lock,
        })
    }

    /// Counts one; returns how many are left. To be called before the result is shown.
    ///
    /// # Errors
    /// When the file cannot be written; the result must then not be shown.
    pub fn spend(mut self) -> Result<u64, SerialError> {
        self.count.used += 1;
        let text = serde_json::to_string(&self.count)? + "\n";
        file::write_text(&self.path, &text)?;
        Ok(self.count.queries - self.count.used)
    }
}

/// Locks a file beside, which stays: the count itself is replaced.
fn lock(path: &Path) -> Result<File, SerialError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(name)?;
    file.lock()?;
    Ok(file)
}

fn read(path: &Path) -> Result<Option<Count>, SerialError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut bytes = vec![];
    file.take(LIMIT).read_to_end(&mut bytes)?;
    let count = serde_json::from_slice(&bytes).map_err(|error| SerialError::Count {
        reason: error.to_string(),
    })?;
    Ok(Some(count))
}
