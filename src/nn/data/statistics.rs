//! What a data set holds, in numbers.

use rayon::prelude::*;
use serde::Serialize;

use super::{DataError, Dataset, Image};

/// Images read between two reports of progress.
const STEP: usize = 64;

/// Counts, sizes and moments of images as they are stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistics {
    /// Number of images.
    pub images: usize,
    /// Images of each class, in the order of labels.
    pub histogram: Vec<u64>,
    /// Images without a label.
    pub unlabelled: u64,
    /// Least and most pixels of a row.
    pub width: [usize; 2],
    /// Least and most rows.
    pub height: [usize; 2],
    /// Mean of each channel over all pixels of all images, in \[0, 1\].
    pub mean: Vec<f64>,
    /// Standard deviation about that mean.
    pub std: Vec<f64>,
}

impl Statistics {
    /// Reads all images of a data set; `progress` is told how many are done.
    ///
    /// # Errors
    /// When an image cannot be read, or has other channels than the first.
    pub fn of(data: &Dataset, progress: &dyn Fn(usize)) -> Result<Self, DataError> {
        let first = data.sample(0)?.image;
        let mut sums = vec![Sums::default(); first.channels()];
        let mut found = Self {
            images: data.len(),
            histogram: vec![0; data.classes().len()],
            unlabelled: 0,
            width: [first.width(); 2],
            height: [first.height(); 2],
            mean: vec![],
            std: vec![],
        };
        for start in (0..data.len()).step_by(STEP) {
            let end = start.saturating_add(STEP).min(data.len());
            let read = |index| {
                let sample = data.sample(index)?;
                let size = (sample.image.width(), sample.image.height());
                Ok((sample.label, size, Sums::of(&sample.image)))
            };
            let done: Vec<Result<_, DataError>> = (start..end).into_par_iter().map(read).collect();
            for (index, outcome) in (start..end).zip(done) {
                let (label, (width, height), parts) = outcome?;
                if parts.len() != sums.len() {
                    return Err(DataError::Channels {
                        origin: data.origin(index),
                        found: parts.len(),
                        need: sums.len(),
                    });
                }
                sums.iter_mut()
                    .zip(&parts)
                    .for_each(|(sum, part)| sum.add(part));
                found.width = widened(found.width, width);
                found.height = widened(found.height, height);
                // A label beyond the classes was refused when the image was read.
                match label.and_then(|l| found.histogram.get_mut(l as usize)) {
                    Some(count) => *count += 1,
                    None => found.unlabelled += 1,
                }
            }
            progress(end);
        }
        (found.mean, found.std) = sums.iter().map(Sums::moments).unzip();
        Ok(found)
    }
}

fn widened([min, max]: [usize; 2], x: usize) -> [usize; 2] {
    [min.min(x), max.max(x)]
}

/// Exact sums of bytes: the order in which images come does not matter.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    sum: u64,
    squares: u128,
}

impl Sums {
    /// For each channel.
    fn of(image: &Image) -> Vec<Self> {
        let mut sums = vec![Self::default(); image.channels()];
        for pixel in image.pixels().chunks_exact(image.channels()) {
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                let x = u64::from(*byte);
                sum.count += 1;
                sum.sum += x;
                sum.squares += u128::from(x * x);
            }
        }
        sums
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Mean and standard deviation of byte/255.
    fn moments(&self) -> (f64, f64) {
        let n = self.count as f64;
        let mean = self.sum as f64 / n;
        // n·Σx² − (Σx)² is exact, so nothing cancels.
        let spread = u128::from(self.count) * self.squares - u128::from(self.sum).pow(2);
        (mean / 255.0, (spread as f64).sqrt() / n / 255.0)
    }
}
