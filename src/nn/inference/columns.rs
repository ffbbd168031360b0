//! The columns of a convolution: for each pixel of the result, the numbers of the image that its sum takes.
//!
//! An image is copied once into planes with the padding around them. Where the stride is s, pixels whose rows and columns are
//! equal modulo s get a plane of their own, so that the columns of neighbouring pixels of the result are neighbours too: tap k
//! of pixel (y, x) then is element `offsets[k] + y·pitch + x`. A tile is read from there if each of its vectors lies within
//! a row; others are gathered into a panel first.

use super::{Real, product::VECTORS};
use crate::nn::Window;

/// Where the taps of all pixels are.
#[derive(Debug)]
pub(super) struct Columns {
    channels: usize,
    /// Height and width of the image, and of the result.
    image: [usize; 2],
    output: [usize; 2],
    stride: [usize; 2],
    before: [usize; 2],
    /// Residues modulo the stride that some tap has, along height and width.
    phases: [Vec<usize>; 2],
    /// Height and width of a plane.
    plane: [usize; 2],
    /// Of each tap in its channel's planes, the kernel's last axis fastest.
    taps: Vec<usize>,
    /// Whether the image is its own plane.
    direct: bool,
}

/// Neighbours in a row: where they begin among the planes, less the offset of the tap, and in the tile.
#[derive(Debug, Clone, Copy)]
struct Run {
    source: usize,
    target: usize,
}

impl Columns {
    /// For an image of channels × height × width.
    pub(super) fn new(image: [usize; 3], window: &Window, output: [usize; 2]) -> Self {
        let [channels, height, width] = image;
        let reach = |axis: usize| {
            let (stride, dilation) = (window.stride[axis], window.dilation[axis]);
            let steps = (0..window.kernel[axis]).map(move |k| k * dilation);
            let mut phases: Vec<usize> = steps.clone().map(|at| at % stride).collect();
            phases.sort_unstable();
            phases.dedup();
            let last = steps.clone().map(|at| at / stride).max().unwrap_or(0);
            let places: Vec<(usize, usize)> = steps
                .map(|at| {
                    let phase = phases.iter().position(|&p| p == at % stride);
                    (phase.unwrap_or(0), at / stride)
                })
                .collect();
            (phases, output[axis] + last, places)
        };
        let (row_phases, rows, row_places) = reach(0);
        let (column_phases, columns, column_places) = reach(1);
        let mut taps = vec![];
        for &(p, y) in &row_places {
            for &(q, x) in &column_places {
                taps.push(((p * column_phases.len() + q) * rows + y) * columns + x);
            }
        }
        // Rows of the result that follow one another in the image leave nothing to be gathered.
        let direct = window.stride == [1, 1]
            && window.before == [0, 0]
            && [rows, columns] == [height, width]
            && columns == output[1];
        Self {
            channels,
            image: [height, width],
            output,
            stride: window.stride,
            before: window.before,
            phases: [row_phases, column_phases],
            plane: [rows, columns],
            taps,
            direct,
        }
    }

    /// Numbers in the planes of one channel.
    fn planes(&self) -> usize {
        self.phases[0].len() * self.phases[1].len() * self.plane[0] * self.plane[1]
    }

    /// Offset of each tap of some channels, channel by channel.
    pub(super) fn offsets(&self, channels: std::ops::Range<usize>) -> Vec<usize> {
        let channels = channels.map(|c| c * self.planes());
        channels
            .flat_map(|first| self.taps.iter().map(move |tap| first + tap))
            .collect()
    }

    /// Numbers in the planes of an image.
    pub(super) fn scratch(&self) -> usize {
        self.channels * self.planes()
    }

    /// Whether the image must be copied into planes: not where they would be the image again.
    pub(super) fn direct(&self) -> bool {
        self.direct
    }

    /// Copies an image into planes.
    #[inline(always)]
    pub(super) fn fill<T: Real>(&self, image: &[T], planes: &mut [T]) {
        let [height, width] = self.image;
        let mut rows = planes.chunks_exact_mut(self.plane[1]);
        for channel in image.chunks_exact(height * width) {
            for &p in &self.phases[0] {
                for &q in &self.phases[1] {
                    for (y, row) in rows.by_ref().take(self.plane[0]).enumerate() {
                        let y = (y * self.stride[0] + p).checked_sub(self.before[0]);
                        match y.filter(|&y| y < height) {
                            Some(y) => self.row(&channel[y * width..][..width], q, row),
                            None => row.fill(T::zero()),
                        }
                    }
                }
            }
        }
    }

    /// Pixels q, q+s, q+2s, … of a padded row.
    #[inline(always)]
    fn row<T: Real>(&self, image: &[T], q: usize, row: &mut [T]) {
        let (stride, before) = (self.stride[1], self.before[1]);
        let first = before.saturating_sub(q).div_ceil(stride).min(row.len());
        let end = (image.len() + before).saturating_sub(q).div_ceil(stride);
        let end = end.clamp(first, row.len());
        row[..first].fill(T::zero());
        row[end..].fill(T::zero());
        let inside = &mut row[first..end];
        if inside.is_empty() {
            return;
        }
        let start = first * stride + q - before;
        let image = &image[start..];
        match stride {
            1 => copy(&image[..inside.len()], inside),
            2 => {
                let (pairs, last) = image.as_chunks::<2>();
                for (to, from) in inside.iter_mut().zip(pairs) {
                    *to = from[0];
                }
                if let (Some(to), [from]) = (inside.get_mut(pairs.len()), last) {
                    *to = *from;
                }
            }
            _ => {
                for (to, from) in inside.iter_mut().zip(image.iter().step_by(stride)) {
                    *to = *from;
                }
            }
        }
    }

    /// Where the pixels from `first` on begin among the planes, and those half a tile later, if each half are neighbours
    /// there.
    pub(super) fn places(
        &self,
        first: usize,
        length: usize,
        half: usize,
    ) -> Option<[usize; VECTORS]> {
        let width = self.output[1];
        let place = |at: usize, length: usize| {
            let (y, x) = (at / width, at % width);
            let within = self.plane[1] == width || x + length <= width;
            within.then_some(y * self.plane[1] + x)
        };
        let start = place(first, length.min(half))?;
        match length.checked_sub(half).filter(|&rest| rest > 0) {
            Some(rest) => Some([start, place(first + half, rest)?]),
            None => Some([start, start]),
        }
    }

    /// Gathers a tile of pixels, the first and how many, into rows of `pitch`, one for each offset.
    #[inline(always)]
    pub(super) fn gather<T: Real>(
        &self,
        planes: &[T],
        offsets: &[usize],
        [first, length]: [usize; 2],
        pitch: usize,
        panel: &mut [T],
    ) {
        let width = self.output[1];
        let mut runs = [Run {
            source: 0,
            target: 0,
        }; MAX_WIDTH];
        let (mut count, mut target) = (0, 0);
        while target < length {
            let (y, x) = ((first + target) / width, (first + target) % width);
            runs[count] = Run {
                source: y * self.plane[1] + x,
                target,
            };
            count += 1;
            target += width - x;
        }
        let runs = &runs[..count];
        match (width, pitch.is_multiple_of(width)) {
            (4, true) => equal::<T, 4>(planes, offsets, runs, pitch, panel),
            (8, true) => equal::<T, 8>(planes, offsets, runs, pitch, panel),
            (..=4, _) => pieces::<T, 4>(planes, offsets, runs, pitch, panel),
            (..=8, _) => pieces::<T, 8>(planes, offsets, runs, pitch, panel),
            (..=16, _) => pieces::<T, 16>(planes, offsets, runs, pitch, panel),
            _ => pieces::<T, MAX_WIDTH>(planes, offsets, runs, pitch, panel),
        }
    }
}

/// The widest tile: two vectors of sixteen.
const MAX_WIDTH: usize = 32;

/// What a panel and planes need beyond their end, as pieces are copied whole.
pub(super) const SLACK: usize = MAX_WIDTH;

/// Runs that are all N long and fill the rows.
#[inline(always)]
fn equal<T: Real, const N: usize>(
    planes: &[T],
    offsets: &[usize],
    runs: &[Run],
    pitch: usize,
    panel: &mut [T],
) {
    for (&offset, row) in offsets.iter().zip(panel.chunks_exact_mut(pitch)) {
        for (run, to) in runs.iter().zip(row.as_chunks_mut::<N>().0) {
            to.copy_from_slice(&planes[offset + run.source..][..N]);
        }
    }
}

/// Runs of at most N, or of which at most N are wanted. Each is copied as if it had N: what is too much is written over by
/// the next.
#[inline(always)]
fn pieces<T: Real, const N: usize>(
    planes: &[T],
    offsets: &[usize],
    runs: &[Run],
    pitch: usize,
    panel: &mut [T],
) {
    for (k, &offset) in offsets.iter().enumerate() {
        for run in runs {
            let from = &planes[offset + run.source..][..N];
            panel[k * pitch + run.target..][..N].copy_from_slice(from);
        }
    }
}

/// A copy of a few numbers, without a call.
#[inline(always)]
fn copy<T: Real>(from: &[T], to: &mut [T]) {
    let (from, from_rest) = from.as_chunks::<8>();
    let (to, to_rest) = to.as_chunks_mut::<8>();
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    for (to, from) in to_rest.iter_mut().zip(from_rest) {
        *to = *from;
    }
}
