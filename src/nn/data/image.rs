//! One image in memory.

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

    /// The part of a rectangle. Pre: it lies inside.
    pub(super) fn window(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let row = self.width * self.channels;
        let part = |line: &[u8]| {
            let inside = line.iter().skip(left * self.channels);
            inside
                .take(width * self.channels)
                .copied()
                .collect::<Vec<_>>()
        };
        let lines = self.pixels.chunks(row).skip(top).take(height);
        Self {
            width,
            height,
            channels: self.channels,
            pixels: lines.flat_map(part).collect(),
        }
    }
}
