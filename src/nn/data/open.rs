//! Recognising data by what is there.

use std::path::{Path, PathBuf};

use super::{
    DataError, Dataset, Preprocessing, Split, Synthetic,
    cifar::Cifar,
    folder::{self, Listing, name},
    idx,
};

impl Dataset {
    /// Opens a folder or file of data, or makes what starts with `synthetic:`. Of data with two splits it takes the test
    /// images where there are some.
    ///
    /// | what is there | what it is |
    /// |---|---|
    /// | `test_batch.bin`, `data_batch_1.bin` … | CIFAR-10, binary version |
    /// | `test.bin`, `train.bin` | CIFAR-100, binary version, fine labels |
    /// | `t10k-images-idx3-ubyte`, `train-…`, `…labels-idx1-ubyte`, each perhaps `.gz` | MNIST and its kin |
    /// | folders `train`, `val` or `test`, and nothing else that is data | their contents |
    /// | folders of PNG and JPEG files | a class a folder, its label the folder's rank by name |
    /// | PNG and JPEG files | images without labels |
    /// | a single such file | that file |
    /// | `synthetic:classes=10,size=32,seed=1,images=1000` | [`Synthetic`] |
    ///
    /// # Errors
    /// When nothing is recognised, or what is recognised is damaged.
    pub fn open(source: impl AsRef<Path>) -> Result<Self, DataError> {
        open(source.as_ref(), None)
    }

    /// One picture, PNG or JPEG, to be prepared so. It is read when it is asked for.
    ///
    /// # Errors
    /// When there is no file at the path.
    pub fn picture(path: &Path, preprocessing: Preprocessing) -> Result<Self, DataError> {
        std::fs::File::open(path).map_err(DataError::io(path))?;
        folder::picture(path, preprocessing)
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
    let place = Place::look(source.to_path_buf(), split)?;
    if let Some((part, split)) = place.part()? {
        let inside = Place::look(part, None)?;
        return Ok(inside.recognise()?.of_split(Some(split)));
    }
    place.recognise()
}

/// A folder and what it holds, or a file as if it were alone in one.
struct Place {
    path: PathBuf,
    listing: Listing,
    split: Option<Split>,
}

impl Place {
    fn look(path: PathBuf, split: Option<Split>) -> Result<Self, DataError> {
        let metadata = std::fs::metadata(&path).map_err(DataError::io(&path))?;
        let listing = match metadata.is_dir() {
            true => Listing::read(&path)?,
            false => Listing {
                folders: vec![],
                files: vec![path.clone()],
            },
        };
        Ok(Self {
            path,
            listing,
            split,
        })
    }

    /// The one of the folders `train`, `val` and `test` to look into, where these are all.
    fn part(&self) -> Result<Option<(PathBuf, Split)>, DataError> {
        let split_of = |path: &Path| match name(path).as_str() {
            "train" => Some(Split::Train),
            "val" | "test" => Some(Split::Test),
            _ => None,
        };
        let folders = &self.listing.folders;
        if folders.is_empty() || folders.iter().any(|folder| split_of(folder).is_none()) {
            return Ok(None);
        }
        let (split, mut parts) = self.pick(folders, split_of)?;
        // Of `test` and `val` the last: the labels of ImageNet's test images are not public.
        Ok(parts.pop().map(|folder| (folder, split)))
    }

    fn recognise(&self) -> Result<Dataset, DataError> {
        for kind in [Self::cifar, Self::idx, Self::classes, Self::pictures] {
            if let Some(data) = kind(self)? {
                return Ok(data);
            }
        }
        let Listing { folders, files } = &self.listing;
        if folders.is_empty() && files.is_empty() {
            return Err(DataError::Empty {
                place: self.path.display().to_string(),
            });
        }
        Err(self.unknown(match self.path.is_dir() {
            true => format!(
                "it holds {} folders and {} files",
                folders.len(),
                files.len()
            ),
            false => "a file of another name".into(),
        }))
    }

    fn cifar(&self) -> Result<Option<Dataset>, DataError> {
        let of_file = |path: &Path| Cifar::of_file(&name(path));
        let mut kinds = self.listing.files.iter().filter_map(|path| of_file(path));
        let Some((kind, _)) = kinds.next() else {
            return Ok(None);
        };
        if kinds.any(|(other, _)| other != kind) {
            return Err(self.unknown("batches of CIFAR-10 beside those of CIFAR-100".into()));
        }
        let split_of = |path: &Path| of_file(path).map(|(_, split)| split);
        let (split, files) = self.pick(&self.listing.files, split_of)?;
        kind.open(&files, split).map(Some)
    }

    fn idx(&self) -> Result<Option<Dataset>, DataError> {
        let files = &self.listing.files;
        if files.iter().all(|path| idx::split_of(path).is_none()) {
            return Ok(None);
        }
        let (split, images) = self.pick(files, idx::split_of)?;
        match &images[..] {
            [one] => idx::open(one, split).map(Some),
            several => Err(self.unknown(format!(
                "it holds {} files of {split} images, where one is needed",
                several.len()
            ))),
        }
    }

    fn classes(&self) -> Result<Option<Dataset>, DataError> {
        let mut found = false;
        for folder in &self.listing.folders {
            found |= Listing::read(folder)?.has_pictures();
        }
        if !found {
            return Ok(None);
        }
        self.undivided()?;
        if self.listing.has_pictures() {
            let doubt = "it holds pictures beside folders of pictures, so that labels are in doubt";
            return Err(self.unknown(doubt.into()));
        }
        folder::classes(&self.listing.folders).map(Some)
    }

    fn pictures(&self) -> Result<Option<Dataset>, DataError> {
        if !self.listing.has_pictures() {
            return Ok(None);
        }
        self.undivided()?;
        folder::flat(self.listing.pictures()).map(Some)
    }

    /// Refuses to call images without a split either.
    fn undivided(&self) -> Result<(), DataError> {
        match self.split {
            None => Ok(()),
            Some(wanted) => Err(self.no_split(wanted)),
        }
    }

    /// The paths of the split that is asked for; otherwise of the test images, or of what there is.
    fn pick(
        &self,
        paths: &[PathBuf],
        split_of: impl Fn(&Path) -> Option<Split>,
    ) -> Result<(Split, Vec<PathBuf>), DataError> {
        let of = |wanted| {
            let those = paths.iter().filter(|path| split_of(path) == Some(wanted));
            (wanted, those.cloned().collect::<Vec<_>>())
        };
        let picked = match self.split {
            Some(wanted) => of(wanted),
            None => Some(of(Split::Test))
                .filter(|(_, paths)| !paths.is_empty())
                .unwrap_or_else(|| of(Split::Train)),
        };
        match picked.1.is_empty() {
            true => Err(self.no_split(picked.0)),
            false => Ok(picked),
        }
    }

    fn no_split(&self, wanted: Split) -> DataError {
        DataError::Split {
            path: self.path.clone(),
            wanted,
        }
    }

    fn unknown(&self, found: String) -> DataError {
        DataError::Layout {
            path: self.path.clone(),
            found,
        }
    }
}
