//! A sparse matrix between slots as diagonals, for each pair of ciphertexts.

use super::{Entry, Layout, Rows};
use crate::circuit::{CircuitError, LinearTransform, RealTransform};
use num_complex::Complex64;
use std::collections::{BTreeMap, BTreeSet};

/// A ciphertext of the result and one of the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which ciphertext of the result.
    pub result: usize,
    /// Which of the arguments, as [`Rows::bases`] has them.
    pub part: usize,
    /// Which ciphertext of that.
    pub argument: usize,
}

/// The transform between one ciphertext of an argument and one of the result.
#[derive(Debug, Clone)]
pub struct Block {
    /// Between which.
    pub place: Place,
    /// Acts on [`Tiling::slots`] slots.
    pub transform: RealTransform,
}

/// How a matrix between layouts becomes diagonals: results and arguments of several ciphertexts in blocks.
///
/// All ciphertexts repeat with their periods, r slots of those of the result and c of an argument's, and everything acts on
/// n = max(r, c) slots, the largest c of all arguments. The diagonals of a block are numbered modulo m = min(r, c):
/// y_s = Σ_d D_d\[s\]·x_(s+d), D_d\[s\] the entry in row s mod r and column s+d mod c. Where r < n that leaves the sum of a row
/// in n/r places apart, to be folded (Ebel, Garimella, Reagen, Orion, arXiv 2311.03470).
#[derive(Debug, Clone)]
pub struct Tiling {
    from: Vec<Layout>,
    to: Layout,
    most: usize,
    /// c of every argument.
    columns: Vec<usize>,
    /// r.
    rows: usize,
    /// n.
    slots: usize,
}

/// One for each argument and each of its ciphertexts.
type Grid<T> = Vec<Vec<T>>;

impl Tiling {
    /// Between arguments that lie in these layouts and a result, in ciphertexts of `most` slots.
    #[must_use]
    pub fn new(from: Vec<Layout>, to: Layout, most: usize) -> Self {
        let columns: Vec<usize> = from.iter().map(|layout| layout.period(most)).collect();
        let rows = to.period(most);
        Self {
            slots: columns.iter().fold(rows, |n, c| n.max(*c)),
            columns,
            rows,
            from,
            to,
            most,
        }
    }

    /// n.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// r.
    #[must_use]
    pub const fn period(&self) -> usize {
        self.rows
    }

    /// Ciphertexts of the result.
    #[must_use]
    pub fn results(&self) -> usize {
        self.to.ciphertexts(self.most)
    }

    /// Rotations with an addition of each result, the nearest first, after which it has the period of its layout.
    #[must_use]
    pub fn folds(&self) -> Vec<i64> {
        let count = (self.slots / self.rows).ilog2();
        (0..count).map(|k| (self.rows << k) as i64).collect()
    }

    fn grid<T: Clone>(&self, empty: &T) -> Grid<T> {
        let ciphertexts = self.from.iter().map(|from| from.ciphertexts(self.most));
        ciphertexts.map(|n| vec![empty.clone(); n]).collect()
    }

    /// Gives every entry of one ciphertext of the result with its argument's ciphertext, diagonal and position in that; the
    /// first position of a batch.
    fn visit(
        &self,
        rows: &Rows<'_>,
        result: usize,
        mut entry: impl FnMut(&Entry, usize, usize, usize),
    ) {
        let mut entries = vec![];
        for element in 0..rows.len() {
            let place = self.to.place(element);
            if place / self.rows != result {
                continue;
            }
            let row = place % self.rows;
            entries.clear();
            rows.row(element, &mut entries);
            for e in &entries {
                let columns = self.columns[e.part];
                let place = self.from[e.part].place(e.column);
                let (argument, column) = (place / columns, place % columns);
                let modulus = self.rows.min(columns);
                let d = (column + self.slots - row) % modulus;
                let s = if self.rows < columns {
                    (column + columns - d) % columns
                } else {
                    row
                };
                entry(e, argument, d, s);
            }
        }
    }

    /// Which diagonals there are, of one ciphertext of the result.
    #[must_use]
    pub fn diagonals(&self, rows: &Rows<'_>, result: usize) -> BTreeMap<Place, BTreeSet<usize>> {
        let mut found = self.grid(&vec![false; self.slots]);
        self.visit(rows, result, |entry, argument, d, _| {
            found[entry.part][argument][d] = true;
        });
        let sets = placed(result, found).map(|(place, diagonals)| {
            let set = (0..).zip(diagonals).filter(|(_, is)| *is);
            (place, set.map(|(d, _)| d).collect::<BTreeSet<usize>>())
        });
        let mut sets: BTreeMap<Place, BTreeSet<usize>> =
            sets.filter(|(_, set)| !set.is_empty()).collect();
        if sets.is_empty() {
            sets.insert(first(result), [0].into());
        }
        sets
    }

    /// The matrix for one ciphertext of the result, each argument times its factor.
    ///
    /// # Errors
    /// When an entry is not finite.
    pub fn blocks(
        &self,
        rows: &Rows<'_>,
        result: usize,
        factors: &[f64],
    ) -> Result<Vec<Block>, CircuitError> {
        let mut found: Grid<Vec<Option<Vec<Complex64>>>> = self.grid(&vec![None; self.slots]);
        self.visit(rows, result, |entry, argument, d, s| {
            let diagonal = &mut found[entry.part][argument][d];
            let diagonal = diagonal.get_or_insert_with(|| vec![Complex64::ZERO; self.slots]);
            for slot in &mut diagonal[s..s + self.to.batch] {
                *slot += entry.value * factors[entry.part];
            }
        });
        let mut made = vec![];
        for (place, diagonals) in placed(result, found) {
            let diagonals: Vec<_> = (0..)
                .zip(diagonals)
                .filter_map(|(d, diagonal)| Some((d, diagonal?)))
                .collect();
            if !diagonals.is_empty() {
                made.push(self.block(place, diagonals)?);
            }
        }
        // A ciphertext of zeros is made of one of the argument like any other.
        if made.is_empty() {
            made.push(self.block(first(result), vec![(0, vec![Complex64::ZERO])])?);
        }
        Ok(made)
    }

    fn block(
        &self,
        place: Place,
        diagonals: Vec<(i64, Vec<Complex64>)>,
    ) -> Result<Block, CircuitError> {
        let matrix = LinearTransform::new(self.slots, diagonals)?;
        Ok(Block {
            place,
            transform: RealTransform::new(&matrix)?,
        })
    }
}

const fn first(result: usize) -> Place {
    Place {
        result,
        part: 0,
        argument: 0,
    }
}

fn placed<T>(result: usize, grid: Grid<T>) -> impl Iterator<Item = (Place, T)> {
    let parts = grid.into_iter().enumerate();
    parts.flat_map(move |(part, arguments)| {
        let each = arguments.into_iter().enumerate();
        each.map(move |(argument, x)| {
            let place = Place {
                result,
                part,
                argument,
            };
            (place, x)
        })
    })
}
