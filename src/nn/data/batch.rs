//! Images as a network takes them.

use std::ops::Range;

use rayon::prelude::*;

use super::{DataError, Dataset, Image, Preprocessing};

/// Normalised images and their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Values of all images, in the layout of `shape`: the last index runs fastest.
    pub images: Vec<f32>,
    /// \[N, C, H, W\]: images, channels, rows, columns.
    pub shape: [usize; 4],
    /// Class of each image, where it is known.
    pub labels: Vec<Option<u32>>,
}

impl Batch {
    /// The values of one image, in the layout \[C, H, W\].
    #[must_use]
    pub fn image(&self, index: usize) -> Option<&[f32]> {
        let [_, c, h, w] = self.shape;
        self.images.chunks_exact((c * h * w).max(1)).nth(index)
    }

    /// Reads images that are there.
    pub(super) fn read(
        data: &Dataset,
        images: Range<usize>,
        preprocessing: &Preprocessing,
    ) -> Result<Self, DataError> {
        let prepare = |index| -> Result<_, DataError> {
            let sample = data.sample(index)?;
            let image = preprocessing.shaped(sample.image, &|| data.origin(index))?;
            Ok((sample.label, image))
        };
        if images.is_empty() {
            return Ok(Self {
                images: vec![],
                shape: [0; 4],
                labels: vec![],
            });
        }
        // The first image fixes the shape of all, so that each is written where it belongs as soon as it is decoded.
        let (first, count) = (images.start, images.len());
        let (label, image) = prepare(first)?;
        let one @ [c, h, w] = shape(&image);
        let mut batch = Self {
            images: zeros([count, c, h, w])?,
            shape: [count, c, h, w],
            labels: vec![None; count],
        };
        let write = |(offset, (out, place)): (usize, (&mut [f32], &mut Option<u32>))| {
            let index = first + offset;
            let (label, image) = match offset {
                0 => (label, image.clone()),
                _ => prepare(index)?,
            };
            if shape(&image) != one {
                return Err(DataError::Shape {
                    origin: data.origin(index),
                    found: shape(&image),
                    need: one,
                });
            }
            preprocessing.normalize(&image, out);
            *place = label;
            Ok(())
        };
        let places = batch.images.par_chunks_mut(c * h * w);
        let places = places.zip(&mut batch.labels).enumerate();
        // All outcomes are waited for: which error is told must not depend on who comes first.
        let done: Vec<Result<(), DataError>> = places.map(write).collect();
        done.into_iter().collect::<Result<(), _>>()?;
        Ok(batch)
    }
}

/// \[C, H, W\].
fn shape(image: &Image) -> [usize; 3] {
    [image.channels(), image.height(), image.width()]
}

/// Zeros, unless there is no room for them.
fn zeros(shape: [usize; 4]) -> Result<Vec<f32>, DataError> {
    let refused = || DataError::Memory { shape };
    let product = shape.iter().try_fold(1usize, |p, n| p.checked_mul(*n));
    let len = product.ok_or_else(refused)?;
    let mut values = vec![];
    values.try_reserve_exact(len).map_err(|_| refused())?;
    values.resize(len, 0.0);
    Ok(values)
}
