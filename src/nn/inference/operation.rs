//! What a step of inference does to a few images at once.

use super::clamp::Clamp;
use pulp::Arch;

/// One operation with its weights made ready.
pub(super) trait Operation<T>: Send + Sync {
    /// Writes the results of all images, one after another. A step in place finds the first input in `out`, and the other
    /// inputs alone among the arguments.
    fn apply(&self, call: Call<'_, T>, out: &mut [T]);

    /// Whether it heeds [`Call::clamp`].
    fn clamps(&self) -> bool {
        false
    }
}

/// What an operation is given.
pub(super) struct Call<'a, T> {
    pub(super) arch: Arch,
    pub(super) images: usize,
    pub(super) arguments: &'a [Argument<'a, T>],
    /// What results are clamped to.
    pub(super) clamp: Clamp<T>,
    /// Numbers without meaning, kept from one call to the next.
    pub(super) scratch: &'a mut Vec<T>,
    /// Where numbers outside the range of a polynomial are reported, with the image's place among these.
    pub(super) excesses: &'a mut Vec<(usize, Excessive)>,
}

/// Numbers of one image that lie outside the range of a polynomial.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Excessive {
    pub(super) count: usize,
    pub(super) largest: f64,
}

/// An input of an operation.
#[derive(Clone, Copy)]
pub(super) struct Argument<'a, T> {
    pub(super) values: &'a [T],
    /// Numbers of an image.
    pub(super) elements: usize,
    /// From an image to the next: zero where all images share the numbers.
    pub(super) stride: usize,
}

impl<'a, T> Argument<'a, T> {
    /// Numbers of one of the images.
    pub(super) fn image(&self, n: usize) -> &'a [T] {
        &self.values[n * self.stride..][..self.elements]
    }
}
