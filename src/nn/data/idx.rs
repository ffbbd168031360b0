//! idx files, as MNIST and its kin ship: plain, or compressed by gzip.
//!
//! Images: 0x00000803, then number, rows and columns as big-endian u32, then bytes; labels: 0x00000801, number, bytes.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use super::{
    DataError, Dataset, Image, Normalization, Preprocessing, Reader, Split, dataset::Sample,
    folder::name, image::MAX_PIXELS,
};

const IMAGES: u32 = 0x803;
const LABELS: u32 = 0x801;
/// MNIST, Fashion-MNIST and KMNIST have ten.
const CLASSES: usize = 10;
/// Deflate expands 1032 times at most.
const EXPANSION: u64 = 1032;

/// The split of a file of images, by its name; nothing for other files.
pub(super) fn split_of(path: &Path) -> Option<Split> {
    let name = name(path);
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let prefix = ["images-idx3-ubyte", "images.idx3-ubyte"]
        .iter()
        .find_map(|end| stem.strip_suffix(end))?;
    match prefix.trim_end_matches(['-', '_', '.']) {
        "train" => Some(Split::Train),
        "t10k" | "test" => Some(Split::Test),
        _ => None,
    }
}

/// The labels that go with images: the same name, compressed or not.
fn labels_of(images: &Path) -> Option<PathBuf> {
    let name = name(images);
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let labels = stem.replace("images", "labels").replace("idx3", "idx1");
    let plain = images.with_file_name(&labels);
    let packed = images.with_file_name(format!("{labels}.gz"));
    [plain, packed].into_iter().find(|path| path.is_file())
}

/// Images with the labels beside them; without labels where there is no file of them.
pub(super) fn open(images: &Path, split: Split) -> Result<Dataset, DataError> {
    let (header, pixels) = read::<3>(images, IMAGES)?;
    let [count, rows, columns] = header.map(|n| n as usize);
    let area = rows.saturating_mul(columns);
    if !(1..=MAX_PIXELS).contains(&area) {
        return Err(DataError::Sides {
            path: images.to_path_buf(),
            columns,
            rows,
        });
    }
    let mut digits = Digits {
        path: images.to_path_buf(),
        rows,
        columns,
        count,
        pixels,
        labels: None,
    };
    let mut names = vec![];
    if let Some(path) = labels_of(images) {
        let ([labels], bytes) = read::<1>(&path, LABELS)?;
        if labels as usize != count {
            return Err(DataError::Labels {
                path,
                labels: labels.into(),
                images: count as u64,
            });
        }
        digits.labels = Some(bytes);
        names = (0..CLASSES).map(|class| class.to_string()).collect();
    }
    let preprocessing = Preprocessing::new(Normalization::mnist());
    Ok(Dataset::new("MNIST", names, preprocessing, digits)?.of_split(Some(split)))
}

/// The D sizes of a file and its bytes, as many as their product says.
fn read<const D: usize>(path: &Path, magic: u32) -> Result<([u32; D], Vec<u8>), DataError> {
    let file = File::open(path).map_err(DataError::io(path))?;
    let size = file.metadata().map_err(DataError::io(path))?.len();
    let packed = path.extension().is_some_and(|e| e == "gz");
    let failed = |reason: std::io::Error| match packed {
        true => DataError::Gzip {
            path: path.to_path_buf(),
            reason,
        },
        false => DataError::io(path)(reason),
    };
    let file = BufReader::new(file);
    let (mut bytes, most): (Box<dyn Read>, u64) = match packed {
        true => (
            Box::new(MultiGzDecoder::new(file)),
            size.saturating_mul(EXPANSION),
        ),
        false => (Box::new(file), size),
    };
    let short = |found, need| DataError::Length {
        path: path.to_path_buf(),
        found,
        need,
    };
    let mut head = vec![];
    let head_bytes = 4 + 4 * D as u64;
    (&mut bytes)
        .take(head_bytes)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let mut words = head.chunks_exact(4).map(|w| {
        w.iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
    });
    match words.next() {
        Some(found) if found == magic => {}
        Some(found) => {
            return Err(DataError::Magic {
                path: path.to_path_buf(),
                found,
                need: magic,
            });
        }
        None => return Err(short(head.len() as u64, format!("{head_bytes} begin it"))),
    }
    let sizes: Vec<u32> = words.collect();
    let Ok(sizes) = <[u32; D]>::try_from(sizes) else {
        return Err(short(head.len() as u64, format!("{head_bytes} begin it")));
    };
    let product = sizes
        .iter()
        .try_fold(1u64, |p, n| p.checked_mul((*n).into()));
    let claimed = format!("its header says {head_bytes} + {sizes:?} multiplied");
    // Nothing is allocated for more than the file can hold.
    let body = product.filter(|body| body.saturating_add(head_bytes) <= most);
    let Some(body) = body else {
        return Err(short(size, claimed));
    };
    let mut content = vec![];
    // One byte more shows whether anything follows.
    (&mut bytes)
        .take(body + 1)
        .read_to_end(&mut content)
        .map_err(failed)?;
    if content.len() as u64 == body {
        return Ok((sizes, content));
    }
    let found = match packed {
        true => head_bytes + content.len() as u64,
        false => size,
    };
    Err(short(found, format!("{claimed} ({})", head_bytes + body)))
}

/// Invariant: rows and columns are not 0.
#[derive(Debug)]
struct Digits {
    path: PathBuf,
    rows: usize,
    columns: usize,
    count: usize,
    pixels: Vec<u8>,
    labels: Option<Vec<u8>>,
}

impl Reader for Digits {
    fn count(&self) -> usize {
        self.count
    }

    fn sample(&self, index: usize) -> Result<Sample, DataError> {
        let mut images = self.pixels.chunks_exact(self.rows * self.columns);
        let pixels = images.nth(index).unwrap_or_default().to_vec();
        let labels = self.labels.as_ref();
        Ok(Sample {
            label: labels.and_then(|l| l.get(index)).map(|l| u32::from(*l)),
            image: Image::new(self.columns, self.rows, 1, pixels)?,
        })
    }

    fn origin(&self, index: usize) -> String {
        format!("image {index} of {}", self.path.display())
    }
}
