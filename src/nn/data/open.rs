//! Recognising data by what is there.

use std::path::{Path, PathBuf};

use super::{DataError, Dataset, Split, Synthetic, cifar::Cifar};

impl Dataset {
    /// Opens a folder or file of data, or makes what starts with `synthetic:`. Of data with two splits it takes the test
    /// images.
    ///
    /// A folder may hold CIFAR-10 or CIFAR-100 batches (binary version).
    ///
    /// # Errors
    /// When nothing is recognised, or what is recognised is damaged.
    pub fn open(source: impl AsRef<Path>) -> Result<Self, DataError> {
        open(source.as_ref(), None)
    }

    /// The same, of one split.
    ///
    /// # Errors
    /// As [`Dataset::open`], and when there is no such split.
    pub fn open_split(source: impl AsRef<Path>, split: Split) -> Result<Self, DataError> {
        open(source.as_ref(), Some(split))
    }
}

fn open(source: &Path, split: Option<Split>) -> Result<Dataset, DataError> {
    if let Some(literal) = source.to_str().and_then(|s| s.strip_prefix("synthetic:")) {
        return Synthetic::parse(literal)?.dataset(split.unwrap_or(Split::Test));
    }
    let mut files = vec![];
    for entry in std::fs::read_dir(source).map_err(DataError::io(source))? {
        files.push(entry.map_err(DataError::io(source))?.path());
    }
    files.sort();
    cifar(source, &files, split)
}

fn cifar(folder: &Path, files: &[PathBuf], split: Option<Split>) -> Result<Dataset, DataError> {
    let kind = |path: &Path| Cifar::of_file(path.file_name()?.to_str()?);
    let found: Vec<_> = files
        .iter()
        .filter_map(|path| Some((kind(path)?, path)))
        .collect();
    let has = |split| found.iter().any(|((_, s), _)| *s == split);
    let wanted = split.unwrap_or(if has(Split::Test) {
        Split::Test
    } else {
        Split::Train
    });
    let batches: Vec<_> = found.iter().filter(|((_, s), _)| *s == wanted).collect();
    let Some(((cifar, _), _)) = batches.first() else {
        return Err(DataError::Split {
            path: folder.to_path_buf(),
            wanted,
        });
    };
    let paths: Vec<PathBuf> = batches.iter().map(|(_, path)| path.to_path_buf()).collect();
    cifar.open(&paths, wanted)
}
