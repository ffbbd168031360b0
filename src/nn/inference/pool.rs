//! Maxima and means of windows.

use super::{
    Real,
    operation::{Call, Operation},
};
use crate::nn::Window;

/// Where the windows of an image lie.
#[derive(Debug, Clone)]
pub(super) struct Windows {
    /// Height and width.
    image: [usize; 2],
    output: [usize; 2],
    window: Window,
}

impl Windows {
    pub(super) fn new(window: &Window, image: [usize; 2], output: [usize; 2]) -> Self {
        Self {
            image,
            output,
            window: *window,
        }
    }

    /// Along an axis: for each tap the windows whose tap is on the image, and the pixel of the first.
    fn taps(&self, axis: usize) -> Vec<(std::ops::Range<usize>, usize)> {
        let (window, length) = (&self.window, self.image[axis]);
        let (stride, before) = (window.stride[axis], window.before[axis]);
        let taps = (0..window.kernel[axis]).map(|k| k * window.dilation[axis]);
        taps.map(|at| {
            // A tap may lie on padding in every window.
            let windows = self.output[axis];
            let first = before.saturating_sub(at).div_ceil(stride).min(windows);
            let end = (length + before).saturating_sub(at).div_ceil(stride);
            let end = end.min(windows).max(first);
            (first..end, (first * stride + at).saturating_sub(before))
        })
        .collect()
    }

    /// Along an axis: how many taps of each window count.
    fn counts(&self, axis: usize, padding: bool) -> Vec<usize> {
        let window = &self.window;
        let (before, length) = (window.before[axis], self.image[axis]);
        let places = match padding {
            true => 0..before + length + window.after[axis],
            false => before..before + length,
        };
        let count = |o: usize| {
            let taps = (0..window.kernel[axis])
                .map(|k| o * window.stride[axis] + k * window.dilation[axis]);
            taps.filter(|at| places.contains(at)).count()
        };
        (0..self.output[axis]).map(count).collect()
    }

    /// Calls `merge` with each tap and the pixel of the result that it belongs to.
    fn each<T: Real>(&self, image: &[T], out: &mut [T], merge: impl Fn(T, T) -> T) {
        let (rows, columns) = (self.taps(0), self.taps(1));
        let [width, out_width] = [self.image[1], self.output[1]];
        for (ys, first) in rows {
            for (k, y) in ys.enumerate() {
                let row = &image[(first + k * self.window.stride[0]) * width..][..width];
                let out = &mut out[y * out_width..][..out_width];
                for (xs, first) in &columns {
                    let pixels = row[(*first).min(width)..].iter();
                    let pixels = pixels.step_by(self.window.stride[1]);
                    for (out, &x) in out[xs.clone()].iter_mut().zip(pixels) {
                        *out = merge(*out, x);
                    }
                }
            }
        }
    }

    /// Each channel's image with its result.
    fn channels<'a, T: Real>(
        &self,
        call: &Call<'a, T>,
        out: &'a mut [T],
    ) -> impl Iterator<Item = (&'a [T], &'a mut [T])> {
        let [pixels, out_pixels] = [self.image, self.output].map(|[h, w]| h * w);
        let argument = call.arguments[0];
        let images =
            (0..call.images).flat_map(move |n| argument.image(n).chunks_exact(pixels.max(1)));
        images.zip(out.chunks_exact_mut(out_pixels.max(1)))
    }
}

/// The largest number of each window.
pub(super) struct MaxPool(pub(super) Windows);

impl<T: Real> Operation<T> for MaxPool {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        for (image, out) in self.0.channels(&call, out) {
            out.fill(T::neg_infinity());
            // What is not a number wins, so that it is seen.
            let larger = |a: T, b| if a >= b || a.is_nan() { a } else { b };
            self.0.each(image, out, larger);
        }
    }
}

/// The mean of each window.
pub(super) struct AveragePool<T> {
    windows: Windows,
    /// 1/count of each pixel of the result.
    counts: Vec<T>,
}

impl<T: Real> AveragePool<T> {
    pub(super) fn new(windows: Windows, count_padding: bool) -> Self {
        let [rows, columns] = [0, 1].map(|axis| windows.counts(axis, count_padding));
        let counts = rows.iter().flat_map(|y| columns.iter().map(move |x| y * x));
        Self {
            counts: counts.map(|n| T::from_f64(n as f64)).collect(),
            windows,
        }
    }
}

impl<T: Real> Operation<T> for AveragePool<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        for (image, out) in self.windows.channels(&call, out) {
            out.fill(T::zero());
            self.windows.each(image, out, |a, b| a + b);
            for (out, &count) in out.iter_mut().zip(&self.counts) {
                *out /= count;
            }
        }
    }
}

/// The mean of each channel.
pub(super) struct GlobalAverage {
    pub(super) pixels: usize,
}

impl<T: Real> Operation<T> for GlobalAverage {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let argument = call.arguments[0];
        let pixels = self.pixels.max(1);
        let channels = (0..call.images).flat_map(|n| argument.image(n).chunks_exact(pixels));
        let count = T::from_f64(pixels as f64);
        for (out, channel) in out.iter_mut().zip(channels) {
            // Sixteen sums, so that they need not wait for one another.
            let (blocks, rest) = channel.as_chunks::<16>();
            let mut sums = [T::zero(); 16];
            for block in blocks {
                for (sum, &x) in sums.iter_mut().zip(block) {
                    *sum += x;
                }
            }
            let sum = sums.iter().chain(rest).fold(T::zero(), |s, &x| s + x);
            *out = sum / count;
        }
    }
}
