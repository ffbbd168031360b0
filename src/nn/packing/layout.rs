//! Where the numbers of a result lie in ciphertexts: single-shot multiplexed packing.

use crate::nn::Shape;

/// An image of C×H×W whose pixels are `gap` apart, as strides have left them. The g = gap₀·gap₁ places of each pixel hold g
/// channels, so that there are ⌈C/g⌉ images of (H·gap₀)×(W·gap₁), S slots apart; channel c at (y, x) is at
///
/// ```text
/// ⌊c/g⌋·S + (y·gap₀ + ⌊(c mod g)/gap₁⌋)·(W·gap₁) + x·gap₁ + (c mod gap₁).
/// ```
///
/// Images follow one another, S = H·gap₀·W·gap₁. Where a batch of B shares ciphertexts all of these places are multiplied by
/// B, and number b of the batch is b slots further: a layer then has as many diagonals as one image would have, and each
/// product is for all of them. Where it takes several ciphertexts to hold them S is rounded to a power of
/// two, so that all ciphertexts are alike: a layer then has the same few diagonals between any two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// C.
    pub channels: usize,
    /// H and W.
    pub image: [usize; 2],
    /// Distances of pixels.
    pub gap: [usize; 2],
    /// B, a power of two.
    pub batch: usize,
    /// Whether S is a power of two.
    pub aligned: bool,
}

impl Layout {
    /// Of a result of that shape in ciphertexts of `most` slots; what is no image has its numbers one after another.
    #[must_use]
    pub fn new(shape: &Shape, gap: [usize; 2], batch: usize, most: usize) -> Self {
        match shape.image() {
            Some(axes) => Self::of_image(axes, gap, batch, most),
            None => Self::of_image([shape.elements().unwrap_or(0), 1, 1], [1, 1], batch, most),
        }
    }

    /// Of C×H×W, pixels `gap` apart.
    pub(in crate::nn) fn of_image(
        [channels, height, width]: [usize; 3],
        gap: [usize; 2],
        batch: usize,
        most: usize,
    ) -> Self {
        let dense = Self {
            channels,
            image: [height, width],
            gap,
            batch,
            aligned: false,
        };
        Self {
            aligned: dense.ciphertexts(most) > 1,
            ..dense
        }
    }

    /// Slots between two places of the same pixel in neighbouring images, between neighbouring rows and between columns.
    pub(in crate::nn) const fn strides(&self) -> [usize; 3] {
        let row = self.image[1] * self.gap[1] * self.batch;
        let image = self.image[0] * self.gap[0] * row;
        let image = if self.aligned {
            image.next_power_of_two()
        } else {
            image
        };
        [image, row, self.batch]
    }

    /// Channels of one image.
    pub(in crate::nn) const fn together(&self) -> usize {
        self.gap[0] * self.gap[1]
    }

    /// Images one after another.
    #[must_use]
    pub const fn images(&self) -> usize {
        self.channels.div_ceil(self.together())
    }

    /// The slot of an element, elements in the order of C×H×W; that of the first image of a batch.
    #[must_use]
    pub const fn place(&self, element: usize) -> usize {
        let [height, width] = self.image;
        let (c, pixel) = (element / (height * width), element % (height * width));
        let (y, x) = (pixel / width, pixel % width);
        let [image, row, column] = self.strides();
        let (group, inside) = (c / self.together(), c % self.together());
        let (down, right) = (inside / self.gap[1], inside % self.gap[1]);
        group * image + (y * self.gap[0] + down) * row + (x * self.gap[1] + right) * column
    }

    /// Slots of all.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.images() * self.strides()[0]
    }

    /// Ciphertexts of `most` slots that hold it.
    #[must_use]
    pub fn ciphertexts(&self, most: usize) -> usize {
        self.slots().div_ceil(most).max(1)
    }

    /// Slots of each, a power of two of at least 4: fewer than `most` where one ciphertext has room to repeat them.
    #[must_use]
    pub fn period(&self, most: usize) -> usize {
        self.slots().next_power_of_two().clamp(4, most)
    }
}
