//! What is done to an image before a network sees it.

use serde::{Deserialize, Serialize};

use super::{DataError, Image, resize};
use crate::nn::Shape;

/// Largest side that is resized to or cropped.
const MAX_SIDE: usize = 8192;

/// x ↦ (x/255 − mean)/deviation in every channel, in f32 and in this order of operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Normalization {
    mean: Vec<f32>,
    std: Vec<f32>,
}

/// A normalisation that is not checked yet.
#[derive(Deserialize)]
struct Stored {
    mean: Vec<f32>,
    std: Vec<f32>,
}

impl TryFrom<Stored> for Normalization {
    type Error = DataError;

    fn try_from(stored: Stored) -> Result<Self, DataError> {
        Self::new(&stored.mean, &stored.std)
    }
}

impl Normalization {
    /// A mean and a standard deviation for each channel, on the scale of pixels in \[0, 1\].
    ///
    /// # Errors
    /// [`DataError::Preprocessing`] unless there are as many of both, 1 or 3, the means finite and the deviations positive
    /// and finite.
    pub fn new(mean: &[f32], std: &[f32]) -> Result<Self, DataError> {
        let refused = |field, found: &[f32], need| DataError::Preprocessing {
            field,
            found: format!("{found:?}"),
            need,
        };
        if ![1, 3].contains(&mean.len()) || mean.iter().any(|m| !m.is_finite()) {
            let need = "give one finite mean for grey images, three for colour";
            return Err(refused("mean", mean, need));
        }
        if std.len() != mean.len() || std.iter().any(|s| !(s.is_normal() && *s > 0.0)) {
            let need = "give a positive deviation for each mean";
            return Err(refused("std", std, need));
        }
        Ok(Self {
            mean: mean.to_vec(),
            std: std.to_vec(),
        })
    }

    /// Mean (.485, .456, .406), deviation (.229, .224, .225): ImageNet's, and what most published weights of colour images
    /// expect, those of CIFAR included.
    #[must_use]
    pub fn imagenet() -> Self {
        Self {
            mean: vec![0.485, 0.456, 0.406],
            std: vec![0.229, 0.224, 0.225],
        }
    }

    /// Mean .1307, deviation .3081.
    #[must_use]
    pub fn mnist() -> Self {
        Self {
            mean: vec![0.1307],
            std: vec![0.3081],
        }
    }

    /// x ↦ x/255.
    #[must_use]
    pub fn none(channels: usize) -> Self {
        Self {
            mean: vec![0.0; channels],
            std: vec![1.0; channels],
        }
    }

    /// Mean of each channel.
    #[must_use]
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Standard deviation of each channel.
    #[must_use]
    pub fn std(&self) -> &[f32] {
        &self.std
    }

    /// Image of every byte, channel by channel.
    fn tables(&self) -> impl Iterator<Item = [f32; 256]> {
        let value = |byte: usize, mean, std| (byte as f32 / 255.0 - mean) / std;
        let both = self.mean.iter().zip(&self.std);
        both.map(move |(m, s)| std::array::from_fn(|byte| value(byte, *m, *s)))
    }
}

/// Resizing, a crop of the centre, and a normalisation, in this order.
///
/// ```
/// use equiripple::nn::data::{Normalization, Preprocessing};
/// let imagenet = Preprocessing::new(Normalization::imagenet()).resized(256)?.cropped(224)?;
/// assert_eq!(imagenet, Preprocessing::imagenet());
/// # Ok::<(), equiripple::nn::data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredPreprocessing")]
pub struct Preprocessing {
    resize: Option<usize>,
    crop: Option<usize>,
    #[serde(flatten)]
    normalization: Normalization,
}

/// The same, not checked yet.
#[derive(Deserialize)]
struct StoredPreprocessing {
    resize: Option<usize>,
    crop: Option<usize>,
    #[serde(flatten)]
    normalization: Normalization,
}

impl TryFrom<StoredPreprocessing> for Preprocessing {
    type Error = DataError;

    fn try_from(stored: StoredPreprocessing) -> Result<Self, DataError> {
        let mut preprocessing = Self::new(stored.normalization);
        if let Some(side) = stored.resize {
            preprocessing = preprocessing.resized(side)?;
        }
        if let Some(side) = stored.crop {
            preprocessing = preprocessing.cropped(side)?;
        }
        Ok(preprocessing)
    }
}

impl Preprocessing {
    /// A normalisation alone: images keep their size.
    #[must_use]
    pub fn new(normalization: Normalization) -> Self {
        Self {
            resize: None,
            crop: None,
            normalization,
        }
    }

    /// What networks of so many channels expect where nothing else is known of them: a normalisation alone, MNIST's for
    /// one channel and otherwise ImageNet's.
    #[must_use]
    pub fn usual(channels: usize) -> Self {
        Self::new(match channels {
            1 => Normalization::mnist(),
            _ => Normalization::imagenet(),
        })
    }

    /// What ImageNet's published weights expect: short side 256, centre 224×224, [`Normalization::imagenet`].
    #[must_use]
    pub fn imagenet() -> Self {
        Self {
            resize: Some(256),
            crop: Some(224),
            normalization: Normalization::imagenet(),
        }
    }

    /// Resizes the short side to `side`, the long one to ⌊side·long/short⌋, by a triangle filter that grows with the
    /// reduction: antialiased bilinear. Bytes are Pillow's but for ties of rounding, fewer than 1 % of them, which go up
    /// by 1.
    ///
    /// # Errors
    /// [`DataError::Preprocessing`] unless 1 ≤ `side` ≤ 8192.
    pub fn resized(self, side: usize) -> Result<Self, DataError> {
        check_side("resize", side)?;
        Ok(Self {
            resize: Some(side),
            ..self
        })
    }

    /// Crops the centre of `side`×`side` pixels; where the margin is odd, its half is rounded to the even number, as
    /// torchvision does.
    ///
    /// # Errors
    /// [`DataError::Preprocessing`] unless 1 ≤ `side` ≤ 8192.
    pub fn cropped(self, side: usize) -> Result<Self, DataError> {
        check_side("crop", side)?;
        Ok(Self {
            crop: Some(side),
            ..self
        })
    }

    /// With a crop of the side that a network takes, where pictures are resized to no less and a crop of another side is the
    /// usual one.
    ///
    /// ```
    /// use equiripple::nn::{Shape, data::Preprocessing};
    /// let fitted = |side: usize| Preprocessing::imagenet().fitted(&Shape::from([3, side, side])).crop();
    /// assert_eq!((fitted(227), fitted(512)), (Some(227), Some(224)));
    /// ```
    #[must_use]
    pub fn fitted(&self, image: &Shape) -> Self {
        let side = image.image().filter(|[_, height, width]| height == width);
        let fits = |side: &usize| self.resize.is_some_and(|resize| *side <= resize);
        let side = side.map(|[_, side, _]| side).filter(fits);
        Self {
            crop: self.crop.map(|usual| side.unwrap_or(usual)),
            ..self.clone()
        }
    }

    /// With another normalisation.
    #[must_use]
    pub fn normalized(self, normalization: Normalization) -> Self {
        Self {
            normalization,
            ..self
        }
    }

    /// The short side after resizing.
    #[must_use]
    pub fn resize(&self) -> Option<usize> {
        self.resize
    }

    /// Side of the crop.
    #[must_use]
    pub fn crop(&self) -> Option<usize> {
        self.crop
    }

    /// What is done to the values.
    #[must_use]
    pub fn normalization(&self) -> &Normalization {
        &self.normalization
    }

    /// Resizes and crops, without the normalisation. `origin` names the image in errors.
    pub(super) fn shaped(
        &self,
        mut image: Image,
        origin: &dyn Fn() -> String,
    ) -> Result<Image, DataError> {
        if let Some(side) = self.resize {
            image = resize::short_side(image, side, origin)?;
        }
        if let Some(side) = self.crop {
            image = resize::centre(image, side, origin)?;
        }
        let (found, need) = (image.channels(), self.normalization.mean.len());
        if found == need {
            return Ok(image);
        }
        // Grey pictures are read as colour.
        if let Some(grey) = image.grey().filter(|_| need == 1) {
            return Ok(grey);
        }
        Err(DataError::Channels {
            origin: origin(),
            found,
            need,
        })
    }

    /// Writes the normalised values of a shaped image, channel after channel. Pre: `out` has as many places.
    pub(super) fn normalize(&self, image: &Image, out: &mut [f32]) {
        let area = image.width() * image.height();
        let planes = out.chunks_mut(area).zip(self.normalization.tables());
        for (c, (plane, table)) in planes.enumerate() {
            let bytes = image.pixels().iter().skip(c).step_by(image.channels());
            for (value, byte) in plane.iter_mut().zip(bytes) {
                *value = table[usize::from(*byte)];
            }
        }
    }
}

fn check_side(field: &'static str, side: usize) -> Result<(), DataError> {
    if (1..=MAX_SIDE).contains(&side) {
        return Ok(());
    }
    Err(DataError::Preprocessing {
        field,
        found: side.to_string(),
        need: "give a side of 1 to 8192 pixels",
    })
}
