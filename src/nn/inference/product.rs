//! The inner loop of convolutions and linear maps: a tile of the product of two matrices, kept in registers.

use super::{Real, clamp::Clamp};
use pulp::Simd;

/// Rows of a tile.
pub(super) const ROWS: usize = 8;
/// Vectors in a row of a tile.
pub(super) const VECTORS: usize = 2;

/// Columns of a tile.
pub(super) fn width<T: Real, S: Simd>() -> usize {
    VECTORS * T::lanes::<S>()
}

/// What sums begin with.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, T> {
    /// One number for each row.
    Rows(&'a [T; ROWS]),
    /// One number for each column.
    Columns(&'a [T]),
}

/// y\[r\]\[p\] = start + Σ factors\[k\]\[r\] · source\[offsets\[k\] + place(p)\], one product after another, then clamped. So
/// an element has the same bits wherever it lies in a tile. Columns of a vector have neighbouring places.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a, T> {
    pub(super) source: &'a [T],
    /// Place of the first column of each vector. Whole vectors are read.
    pub(super) places: [usize; VECTORS],
    pub(super) offsets: &'a [usize],
    pub(super) factors: &'a [[T; ROWS]],
    pub(super) start: Start<'a, T>,
    pub(super) clamp: Clamp<T>,
}

/// Where a tile is written: `rows` rows of `length` numbers, `pitch` from one to the next.
pub(super) struct Target<'a, T> {
    pub(super) values: &'a mut [T],
    pub(super) pitch: usize,
    pub(super) rows: usize,
    pub(super) length: usize,
}

impl<T: Real> Tile<'_, T> {
    /// Computes the tile with as many rows and columns as are wanted.
    #[inline(always)]
    pub(super) fn write<S: Simd>(self, simd: S, target: Target<'_, T>) {
        if target.length <= T::lanes::<S>() {
            self.rows::<S, 1>(simd, target);
        } else {
            self.rows::<S, VECTORS>(simd, target);
        }
    }

    #[inline(always)]
    fn rows<S: Simd, const V: usize>(self, simd: S, mut target: Target<'_, T>) {
        match target.rows {
            0 | 1 => self.block::<S, 1, V, 0>(simd, &mut target),
            2 => self.block::<S, 2, V, 0>(simd, &mut target),
            3 | 4 => self.block::<S, 4, V, 0>(simd, &mut target),
            // Accumulators of all rows and what they need beside.
            _ if S::REGISTER_COUNT >= ROWS * VECTORS + 8 => {
                self.block::<S, ROWS, V, 0>(simd, &mut target);
            }
            _ => {
                self.block::<S, 4, V, 0>(simd, &mut target);
                self.block::<S, 4, V, 4>(simd, &mut target);
            }
        }
    }

    /// N rows from `FIRST` on, V vectors each.
    #[inline(always)]
    fn block<S: Simd, const N: usize, const V: usize, const FIRST: usize>(
        self,
        simd: S,
        target: &mut Target<'_, T>,
    ) {
        let lanes = T::lanes::<S>();
        let width = V * lanes;
        let mut sums = self.start::<S, N, V, FIRST>(simd, width);
        for (&offset, factors) in self.offsets.iter().zip(self.factors) {
            let x: [T::Vector<S>; V] = std::array::from_fn(|v| {
                let from = offset + self.places[v];
                T::vectors::<S>(&self.source[from..from + lanes]).0[0]
            });
            for n in 0..N {
                let factor = T::splat(simd, factors[FIRST + n]);
                for v in 0..V {
                    sums[n][v] = T::fused(simd, x[v], factor, sums[n][v]);
                }
            }
        }
        let (low, high) = (self.clamp.low, self.clamp.high);
        let (low, high) = (T::splat(simd, low), T::splat(simd, high));
        // An array of its own: whatever is indexed by a variable lies in memory, and the sums must not.
        let mut results = [[low; V]; N];
        for n in 0..N {
            for v in 0..V {
                results[n][v] = T::clamped(simd, sums[n][v], low, high);
            }
        }
        for (n, results) in results.iter().enumerate().take(target.rows - FIRST) {
            let row = &mut target.values[(FIRST + n) * target.pitch..][..target.length];
            store::<T, S, V>(row, results, width);
        }
    }

    #[inline(always)]
    fn start<S: Simd, const N: usize, const V: usize, const FIRST: usize>(
        &self,
        simd: S,
        width: usize,
    ) -> [[T::Vector<S>; V]; N] {
        let mut sums = [[T::splat(simd, T::zero()); V]; N];
        match self.start {
            Start::Rows(start) => {
                for n in 0..N {
                    sums[n] = [T::splat(simd, start[FIRST + n]); V];
                }
            }
            Start::Columns(start) => {
                let (start, _) = T::vectors::<S>(&start[..width]);
                sums = [std::array::from_fn(|v| start[v]); N];
            }
        }
        sums
    }
}

/// Writes as many numbers as the row has.
#[inline(always)]
fn store<T: Real, S: Simd, const V: usize>(row: &mut [T], sums: &[T::Vector<S>; V], width: usize) {
    let whole = row.len() == width;
    let (vectors, rest) = T::vectors_mut::<S>(row);
    if whole {
        vectors.copy_from_slice(sums);
        return;
    }
    let count = vectors.len();
    vectors.copy_from_slice(&sums[..count]);
    if let Some(last) = sums.get(count) {
        rest.copy_from_slice(&T::elements::<S>(last)[..rest.len()]);
    }
}
