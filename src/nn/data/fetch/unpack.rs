//! Archives, of which nothing leaves its folder.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Component, Path, PathBuf},
};

use flate2::bufread::GzDecoder;
use tar::{Archive, Entry, EntryType};

use super::FetchError;

/// Most bytes that are unpacked.
const LARGEST: u64 = 4 << 30;

/// Unpacks a .tar.gz and puts its folder `name` into `out`, where there is none of that name.
pub(super) fn unpack(archive: &Path, out: &Path, name: &str) -> Result<(), FetchError> {
    // In the same file system, so that a rename suffices; it goes away with whatever was refused.
    let staging = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(out)
        .map_err(FetchError::io(out))?;
    let file = File::open(archive).map_err(FetchError::io(archive))?;
    let damaged = |reason: String| FetchError::Archive {
        path: archive.to_path_buf(),
        reason,
    };
    let content = GzDecoder::new(BufReader::new(file));
    // One byte more than allowed shows that there are too many.
    let mut tar = Archive::new(content.take(LARGEST + 1));
    for entry in tar.entries().map_err(|e| damaged(e.to_string()))? {
        let mut entry = entry.map_err(|e| damaged(e.to_string()))?;
        let Some(inside) = inside(&entry) else {
            return Err(FetchError::Entry {
                path: archive.to_path_buf(),
                entry: String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            });
        };
        if entry.size() > LARGEST {
            return Err(damaged(format!("an entry claims {} bytes", entry.size())));
        }
        let path = staging.path().join(inside);
        if entry.header().entry_type() == EntryType::Directory {
            fs::create_dir_all(&path).map_err(FetchError::io(&path))?;
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
        }
        let mut target = File::create_new(&path).map_err(FetchError::io(&path))?;
        let copied = io::copy(&mut entry, &mut target);
        let bytes = copied.map_err(|e| damaged(e.to_string()))?;
        if bytes != entry.size() {
            return Err(damaged("it was cut off".into()));
        }
        target.sync_all().map_err(FetchError::io(&path))?;
    }
    let (from, to) = (staging.path().join(name), out.join(name));
    if !from.is_dir() {
        return Err(damaged(format!("there is no folder `{name}` in it")));
    }
    fs::rename(&from, &to).map_err(FetchError::io(&to))
}

/// The path of an entry that stays inside, if it is a file or a folder.
fn inside(entry: &Entry<impl Read>) -> Option<PathBuf> {
    let plain = matches!(
        entry.header().entry_type(),
        EntryType::Regular | EntryType::Directory
    );
    let path = entry.path().ok()?;
    let normal = |part: &Component| matches!(part, Component::Normal(_) | Component::CurDir);
    (plain && path.components().all(|part| normal(&part))).then(|| path.to_path_buf())
}
