//! Linear maps of rows, as products with the weights.

use super::{
    Real,
    operation::{Call, Operation},
    product::{self, ROWS, Start, Target, Tile},
};
use crate::nn::Tensor;
use pulp::{Arch, Simd, WithSimd};

/// Weights in panels of as many outputs as a tile has columns: input by input, the outputs side by side.
pub(super) struct Linear<T> {
    inputs: usize,
    outputs: usize,
    /// Columns of a tile on this processor.
    width: usize,
    panels: Vec<Vec<T>>,
    bias: Vec<T>,
    offsets: Vec<usize>,
}

impl<T: Real> Linear<T> {
    /// Weights outputs × inputs, whatever their shape.
    pub(super) fn new(arch: Arch, weight: &Tensor, bias: Option<&Tensor>, outputs: usize) -> Self {
        let width = arch.dispatch(Width(std::marker::PhantomData::<T>));
        let inputs = weight.values().len() / outputs.max(1);
        let padded = outputs.next_multiple_of(width);
        let at = |o: usize, i: usize| match weight.values().get(o * inputs + i) {
            Some(&w) if o < outputs => T::from_f64(w.into()),
            _ => T::zero(),
        };
        let panels = (0..padded).step_by(width).map(|first| {
            (0..inputs)
                .flat_map(|i| (first..first + width).map(move |o| at(o, i)))
                .collect()
        });
        let mut start = vec![T::zero(); padded];
        if let Some(bias) = bias {
            for (start, &b) in start.iter_mut().zip(bias.values()) {
                *start = T::from_f64(b.into());
            }
        }
        Self {
            inputs,
            outputs,
            width,
            panels: panels.collect(),
            bias: start,
            offsets: (0..inputs).map(|i| i * width).collect(),
        }
    }
}

impl<T: Real> Operation<T> for Linear<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let linear = self;
        call.arch.dispatch(Run { linear, call, out });
    }

    fn clamps(&self) -> bool {
        true
    }
}

struct Width<T>(std::marker::PhantomData<T>);

impl<T: Real> WithSimd for Width<T> {
    type Output = usize;

    fn with_simd<S: Simd>(self, _: S) -> usize {
        product::width::<T, S>()
    }
}

struct Run<'a, 'c, T> {
    linear: &'a Linear<T>,
    call: Call<'c, T>,
    out: &'a mut [T],
}

impl<T: Real> WithSimd for Run<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { linear, call, out } = self;
        let argument = call.arguments[0];
        let rows: Vec<&[T]> = (0..call.images)
            .flat_map(|n| argument.image(n).chunks_exact(linear.inputs))
            .collect();
        let mut factors = vec![[T::zero(); ROWS]; linear.inputs];
        for (rows, out) in rows.chunks(ROWS).zip(out.chunks_mut(ROWS * linear.outputs)) {
            for (r, row) in rows.iter().enumerate() {
                for (factors, &x) in factors.iter_mut().zip(*row) {
                    factors[r] = x;
                }
            }
            for (b, panel) in linear.panels.iter().enumerate() {
                let first = b * linear.width;
                let tile = Tile {
                    source: panel,
                    places: [0, linear.width / 2],
                    offsets: &linear.offsets,
                    factors: &factors,
                    start: Start::Columns(&linear.bias[first..]),
                    clamp: call.clamp,
                };
                let target = Target {
                    values: &mut out[first..],
                    pitch: linear.outputs,
                    rows: rows.len(),
                    length: linear.width.min(linear.outputs - first),
                };
                tile.write(simd, target);
            }
        }
    }
}
