//! One image in memory.

use std::ops::Range;

use super::DataError;

/// Most pixels an image may have here, before and after resizing: 2^26, larger than any photograph of a data set.
pub(super) const MAX_PIXELS: usize = 1 << 26;

/// An image of 8 bits a channel: rows from the top, pixels from the left, channels of a pixel side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    width: usize,
    height: usize,
    channels: usize,
    pixels: Vec<u8>,
}

impl Image {
    /// An image of height·width·channels bytes.
    ///
    /// # Errors
    /// [`DataError::Image`] when a side is 0 or larger than 2^26 pixels allow, the channels are neither 1 nor 3, or the
    /// number of bytes is another.
    pub fn new(
        width: usize,
        height: usize,
        channels: usize,
        pixels: Vec<u8>,
    ) -> Result<Self, DataError> {
        let allowed = width.checked_mul(height).filter(|n| *n <= MAX_PIXELS);
        match allowed {
            Some(n) if n > 0 && [1, 3].contains(&channels) && pixels.len() == n * channels => {
                Ok(Self {
                    width,
                    height,
                    channels,
                    pixels,
                })
            }
            _ => Err(DataError::Image {
                width,
                height,
                channels,
                bytes: pixels.len(),
            }),
        }
    }

    /// The same from channels one after the other, as CIFAR stores them.
    pub(super) fn from_planes(
        width: usize,
        height: usize,
        channels: usize,
        planes: &[u8],
    ) -> Result<Self, DataError> {
        let area = width.saturating_mul(height).max(1);
        let mut pixels = vec![0; planes.len()];
        for (c, plane) in planes.chunks(area).enumerate() {
            let places = pixels.iter_mut().skip(c).step_by(channels.max(1));
            for (place, value) in places.zip(plane) {
                *place = *value;
            }
        }
        Self::new(width, height, channels, pixels)
    }

    /// Pixels of a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// 1 for grey, 3 for red, green and blue.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// All bytes, shape \[height, width, channels\].
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One channel in place of three that are the same.
    pub(super) fn grey(&self) -> Option<Self> {
        let mut pixels = self.pixels.chunks_exact(3);
        let same = self.channels == 3 && pixels.all(|p| p[0] == p[1] && p[1] == p[2]);
        same.then(|| Self {
            width: self.width,
            height: self.height,
            channels: 1,
            pixels: self.pixels.iter().copied().step_by(3).collect(),
        })
    }

    /// The part of a rectangle, every pixel as a square of `enlarge`². Pre: the rectangle lies inside and is not empty.
    pub(super) fn gather(&self, columns: Range<usize>, rows: Range<usize>, enlarge: usize) -> Self {
        let repeat = |range: Range<usize>| range.flat_map(move |n| std::iter::repeat_n(n, enlarge));
        let row = self.width * self.channels;
        let mut pixels =
            Vec::with_capacity(columns.len() * rows.len() * enlarge * enlarge * self.channels);
        for y in repeat(rows.clone()) {
            for x in repeat(columns.clone()) {
                let from = y * row + x * self.channels;
                pixels.extend_from_slice(&self.pixels[from..from + self.channels]);
            }
        }
        Self {
            width: columns.len() * enlarge,
            height: rows.len() * enlarge,
            channels: self.channels,
            pixels,
        }
    }
}
