//! Folders of PNG and JPEG files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{DataError, Dataset, Normalization, Preprocessing, Reader, dataset::Sample, decode};

/// What a folder holds, hidden files apart, in the order of names.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) folders: Vec<PathBuf>,
    pub(super) files: Vec<PathBuf>,
}

impl Listing {
    pub(super) fn read(folder: &Path) -> Result<Self, DataError> {
        let mut listing = Self::default();
        for entry in fs::read_dir(folder).map_err(DataError::io(folder))? {
            let path = entry.map_err(DataError::io(folder))?.path();
            let hidden = name(&path).starts_with('.');
            // Links are followed: data are often linked to.
            match path.is_dir() {
                _ if hidden => {}
                true => listing.folders.push(path),
                false => listing.files.push(path),
            }
        }
        listing.folders.sort();
        listing.files.sort();
        Ok(listing)
    }

    pub(super) fn has_pictures(&self) -> bool {
        self.files.iter().any(|path| decode::is_picture(path))
    }

    pub(super) fn pictures(&self) -> Vec<PathBuf> {
        let pictures = self.files.iter().filter(|path| decode::is_picture(path));
        pictures.cloned().collect()
    }
}

/// Last part of a path.
pub(super) fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Pictures without labels.
pub(super) fn flat(pictures: Vec<PathBuf>) -> Result<Dataset, DataError> {
    let files = pictures.into_iter().map(|path| (path, None)).collect();
    let preprocessing = Preprocessing::new(Normalization::imagenet());
    Dataset::new("pictures", vec![], preprocessing, Pictures { files })
}

/// One picture, whatever its name ends with.
pub(super) fn picture(path: &Path, preprocessing: Preprocessing) -> Result<Dataset, DataError> {
    let files = vec![(path.to_path_buf(), None)];
    let name = path.display().to_string();
    Dataset::new(name, vec![], preprocessing, Pictures { files })
}

/// A folder for each class, whose index is its rank among them. Where all are WordNet identifiers, the data are ImageNet's
/// and are resized and cropped as ImageNet's weights expect.
pub(super) fn classes(folders: &[PathBuf]) -> Result<Dataset, DataError> {
    let mut files = vec![];
    for (label, folder) in (0..).zip(folders) {
        let pictures = Listing::read(folder)?.pictures();
        if pictures.is_empty() {
            // Skipping it would shift the index of every class after it.
            return Err(DataError::Empty {
                place: format!("class folder {}", folder.display()),
            });
        }
        files.extend(pictures.into_iter().map(|path| (path, Some(label))));
    }
    let names: Vec<_> = folders.iter().map(|folder| name(folder)).collect();
    let (kind, preprocessing) = if names.iter().all(|name| is_wordnet(name)) {
        ("ImageNet", Preprocessing::imagenet())
    } else {
        let kept = Preprocessing::new(Normalization::imagenet());
        ("pictures by class", kept)
    };
    Dataset::new(kind, names, preprocessing, Pictures { files })
}

/// Such as n01440764.
fn is_wordnet(name: &str) -> bool {
    let digits = name.strip_prefix('n').unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())
}

#[derive(Debug)]
struct Pictures {
    files: Vec<(PathBuf, Option<u32>)>,
}

impl Reader for Pictures {
    fn count(&self) -> usize {
        self.files.len()
    }

    fn sample(&self, index: usize) -> Result<Sample, DataError> {
        let Some((path, label)) = self.files.get(index) else {
            return Err(DataError::Range {
                start: index,
                end: index.saturating_add(1),
                len: self.count(),
            });
        };
        Ok(Sample {
            label: *label,
            image: decode::picture(path)?,
        })
    }

    fn origin(&self, index: usize) -> String {
        match self.files.get(index) {
            Some((path, _)) => path.display().to_string(),
            None => format!("image {index}"),
        }
    }
}
