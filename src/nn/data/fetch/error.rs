//! Why data cannot be fetched.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A failed fetch.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The operating system refuses.
    #[error("cannot write {}: {reason}; check the folder, its permissions and the space left", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: std::io::Error,
    },
    /// Another fetch writes the same file.
    #[error("{} is being written by another fetch; wait for it, or choose another folder", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// No connection, or one that broke again and again.
    #[error(
        "cannot fetch {url}: {reason} ({attempts} attempts); {kept} bytes are kept, and the same command goes on from there"
    )]
    Connection {
        /// The address.
        url: String,
        /// What went wrong at last.
        reason: String,
        /// How often it was tried.
        attempts: u32,
        /// Bytes that are here.
        kept: u64,
    },
    /// The server refuses.
    #[error("{url} answers with status {status}; check the address, or give another by --url")]
    Status {
        /// The address.
        url: String,
        /// Status of HTTP.
        status: u16,
    },
    /// More bytes than there can be.
    #[error(
        "{url} sends {bytes} bytes, and the file has {limit} at most: it is another one; check the address"
    )]
    TooLarge {
        /// The address.
        url: String,
        /// Bytes that were announced or came.
        bytes: u64,
        /// Most bytes.
        limit: u64,
    },
    /// Other bytes than were published.
    #[error(
        "{url} gave a file of SHA-256 {found}, and {need} was published: it was damaged or changed and has been removed; try again, or another --url"
    )]
    Digest {
        /// The address.
        url: String,
        /// Of what came.
        found: String,
        /// Of what should have come.
        need: String,
    },
    /// No digest.
    #[error("`{found}` is no SHA-256; give 64 hexadecimal digits")]
    NoDigest {
        /// As given.
        found: String,
    },
    /// One digest for several files.
    #[error(
        "one SHA-256 cannot be that of several files; leave it out: the published ones are checked"
    )]
    ManyDigests,
    /// An archive that cannot be unpacked.
    #[error("{} cannot be unpacked: {reason}; it has been removed: fetch from elsewhere", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An entry that would not stay in its folder.
    #[error(
        "{} holds the entry `{entry}`, which is no plain file or folder inside the archive; nothing was unpacked, and it has been removed: fetch from elsewhere",
        path.display()
    )]
    Entry {
        /// The archive.
        path: PathBuf,
        /// Name of the entry.
        entry: String,
    },
}

impl FetchError {
    /// Names the file of an error of the operating system.
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |reason| Self::Io { path, reason }
    }
}
