//! Data sets from where their authors publish them.
//!
//! A download goes to a file `.part`, which an interruption leaves: the next attempt asks for the rest. Its SHA-256 is
//! compared before anything is unpacked, and what is unpacked appears under its name at once or not at all.

mod catalogue;
mod digest;
mod download;
mod error;
mod unpack;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use catalogue::Published;
use catalogue::{Form, Item};
pub use error::FetchError;

/// What to fetch.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// The data set.
    pub set: Published,
    /// Folder in which its own folder is made.
    pub out: PathBuf,
    /// Address other than the official one: of the archive, or of the folder with MNIST's four files.
    pub url: Option<String>,
    /// SHA-256 of an archive other than the official one, in hexadecimal.
    pub sha256: Option<String>,
}

/// How far a download is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Bytes that are here.
    pub bytes: u64,
    /// Bytes of the whole, where it is known.
    pub total: Option<u64>,
}

/// Where the data are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Their folder, for [`Dataset::open`](super::Dataset::open).
    pub folder: PathBuf,
    /// Whether they were there before.
    pub already: bool,
}

impl Fetch {
    /// Fetches what is not there yet.
    ///
    /// # Errors
    /// When the address does not answer, the bytes are not those that were published, or the folder does not admit files.
    pub fn run(&self, progress: &dyn Fn(Progress)) -> Result<Fetched, FetchError> {
        let entry = self.set.entry();
        let need = match &self.sha256 {
            Some(_) if entry.items.len() > 1 => return Err(FetchError::ManyDigests),
            Some(text) => Some(digest::checked(text)?),
            None => None,
        };
        let folder = self.out.join(entry.folder);
        let done = |already| {
            Ok(Fetched {
                folder: folder.clone(),
                already,
            })
        };
        match entry.form {
            Form::Archive if folder.is_dir() => return done(true),
            Form::Archive => {
                for item in entry.items {
                    let url = self.url.clone();
                    let url = url.unwrap_or_else(|| format!("{}{}", entry.url, item.name));
                    let part = self.get(item, &url, need.as_deref(), &self.out, progress)?;
                    let unpacked = unpack::unpack(&part, &self.out, entry.folder);
                    // A full disk is no fault of the archive: it need not come again.
                    if !matches!(unpacked, Err(FetchError::Io { .. })) {
                        fs::remove_file(&part).map_err(FetchError::io(&part))?;
                    }
                    unpacked?;
                }
            }
            Form::Files => {
                let base = self.url.as_deref().unwrap_or(entry.url);
                let there = |item: &&Item| !folder.join(item.name).is_file();
                let missing: Vec<_> = entry.items.iter().filter(there).collect();
                if missing.is_empty() {
                    return done(true);
                }
                for item in missing {
                    let url = format!("{}/{}", base.trim_end_matches('/'), item.name);
                    let part = self.get(item, &url, None, &folder, progress)?;
                    let path = folder.join(item.name);
                    fs::rename(&part, &path).map_err(FetchError::io(&path))?;
                }
            }
        }
        done(false)
    }

    /// Downloads a file and compares its digest with `need`, or with the published one. Returns the path of the part.
    fn get(
        &self,
        item: &Item,
        url: &str,
        need: Option<&str>,
        folder: &Path,
        progress: &dyn Fn(Progress),
    ) -> Result<PathBuf, FetchError> {
        fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
        let part = folder.join(format!("{}.part", item.name));
        let report = |bytes, total| {
            progress(Progress {
                file: item.name,
                bytes,
                total,
            });
        };
        // The size is known of what was published alone.
        let limit = match need {
            Some(_) => download::LARGEST,
            None => item.bytes,
        };
        let downloaded = download::download(url, &part, limit, &report);
        // Of a refusal nothing is left to go on from.
        if downloaded.is_err() && fs::metadata(&part).is_ok_and(|part| part.len() == 0) {
            fs::remove_file(&part).map_err(FetchError::io(&part))?;
        }
        downloaded?;
        let (found, need) = (digest::of_file(&part)?, need.unwrap_or(item.sha256));
        if found == need {
            return Ok(part);
        }
        // Going on with these bytes would never give the right ones.
        fs::remove_file(&part).map_err(FetchError::io(&part))?;
        Err(FetchError::Digest {
            url: url.into(),
            found,
            need: need.into(),
        })
    }
}
