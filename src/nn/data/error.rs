//! What is wrong with data, or with what is asked of them.

use std::path::PathBuf;

use thiserror::Error;

/// Why data cannot be read or prepared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The operating system refuses.
    #[error("cannot read {}: {reason}; check the path and its permissions", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        reason: std::io::Error,
    },
    /// Nothing is there.
    #[error("{place} holds no image; give data that hold at least one")]
    Empty {
        /// Where there should be images.
        place: String,
    },
    /// A folder or file of no known kind.
    #[error(
        "{} is no data set that is known here: {found}; looked for CIFAR batches (test_batch.bin, data_batch_1.bin, test.bin, train.bin), idx files (*images-idx3-ubyte, *labels-idx1-ubyte, plain or .gz), folders train, val or test, a folder a class, and PNG or JPEG files",
        path.display()
    )]
    Layout {
        /// What was looked at.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// The split that was asked for is not there.
    #[error("{} has no images marked as {wanted}; leave the split out, or ask for the other", path.display())]
    Split {
        /// The data set.
        path: PathBuf,
        /// What was asked for.
        wanted: super::Split,
    },
    /// A file with too few or too many bytes.
    #[error(
        "{} has {found} bytes where {need}: it was cut off or is damaged; get it again",
        path.display()
    )]
    Length {
        /// The file.
        path: PathBuf,
        /// Its bytes.
        found: u64,
        /// What they should be.
        need: String,
    },
    /// A file that starts as no file of its kind does.
    #[error(
        "{} starts with {found:#010x} where {need:#010x} is expected; it is damaged or something else: get it again",
        path.display()
    )]
    Magic {
        /// The file.
        path: PathBuf,
        /// Its first four bytes.
        found: u32,
        /// What they should be.
        need: u32,
    },
    /// A file whose images have no pixels, or more than there can be.
    #[error(
        "{} claims images of {columns}×{rows} pixels, and 1 to 2^26 pixels are possible; it is damaged: get it again",
        path.display()
    )]
    Sides {
        /// The file.
        path: PathBuf,
        /// Pixels of a row.
        columns: usize,
        /// Rows.
        rows: usize,
    },
    /// Compressed bytes that do not decompress.
    #[error("{} cannot be decompressed: {reason}; get it again", path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: std::io::Error,
    },
    /// A picture that cannot be decoded.
    #[error("{} is no readable PNG or JPEG: {reason}; replace or remove it", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Numbers of images and of labels that differ.
    #[error(
        "{} has {labels} labels for the {images} images beside it; get both again",
        path.display()
    )]
    Labels {
        /// File of the labels.
        path: PathBuf,
        /// How many there are.
        labels: u64,
        /// How many images there are.
        images: u64,
    },
    /// Names of classes of another number.
    #[error(
        "{} names {found} classes where the data have {need}; correct or remove it",
        path.display()
    )]
    ClassNames {
        /// File of the names.
        path: PathBuf,
        /// How many it names.
        found: usize,
        /// How many there are.
        need: usize,
    },
    /// A label beyond the classes.
    #[error(
        "{origin} has label {found}, and there are {classes} classes, 0 to {last}; the data are damaged: get them again",
        last = classes.saturating_sub(1)
    )]
    Label {
        /// The image.
        origin: String,
        /// Its label.
        found: u32,
        /// Number of classes.
        classes: usize,
    },
    /// Sides, channels and bytes that make no image.
    #[error(
        "{bytes} bytes are no image of {width}×{height} pixels and {channels} channels; sides start at 1, pixels end at 2^26, channels are 1 or 3"
    )]
    Image {
        /// Pixels of a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Channels.
        channels: usize,
        /// Bytes that were given.
        bytes: usize,
    },
    /// An image of another shape than the first of its batch.
    #[error(
        "{origin} has shape {found:?} (channels, height, width), and its batch began with {need:?}; resize and crop, so that all have one size"
    )]
    Shape {
        /// The image.
        origin: String,
        /// Its shape.
        found: [usize; 3],
        /// What the batch needs.
        need: [usize; 3],
    },
    /// An image smaller than the crop.
    #[error(
        "{origin} has {width}×{height} pixels, less than the crop of {crop}×{crop}; crop less, or resize to {crop} at least"
    )]
    Crop {
        /// The image.
        origin: String,
        /// Pixels of a row, after resizing.
        width: usize,
        /// Rows, after resizing.
        height: usize,
        /// Side of the crop.
        crop: usize,
    },
    /// An image that resizing would make too large.
    #[error(
        "{origin} would have {width}×{height} pixels after resizing, and at most {max} are allowed; resize to less, or remove it"
    )]
    Resize {
        /// The image.
        origin: String,
        /// Pixels of a row, after resizing.
        width: usize,
        /// Rows, after resizing.
        height: usize,
        /// Most pixels.
        max: usize,
    },
    /// A normalisation for other channels.
    #[error(
        "{origin} has {found} channels where {need} are needed; give a mean and a deviation for each channel, and images of one kind"
    )]
    Channels {
        /// The image.
        origin: String,
        /// Its channels.
        found: usize,
        /// Those of the normalisation, or of the images before.
        need: usize,
    },
    /// A preprocessing that makes no sense.
    #[error("{field} = {found} is out of range; {need}")]
    Preprocessing {
        /// What is refused.
        field: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        need: &'static str,
    },
    /// An image that is not there.
    #[error("images {start} to {end} are asked for, and there are {len}; ask for less")]
    Range {
        /// First image.
        start: usize,
        /// One after the last.
        end: usize,
        /// How many there are.
        len: usize,
    },
    /// A batch that does not fit the memory.
    #[error("a batch of shape {shape:?} does not fit the memory; take fewer images at once")]
    Memory {
        /// \[N, C, H, W\].
        shape: [usize; 4],
    },
    /// A contact sheet that cannot be made.
    #[error("no contact sheet can be drawn: {reason}; ask for fewer images")]
    Sheet {
        /// What is wrong.
        reason: String,
    },
    /// A synthetic data set that cannot be made.
    #[error(
        "`{found}` makes no synthetic data: {reason}; write synthetic:classes=10,size=32,seed=1,images=1000 (each may be left out, and channels=1 or 3 added)"
    )]
    Synthetic {
        /// As given.
        found: String,
        /// What is wrong.
        reason: String,
    },
}

impl DataError {
    /// Names the file of an error of the operating system.
    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |reason| Self::Io { path, reason }
    }
}
