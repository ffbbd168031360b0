//! Pools whose maxima are polynomials: rounds of max(a, b) on pairs of neighbours until one number is left.

use super::{
    Real,
    operation::{Call, Excessive, Operation},
    program::Program,
    standin::{BLOCK, registers},
};
use crate::{
    circuit::{CircuitError, activation},
    nn::{Polynomial, Window},
};
use pulp::{Simd, WithSimd};
use std::collections::BTreeMap;

/// The least range B for a pool of polynomial maxima over numbers in \[−m, m\], or in \[0, m\] if they are not negative:
/// 1/B = (1 − 2(R−1)·2^-α)/(2m), or twice that. The window takes R = ⌈log2 taps⌉ rounds, each of which errs by up to B·2^-α,
/// and differences of two numbers must stay within ±B.
///
/// ```
/// use equiripple::nn::{Window, inference::pool_range};
/// let range = pool_range(&Window::square(2, 2, 0), 1.0, 8.0, false);
/// assert_eq!(1.0 / range, (1.0 - 2.0 / 256.0) / 2.0);
/// ```
pub fn pool_range(window: &Window, bound: f64, precision: f64, nonnegative: bool) -> f64 {
    let rounds = window.rounds();
    let spread = if nonnegative { bound } else { 2.0 * bound };
    spread / (1.0 - 2.0 * f64::from(rounds.saturating_sub(1)) * (-precision).exp2())
}

/// A pool of one window.
pub(super) struct Tournament<T> {
    program: Program<T>,
    range: T,
    /// Pixels of an image and of its result.
    pixels: [usize; 2],
    /// Pixels of the result whose windows have the same taps on the image.
    classes: Vec<Class>,
}

/// Windows with the same taps.
struct Class {
    /// From the first tap to each tap.
    taps: Vec<usize>,
    /// Pixel of the first tap and of the result.
    pixels: Vec<[usize; 2]>,
}

impl<T: Real> Tournament<T> {
    /// # Errors
    /// When the table is not that of a ReLU, or describes no circuit.
    pub(super) fn new(
        polynomial: &Polynomial,
        window: &Window,
        image: [usize; 2],
        output: [usize; 2],
    ) -> Result<Self, CircuitError> {
        let circuit = activation::from_table(&polynomial.table, activation::Activation::Max)?;
        let mut classes: BTreeMap<Vec<usize>, Vec<[usize; 2]>> = BTreeMap::new();
        for y in 0..output[0] {
            for x in 0..output[1] {
                let [rows, columns] = [(0, y), (1, x)].map(|(axis, o)| {
                    let taps = (0..window.kernel[axis])
                        .map(|k| o * window.stride[axis] + k * window.dilation[axis]);
                    let taps = taps.filter_map(|at| at.checked_sub(window.before[axis]));
                    taps.filter(|&at| at < image[axis]).collect::<Vec<_>>()
                });
                let taps = rows.iter().flat_map(|y| {
                    let row = y * image[1];
                    columns.iter().map(move |x| row + x)
                });
                let taps: Vec<usize> = taps.collect();
                if let Some(&first) = taps.first() {
                    let taps = taps.iter().map(|tap| tap - first).collect();
                    let class = classes.entry(taps).or_default();
                    class.push([first, y * output[1] + x]);
                }
            }
        }
        let classes = classes.into_iter();
        Ok(Self {
            program: Program::compile(&circuit),
            range: T::from_f64(polynomial.range.into()),
            pixels: [image, output].map(|[h, w]| h * w),
            classes: classes
                .map(|(taps, pixels)| Class { taps, pixels })
                .collect(),
        })
    }
}

impl<T: Real> Operation<T> for Tournament<T> {
    fn apply(&self, call: Call<'_, T>, out: &mut [T]) {
        let elements = out.len() / call.images.max(1);
        let mut registers = registers(&self.program);
        for (n, out) in out.chunks_exact_mut(elements.max(1)).enumerate() {
            let excess = call.arch.dispatch(Run {
                pool: self,
                registers: &mut registers,
                image: call.arguments[0].image(n),
                out,
            });
            if excess.count > 0 {
                call.excesses.push((n, excess));
            }
        }
    }
}

struct Run<'a, T> {
    pool: &'a Tournament<T>,
    registers: &'a mut [Vec<T>],
    image: &'a [T],
    out: &'a mut [T],
}

impl<T: Real> WithSimd for Run<'_, T> {
    type Output = Excessive;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Excessive {
        let Self {
            pool,
            registers,
            image,
            out,
        } = self;
        let [pixels, out_pixels] = pool.pixels;
        let (range, inverse) = (pool.range, T::one() / pool.range);
        let mut excess = Excessive::default();
        for class in &pool.classes {
            let mut rounds = vec![vec![T::zero(); BLOCK]; class.taps.len()];
            let channels = out.len() / out_pixels;
            let all = channels * class.pixels.len();
            for begin in (0..all).step_by(BLOCK) {
                let length = BLOCK.min(all - begin);
                // Windows of a class, channel after channel.
                let place = |at: usize| {
                    let (channel, pixel) = (at / class.pixels.len(), at % class.pixels.len());
                    let [first, to] = class.pixels[pixel];
                    [channel * pixels + first, channel * out_pixels + to]
                };
                for j in 0..length {
                    let [first, _] = place(begin + j);
                    for (round, tap) in rounds.iter_mut().zip(&class.taps) {
                        round[j] = image[first + tap] * inverse;
                    }
                }
                let mut left = rounds.len();
                while left > 1 {
                    for pair in 0..left / 2 {
                        let (a, b) = (&rounds[2 * pair], &rounds[2 * pair + 1]);
                        registers[0][..length].copy_from_slice(&a[..length]);
                        registers[1][..length].copy_from_slice(&b[..length]);
                        excess.add_differences(&a[..length], &b[..length], range);
                        pool.program.run(simd, registers, length);
                        let winner = &registers[pool.program.output()][..length];
                        rounds[pair][..length].copy_from_slice(winner);
                    }
                    if left % 2 == 1 {
                        rounds.swap(left / 2, left - 1);
                    }
                    left = left.div_ceil(2);
                }
                for (j, &y) in rounds[0][..length].iter().enumerate() {
                    let [_, to] = place(begin + j);
                    out[to] = y * range;
                }
            }
        }
        excess
    }
}

impl Excessive {
    /// Counts pairs that are further apart than the range, given divided by it.
    #[inline(always)]
    fn add_differences<T: Real>(&mut self, a: &[T], b: &[T], range: T) {
        let mut count = 0usize;
        for (&a, &b) in a.iter().zip(b) {
            let apart = (a - b).abs();
            count += usize::from(apart > T::one() || apart.is_nan());
        }
        if count == 0 {
            return;
        }
        self.count += count;
        for (&a, &b) in a.iter().zip(b) {
            let apart = ((a - b).abs() * range).widened();
            if apart > self.largest || apart.is_nan() {
                self.largest = apart;
            }
        }
    }
}
