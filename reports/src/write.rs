//! Files that are either complete or absent.
//!
//! Bytes go to a temporary file in the destination folder, are flushed to the disk, and the
//! temporary is renamed over the destination. A reader, a crash or a full disk therefore never
//! meets half a file.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder is missing, is not a folder, or does not admit new files.
    #[error("cannot write to folder {}: {reason}; choose another with --out", folder.display())]
    Folder {
        /// The folder that was asked for.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// The temporary was written but could not take the destination's place.
    #[error("cannot replace {}: {reason}; remove it or choose another folder with --out", path.display())]
    Replace {
        /// The destination.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: io::Error,
    },
    /// A name that leaves the folder or names no file.
    #[error(
        "{name:?} is not a plain file name; give a name without folders, such as \"error.svg\""
    )]
    Name {
        /// The name that was given.
        name: String,
    },
    /// Two files of one set share a name.
    #[error("{name:?} is staged twice in one set of files; give each file its own name")]
    Duplicate {
        /// The name that was given twice.
        name: String,
    },
}

/// Writes `bytes` to `path`, replacing what was there in one step.
///
/// # Errors
/// [`WriteError`] when the folder does not admit files or the destination cannot be replaced;
/// the destination is then what it was before.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("table.csv");
/// equiripple_reports::write::write_atomic(&path, b"alpha,depth\n")?;
/// assert_eq!(std::fs::read(&path)?, b"alpha,depth\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let folder = folder_of(path);
    let staged = stage(folder, bytes)?;
    replace(staged, path)?;
    sync_folder(folder)
}

/// A set of files that appear in a folder together.
///
/// [`stage`](Self::stage) writes each file to a temporary; [`commit`](Self::commit) renames them
/// all once every byte is on the disk. Dropping the set without committing leaves the folder as
/// it was.
///
/// ```
/// use equiripple_reports::write::OutputFolder;
/// let folder = tempfile::tempdir()?;
/// let mut out = OutputFolder::create(folder.path().join("run"))?;
/// out.stage("a.txt", b"one")?;
/// out.stage("b.txt", b"two")?;
/// assert_eq!(out.commit()?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    staged: Vec<(NamedTempFile, PathBuf)>,
}

impl OutputFolder {
    /// Opens `path`, creating the folder and its parents where missing.
    ///
    /// # Errors
    /// [`WriteError::Folder`] when it cannot be created or admits no files.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, WriteError> {
        let path = path.into();
        fs::create_dir_all(&path).map_err(|reason| folder_error(&path, reason))?;
        drop(stage(&path, b"")?);
        Ok(Self {
            path,
            staged: Vec::new(),
        })
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file of the set to a temporary and returns where it will be.
    ///
    /// # Errors
    /// [`WriteError`] when `name` is not a plain file name, is staged already, or names a
    /// folder, or when the bytes cannot be written.
    pub fn stage(&mut self, name: &str, bytes: &[u8]) -> Result<PathBuf, WriteError> {
        let mut parts = Path::new(name).components();
        let plain = matches!(
            (parts.next(), parts.next()),
            (Some(Component::Normal(part)), None) if part == name
        );
        if !plain {
            return Err(WriteError::Name { name: name.into() });
        }
        let path = self.path.join(name);
        if self.staged.iter().any(|(_, other)| *other == path) {
            return Err(WriteError::Duplicate { name: name.into() });
        }
        if path.is_dir() {
            let reason = io::Error::other("a folder of that name exists");
            return Err(WriteError::Replace { path, reason });
        }
        self.staged.push((stage(&self.path, bytes)?, path.clone()));
        Ok(path)
    }

    /// Renames every staged file into place and returns their paths in staging order.
    ///
    /// # Errors
    /// [`WriteError`] on the first file that cannot take its place; each file is then either its
    /// old or its new self, never a part.
    pub fn commit(self) -> Result<Vec<PathBuf>, WriteError> {
        let mut written = Vec::with_capacity(self.staged.len());
        for (staged, path) in self.staged {
            replace(staged, &path)?;
            written.push(path);
        }
        sync_folder(&self.path)?;
        Ok(written)
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn folder_error(folder: &Path, reason: io::Error) -> WriteError {
    WriteError::Folder {
        folder: folder.into(),
        reason,
    }
}

fn stage(folder: &Path, bytes: &[u8]) -> Result<NamedTempFile, WriteError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".equiripple-").suffix(".tmp");
    #[cfg(unix)]
    let readable = {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(0o666)
    };
    #[cfg(unix)]
    builder.permissions(readable);
    let write = || -> io::Result<NamedTempFile> {
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(|reason| folder_error(folder, reason))
}

fn replace(staged: NamedTempFile, path: &Path) -> Result<(), WriteError> {
    match staged.persist(path) {
        Ok(_) => Ok(()),
        Err(failure) => Err(WriteError::Replace {
            path: path.into(),
            reason: failure.error,
        }),
    }
}

fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    if cfg!(unix) {
        fs::File::open(folder)
            .and_then(|handle| handle.sync_all())
            .map_err(|reason| folder_error(folder, reason))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn names(folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    #[test]
    fn replacing_a_file_leaves_no_temporary() -> Outcome {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x");
        write_atomic(&path, b"old")?;
        write_atomic(&path, b"new")?;
        assert_eq!(fs::read(&path)?, b"new");
        assert_eq!(names(folder.path())?, ["x"]);
        Ok(())
    }

    #[test]
    fn a_dropped_set_leaves_the_folder_as_it_was() -> Outcome {
        let folder = tempfile::tempdir()?;
        let mut out = OutputFolder::create(folder.path())?;
        out.stage("a", b"1")?;
        assert!(matches!(
            out.stage("a", b"2"),
            Err(WriteError::Duplicate { .. })
        ));
        drop(out);
        assert!(names(folder.path())?.is_empty());
        Ok(())
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() -> Outcome {
        let folder = tempfile::tempdir()?;
        let mut out = OutputFolder::create(folder.path())?;
        for name in ["", ".", "..", "../x", "a/b", "a/", "/x"] {
            assert!(
                matches!(out.stage(name, b""), Err(WriteError::Name { .. })),
                "{name}"
            );
        }
        Ok(())
    }

    #[test]
    fn an_unwritable_folder_is_named_with_the_remedy() -> Outcome {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("file");
        fs::write(&file, b"")?;
        let message = match OutputFolder::create(file.join("inside")) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(message.starts_with("cannot write to folder"), "{message}");
        assert!(message.ends_with("choose another with --out"), "{message}");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn written_files_are_readable_by_others_as_the_umask_allows() -> Outcome {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir()?;
        let ours = folder.path().join("ours");
        let plain = folder.path().join("plain");
        write_atomic(&ours, b"")?;
        fs::write(&plain, b"")?;
        let mode = |path: &Path| fs::metadata(path).map(|data| data.permissions().mode());
        assert_eq!(mode(&ours)?, mode(&plain)?);
        Ok(())
    }
}
