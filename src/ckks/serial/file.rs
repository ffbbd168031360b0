//! Files that are either complete or absent.

use super::{Kind, SerialError, Stored, load, store, stream::Source};
use crate::ckks::Context;
use std::{
    fs::{File, Permissions},
    io::{ErrorKind, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};
use tempfile::NamedTempFile;

/// What others may do with a file; the process' mask is taken off.
#[derive(Clone, Copy, PartialEq)]
enum Access {
    Anyone = 0o666,
    Owner = 0o600,
}

/// Writes a file: to a temporary one in the same folder first, which takes its place once it is on the disk.
///
/// A secret key is readable for its owner alone, from its first byte, and never takes the place of another file.
///
/// # Errors
/// When the value is of other parameters, the operating system refuses, or a secret key would overwrite something; what
/// was there is then unchanged.
pub fn write<T: Stored>(path: &Path, value: &T, context: &Context) -> Result<(), SerialError> {
    let access = match T::KIND {
        Kind::SecretKey => Access::Owner,
        _ => Access::Anyone,
    };
    replace(path, access, |file| store(value, context, file))
}

/// Reads a file.
///
/// # Errors
/// When it is not a complete and valid file of this type for these parameters.
pub fn read<T: Stored>(path: &Path, context: &Context) -> Result<T, SerialError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    load(&mut file, length, context)
}

/// What a file says it holds.
///
/// # Errors
/// When it has no header.
pub fn kind(path: &Path) -> Result<Kind, SerialError> {
    Ok(Source::new(&mut File::open(path)?).header()?.kind)
}

/// Writes text that anyone may read.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), SerialError> {
    replace(path, Access::Anyone, |file| {
        Ok(file.write_all(text.as_bytes())?)
    })
}

fn replace(
    path: &Path,
    access: Access,
    contents: impl FnOnce(&mut NamedTempFile) -> Result<(), SerialError>,
) -> Result<(), SerialError> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    if access == Access::Owner && path.try_exists()? {
        return Err(SerialError::Exists);
    }
    // Created exclusively, and removed unless it takes its place.
    let mut file = tempfile::Builder::new()
        .prefix(".equiripple-")
        .suffix(".tmp")
        .permissions(Permissions::from_mode(access as u32))
        .tempfile_in(folder)?;
    contents(&mut file)?;
    file.as_file().sync_all()?;
    let done = match access {
        Access::Anyone => file.persist(path),
        Access::Owner => file.persist_noclobber(path),
    };
    done.map_err(|failed| match failed.error.kind() {
        ErrorKind::AlreadyExists => SerialError::Exists,
        _ => failed.error.into(),
    })?;
    sync(folder)
}

fn sync(folder: &Path) -> Result<(), SerialError> {
    Ok(File::open(folder)?.sync_all()?)
}
