//! Convolutions, as products of the weights with the columns of the image.

use super::{
    Real,
    columns::{Columns, SLACK},
    operation::{Call, Operation},
    product::{self, ROWS, Start, Target, Tile, VECTORS},
};
use crate::nn::{Tensor, Window};
use pulp::{Simd, WithSimd};

/// Weights and places of the taps, ready for tiles.
pub(super) struct Convolution<T> {
    columns: Columns,
    groups: Vec<Group<T>>,
    /// Channels of a group's result.
    outputs: usize,
    pixels: usize,
}

/// One group of channels.
struct Group<T> {
    offsets: Vec<usize>,
    blocks: Vec<Block<T>>,
}

/// Weights of some channels of the result, tap by tap, and what their sums begin with.
struct Block<T> {
    factors: Vec<[T; ROWS]>,
    bias: [T; ROWS],
}

impl<T: Real> Convolution<T> {
    /// The shapes are those that the graph has checked.
    pub(super) fn new(
        weight: &Tensor,
        bias: Option<&Tensor>,
        window: &Window,
        groups: usize,
        image: [usize; 3],
        output: [usize; 3],
    ) -> Self {
        let [channels, rows, width] = output;
        let columns = Columns::new(image, window, [rows, width]);
        let (inputs, outputs) = (image[0] / groups, channels / groups);
        let products = inputs * window.kernel[0] * window.kernel[1];
        let group = |g: usize| {
            let firsts = (0..outputs).step_by(ROWS);
            let blocks = firsts.map(|first| {
                let count = ROWS.min(outputs - first);
                let first = g * outputs + first;
                let mut block = Block {
                    factors: vec![[T::zero(); ROWS]; products],
                    bias: [T::zero(); ROWS],
                };
                for r in 0..count {
                    let weights = &weight.values()[(first + r) * products..][..products];
                    for (factors, &w) in block.factors.iter_mut().zip(weights) {
                        factors[r] = T::from_f64(w.into());
                    }
                    if let Some(bias) = bias {
                        block.bias[r] = T::from_f64(bias.values()[first + r].into());
                    }
                }
                block
            });
            Group {
                offsets: columns.offsets(g * inputs..(g + 1) * inputs),
                blocks: blocks.collect(),
            }
        };
        Self {
            groups: (0..groups).map(group).collect(),
            columns,
            outputs,
            pixels: rows * width,
        }
    }
}

impl<T: Real> Operation<T> for Convolution<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let convolution = self;
        call.arch.dispatch(Run {
            convolution,
            call,
            out,
        });
    }

    fn clamps(&self) -> bool {
        true
    }
}

struct Run<'a, 'c, T> {
    convolution: &'a Convolution<T>,
    call: Call<'c, T>,
    out: &'a mut [T],
}

impl<T: Real> WithSimd for Run<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            convolution,
            call,
            out,
        } = self;
        let columns = &convolution.columns;
        let width = product::width::<T, S>();
        let products = convolution.groups.first().map_or(0, |g| g.offsets.len());
        let dense: Vec<usize> = (0..products).map(|k| k * width).collect();
        let length = columns.scratch() + SLACK;
        let panel = products * width + SLACK;
        if call.scratch.len() < length + panel {
            call.scratch.resize(length + panel, T::zero());
        }
        let (planes, panel) = call.scratch.split_at_mut(length);
        let size = convolution.groups.len() * convolution.outputs * convolution.pixels;
        for (n, out) in out.chunks_exact_mut(size).enumerate() {
            let image = call.arguments[0].image(n);
            // Tiles may read beyond the image, so the last ones of a direct image are gathered from a copy as well.
            let direct = columns.direct() && image.len() >= width;
            if !direct || convolution.pixels % width != 0 {
                columns.fill(image, planes);
            }
            let outs = out.chunks_exact_mut(convolution.outputs * convolution.pixels);
            for (group, out) in convolution.groups.iter().zip(outs) {
                for first in (0..convolution.pixels).step_by(width) {
                    let length = width.min(convolution.pixels - first);
                    let (source, offsets, places): (&[T], &[usize], _) =
                        match columns.places(first, length, width / VECTORS) {
                            Some(places) if direct && length == width => {
                                (image, &group.offsets, places)
                            }
                            Some(places) => (planes, &group.offsets, places),
                            None => {
                                let tile = [first, length];
                                columns.gather(planes, &group.offsets, tile, width, panel);
                                (panel, &dense, [0, width / VECTORS])
                            }
                        };
                    for (b, block) in group.blocks.iter().enumerate() {
                        let tile = Tile {
                            source,
                            offsets,
                            places,
                            factors: &block.factors,
                            start: Start::Rows(&block.bias),
                            clamp: call.clamp,
                        };
                        let target = Target {
                            values: &mut out[b * ROWS * convolution.pixels + first..],
                            pitch: convolution.pixels,
                            rows: ROWS.min(convolution.outputs - b * ROWS),
                            length,
                        };
                        tile.write(simd, target);
                    }
                }
            }
        }
    }
}
