//! A sparse matrix between slots as diagonals, for one ciphertext or for each pair of several.

use super::{Layout, Rows};
use crate::circuit::{CircuitError, LinearTransform, RealTransform};
use num_complex::Complex64;
use std::collections::BTreeMap;

/// The transform between one ciphertext of the argument and one of the result.
#[derive(Debug, Clone)]
pub struct Block {
    /// Which ciphertext of the argument.
    pub argument: usize,
    /// Which of the result.
    pub result: usize,
    /// Acts on [`Blocks::slots`] slots.
    pub transform: RealTransform,
}

/// A linear layer on ciphertexts.
///
/// With one ciphertext of c slots for the argument and one of r for the result, both repeating, it acts on n = max(r, c)
/// slots, and its diagonals are numbered modulo m = min(r, c): y_s = Σ_d D_d\[s\]·x_(s+d), D_d\[s\] the entry in row s mod r
/// and column s+d mod c. Where r < n that leaves the sum of a row in n/r places apart, to be folded
/// (Ebel, Garimella, Reagen, Orion, arXiv 2311.03470).
#[derive(Debug, Clone)]
pub struct Blocks {
    /// n.
    pub slots: usize,
    /// The pairs of ciphertexts that have an entry, by result.
    pub blocks: Vec<Block>,
    /// Rotations with an addition of each result, after which it has the period of its layout.
    pub folds: Vec<i64>,
    /// Ciphertexts of the result.
    pub results: usize,
}

/// How matrices between two layouts become diagonals.
#[derive(Debug, Clone, Copy)]
struct Frame {
    columns: usize,
    rows: usize,
    slots: usize,
    single: bool,
}

impl Frame {
    fn new(from: &Layout, to: &Layout, most: usize) -> Self {
        let (columns, rows) = (from.period(most), to.period(most));
        Self {
            columns,
            rows,
            slots: columns.max(rows),
            single: from.ciphertexts(most) == 1 && to.ciphertexts(most) == 1,
        }
    }

    /// Block (result, argument), diagonal, and position in it, of an entry at these places among all slots.
    fn position(&self, row: usize, column: usize) -> ([usize; 2], usize, usize) {
        if self.single {
            let modulus = self.rows.min(self.columns);
            let d = (column + self.slots - row % self.slots) % modulus;
            let s = if self.rows < self.columns {
                (column + self.slots - d) % self.slots
            } else {
                row
            };
            return ([0, 0], d, s);
        }
        let n = self.slots;
        let d = (column % n + n - row % n) % n;
        ([row / n, column / n], d, row % n)
    }
}

impl Blocks {
    /// The matrix of a linear node times `factor`, from an argument that lies in one layout to a result in another.
    ///
    /// # Errors
    /// When a factor is not finite.
    pub fn new(
        rows: &Rows<'_>,
        from: &Layout,
        to: &Layout,
        factor: f64,
        most: usize,
    ) -> Result<Self, CircuitError> {
        let frame = Frame::new(from, to, most);
        let mut found: BTreeMap<[usize; 2], BTreeMap<usize, Vec<f64>>> = BTreeMap::new();
        let mut entries = vec![];
        for element in 0..rows.len() {
            entries.clear();
            rows.row(element, &mut entries);
            let row = to.place(element);
            for (column, value) in &entries {
                let (block, d, s) = frame.position(row, from.place(*column));
                let diagonals = found.entry(block).or_default();
                let diagonal = diagonals.entry(d).or_insert_with(|| vec![0.0; frame.slots]);
                diagonal[s] += value * factor;
            }
        }
        // A ciphertext of zeros is made of one of the argument like any other.
        for result in 0..to.ciphertexts(most) {
            if found.range([result, 0]..[result + 1, 0]).next().is_none() {
                let zeros = BTreeMap::from([(0, vec![0.0])]);
                found.insert([result, 0], zeros);
            }
        }
        let blocks = found.into_iter().map(|([result, argument], diagonals)| {
            let diagonals = diagonals.into_iter().map(|(d, values)| {
                let values = values.into_iter().map(|x| Complex64::new(x, 0.0));
                (d as i64, values.collect())
            });
            let transform = LinearTransform::new(frame.slots, diagonals)?;
            Ok(Block {
                argument,
                result,
                transform: RealTransform::new(&transform)?,
            })
        });
        Ok(Self {
            slots: frame.slots,
            blocks: blocks.collect::<Result<_, CircuitError>>()?,
            folds: folds(&frame),
            results: to.ciphertexts(most),
        })
    }
}

/// Sums over the places of a row, the nearest first.
fn folds(frame: &Frame) -> Vec<i64> {
    if !frame.single {
        return vec![];
    }
    let count = (frame.slots / frame.rows).ilog2();
    (0..count).map(|k| (frame.rows << k) as i64).collect()
}
