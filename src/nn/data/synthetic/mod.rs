//! Images made from a seed, for tests and demonstrations.
//!
//! Class c shows figure c mod 10 ([`figure`]) on texture ⌊c/10⌋ ([`texture`]), with place, size, colours and noise drawn
//! anew for each image. Image i has class i mod `classes`, so the first images are a fair sample.
//!
//! Invariant: the same bits everywhere. The only operations on reals are those that IEEE 754 rounds correctly, each image has
//! a stream of ChaCha8 of its own, and no sine is taken.

mod draw;
mod figure;
mod literal;
mod texture;

use super::{
    DataError, Dataset, Image, Normalization, Preprocessing, Reader, Split, dataset::Sample,
};
use draw::Draw;

/// Bounds of the numbers of a [`Synthetic`].
const MAX_CLASSES: usize = figure::NAMES.len() * texture::NAMES.len();
const SIZES: [usize; 2] = [8, 1024];
const MAX_IMAGES: usize = u32::MAX as usize;

/// A data set that is made, not read.
///
/// ```
/// use equiripple::nn::data::{Split, Synthetic};
/// let literal = Synthetic { classes: 4, size: 16, images: 100, ..Synthetic::default() };
/// let data = literal.dataset(Split::Train)?;
/// assert_eq!(data.sample(6)?.label, Some(2));
/// # Ok::<(), equiripple::nn::data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synthetic {
    /// Number of classes, 2 to 90.
    pub classes: usize,
    /// Rows and columns, 8 to 1024.
    pub size: usize,
    /// 1 for grey, 3 for colour.
    pub channels: usize,
    /// What the images are drawn from.
    pub seed: u64,
    /// Number of images.
    pub images: usize,
}

impl Default for Synthetic {
    fn default() -> Self {
        Self {
            classes: 10,
            size: 32,
            channels: 3,
            seed: 1,
            images: 1000,
        }
    }
}

impl Synthetic {
    /// The data set; its two splits have no image in common.
    ///
    /// # Errors
    /// [`DataError::Synthetic`] when a number is out of its range.
    pub fn dataset(self, split: Split) -> Result<Dataset, DataError> {
        let refused = |reason: String| DataError::Synthetic {
            found: self.to_string(),
            reason,
        };
        let ranges = [
            ("classes", self.classes, [2, MAX_CLASSES]),
            ("size", self.size, SIZES),
            ("images", self.images, [1, MAX_IMAGES]),
        ];
        for (field, found, [min, max]) in ranges {
            if !(min..=max).contains(&found) {
                return Err(refused(format!(
                    "{field} = {found} is outside {min} to {max}"
                )));
            }
        }
        let normalization = match self.channels {
            1 => Normalization::mnist(),
            3 => Normalization::imagenet(),
            other => return Err(refused(format!("channels = {other} is neither 1 nor 3"))),
        };
        let names = (0..self.classes).map(class_name).collect();
        let preprocessing = Preprocessing::new(normalization);
        let reader = Drawn {
            literal: self,
            split,
        };
        let data = Dataset::new("synthetic", names, preprocessing, reader)?;
        Ok(data.of_split(Some(split)))
    }
}

/// Such as "ring" or "ring on fine rows".
fn class_name(class: usize) -> String {
    let (texture, figure) = (class / figure::NAMES.len(), class % figure::NAMES.len());
    match texture {
        0 => figure::NAMES[figure].into(),
        _ => format!("{} on {}", figure::NAMES[figure], texture::NAMES[texture]),
    }
}

#[derive(Debug)]
struct Drawn {
    literal: Synthetic,
    split: Split,
}

impl Reader for Drawn {
    fn count(&self) -> usize {
        self.literal.images
    }

    fn sample(&self, index: usize) -> Result<Sample, DataError> {
        let Synthetic {
            classes,
            size,
            channels,
            seed,
            ..
        } = self.literal;
        let class = index % classes;
        let pixels = Draw::new(seed, self.split, index).image(class, size, channels);
        Ok(Sample {
            label: u32::try_from(class).ok(),
            image: Image::new(size, size, channels, pixels)?,
        })
    }

    fn origin(&self, index: usize) -> String {
        format!("image {index} of {}", self.literal)
    }
}
