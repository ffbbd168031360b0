//! The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009).
//!
//! A file is records without a header. CIFAR-10: 1 byte of label, 3072 of pixels; CIFAR-100: 1 byte of coarse label, which is
//! skipped, 1 of fine label, 3072 of pixels. Pixels are 32×32, red plane, green plane, blue plane.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    DataError, Dataset, Image, Normalization, Preprocessing, Reader, Split, dataset::Sample,
};

const SIDE: usize = 32;
const PIXELS: usize = 3 * SIDE * SIDE;

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cifar {
    Ten,
    Hundred,
}

impl Cifar {
    /// By the name of a batch.
    pub(super) fn of_file(name: &str) -> Option<(Self, Split)> {
        match name {
            "test_batch.bin" => Some((Self::Ten, Split::Test)),
            "test.bin" => Some((Self::Hundred, Split::Test)),
            "train.bin" => Some((Self::Hundred, Split::Train)),
            _ => {
                let number = name.strip_prefix("data_batch_")?.strip_suffix(".bin")?;
                number.parse::<u32>().ok()?;
                Some((Self::Ten, Split::Train))
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ten => "CIFAR-10",
            Self::Hundred => "CIFAR-100",
        }
    }

    fn classes(self) -> usize {
        match self {
            Self::Ten => 10,
            Self::Hundred => 100,
        }
    }

    /// Bytes before the pixels; the last of them is the label.
    fn head(self) -> usize {
        match self {
            Self::Ten => 1,
            Self::Hundred => 2,
        }
    }

    fn record(self) -> usize {
        self.head() + PIXELS
    }

    /// Names of the classes: those of the file that comes with the data, or the numbers where it is missing.
    fn class_names(self, folder: &Path) -> Result<Vec<String>, DataError> {
        let file = match self {
            Self::Ten => "batches.meta.txt",
            Self::Hundred => "fine_label_names.txt",
        };
        let (path, need) = (folder.join(file), self.classes());
        if !path.is_file() {
            return Ok((0..need).map(|class| class.to_string()).collect());
        }
        let text = fs::read_to_string(&path).map_err(DataError::io(&path))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let names: Vec<String> = lines.map(String::from).collect();
        if names.len() == need {
            return Ok(names);
        }
        Err(DataError::ClassNames {
            path,
            found: names.len(),
            need,
        })
    }

    /// Reads batches, one after the other. Pre: all are of one folder.
    pub(super) fn open(self, files: &[PathBuf], split: Split) -> Result<Dataset, DataError> {
        let folder = files.first().and_then(|file| file.parent());
        let names = self.class_names(folder.unwrap_or(Path::new("")))?;
        let batches: Result<_, _> = files.iter().map(|path| self.read(path)).collect();
        let records = Records {
            cifar: self,
            batches: batches?,
        };
        let preprocessing = Preprocessing::new(Normalization::imagenet());
        let data = Dataset::new(self.name(), names, preprocessing, records)?;
        Ok(data.of_split(Some(split)))
    }

    fn read(self, path: &Path) -> Result<Batch, DataError> {
        let bytes = fs::read(path).map_err(DataError::io(path))?;
        if bytes.is_empty() || bytes.len() % self.record() != 0 {
            return Err(DataError::Length {
                path: path.to_path_buf(),
                found: bytes.len() as u64,
                need: format!("a positive multiple of {} is expected", self.record()),
            });
        }
        Ok(Batch {
            path: path.to_path_buf(),
            bytes,
        })
    }
}

/// A whole file.
#[derive(Debug)]
struct Batch {
    path: PathBuf,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Records {
    cifar: Cifar,
    batches: Vec<Batch>,
}

impl Records {
    /// The batch with an image, and the image's place in it.
    fn find(&self, mut index: usize) -> Option<(&Batch, usize)> {
        for batch in &self.batches {
            let count = batch.bytes.len() / self.cifar.record();
            if index < count {
                return Some((batch, index));
            }
            index -= count;
        }
        None
    }
}

impl Reader for Records {
    fn count(&self) -> usize {
        let bytes: usize = self.batches.iter().map(|batch| batch.bytes.len()).sum();
        bytes / self.cifar.record()
    }

    fn sample(&self, index: usize) -> Result<Sample, DataError> {
        let found = self.find(index);
        let record =
            found.and_then(|(batch, i)| batch.bytes.chunks_exact(self.cifar.record()).nth(i));
        let Some((head, pixels)) = record.map(|bytes| bytes.split_at(self.cifar.head())) else {
            return Err(DataError::Range {
                start: index,
                end: index.saturating_add(1),
                len: self.count(),
            });
        };
        Ok(Sample {
            label: head.last().map(|label| u32::from(*label)),
            image: Image::from_planes(SIDE, SIDE, 3, pixels)?,
        })
    }

    fn origin(&self, index: usize) -> String {
        match self.find(index) {
            Some((batch, i)) => format!("record {i} of {}", batch.path.display()),
            None => format!("image {index}"),
        }
    }
}
