//! Linear transforms of the slots, by their diagonals.
//!
//! y = M·x with y_i = Σ_r d_r\[i\]·x_(i+r), where d_r\[i\] = M_(i,i+r) is diagonal r and indices are taken modulo n
//! (Halevi, Shoup 2014). Baby-step giant-step writes r = g + b, so that
//! y = Σ_g rot_g( Σ_b rot_(−g)(d_(g+b)) · rot_b(x) ): one hoisting serves all b, and each g takes one rotation more
//! (Halevi, Shoup 2018, ePrint 2018/244).

use super::CircuitError;
use num_complex::Complex64;
use std::collections::{BTreeMap, BTreeSet};

/// The non-zero diagonals of a square matrix over the slots, each as its shortest period of a power of two.
///
/// What repeats is encoded, transformed and stored once: the factors of a Fourier transform have such diagonals.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearTransform {
    slots: usize,
    diagonals: BTreeMap<usize, Vec<Complex64>>,
}

impl LinearTransform {
    /// From diagonals, each of `slots` entries or one period of a power of two of them; their numbers are taken modulo
    /// `slots`.
    ///
    /// # Errors
    /// When there is no diagonal, one has another length, two are the same, or an entry is not finite.
    pub fn new(
        slots: usize,
        diagonals: impl IntoIterator<Item = (i64, Vec<Complex64>)>,
    ) -> Result<Self, CircuitError> {
        let refused = |found: String, remedy| CircuitError::Transform {
            slots,
            found,
            remedy,
        };
        if !slots.is_power_of_two() {
            let remedy = "take a power of two";
            return Err(refused("no power of two".into(), remedy));
        }
        let mut map = BTreeMap::new();
        for (index, mut entries) in diagonals {
            if !entries.len().is_power_of_two() || entries.len() > slots {
                let found = format!("{} entries in diagonal {index}", entries.len());
                return Err(refused(found, "give one for each slot, or a period"));
            }
            if let Some(entry) = entries.iter().find(|x| !x.is_finite()) {
                let found = format!("the entry {entry} in diagonal {index}");
                return Err(refused(found, "give finite numbers"));
            }
            entries.truncate(shortest(&entries));
            if map
                .insert(index.rem_euclid(slots as i64) as usize, entries)
                .is_some()
            {
                let found = format!("diagonal {index} twice, modulo the slots");
                return Err(refused(found, "add them up"));
            }
        }
        if map.is_empty() {
            return Err(refused("no diagonal".into(), "give at least one"));
        }
        Ok(Self {
            slots,
            diagonals: map,
        })
    }

    /// From the rows of a matrix; diagonals of zeros are left out.
    ///
    /// # Errors
    /// As [`LinearTransform::new`].
    pub fn from_rows(rows: &[Vec<Complex64>]) -> Result<Self, CircuitError> {
        let n = rows.len();
        if let Some(row) = rows.iter().find(|row| row.len() != n) {
            return Err(CircuitError::Transform {
                slots: n,
                found: format!("a row of {} entries", row.len()),
                remedy: "give a square matrix",
            });
        }
        let diagonal = |r: usize| (0..n).map(|i| rows[i][(i + r) % n]).collect::<Vec<_>>();
        let diagonals = (0..n).map(|r| (r as i64, diagonal(r)));
        let zero = Complex64::new(0.0, 0.0);
        Self::new(n, diagonals.filter(|d| d.1.iter().any(|x| *x != zero)))
    }

    /// n.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// The diagonals by number, one period of each.
    #[must_use]
    pub const fn diagonals(&self) -> &BTreeMap<usize, Vec<Complex64>> {
        &self.diagonals
    }

    /// The transform in the clear. Expects n slots.
    #[must_use]
    pub fn apply(&self, x: &[Complex64]) -> Vec<Complex64> {
        let n = self.slots;
        let entry = |i: usize| {
            let products = self.diagonals.iter();
            products.map(|(r, d)| at(d, i) * x[(i + r) % n]).sum()
        };
        (0..n).map(entry).collect()
    }

    /// This transform, and then `next`: the product of their matrices. Diagonals a of the next and b of this one meet in
    /// diagonal a + b, as d_a\[i\]·d_b\[i+a\].
    ///
    /// # Errors
    /// When the numbers of slots differ.
    pub fn then(&self, next: &Self) -> Result<Self, CircuitError> {
        if next.slots != self.slots {
            return Err(CircuitError::SlotMismatch {
                left: self.slots,
                right: next.slots,
            });
        }
        let mut product = BTreeMap::<usize, Vec<Complex64>>::new();
        for (a, outer) in &next.diagonals {
            for (b, inner) in &self.diagonals {
                let period = outer.len().max(inner.len());
                let sum = product.entry((a + b) % self.slots).or_default();
                // What is there so far, at the longer of the two periods.
                let known = std::mem::take(sum);
                let period = period.max(known.len());
                let entry = |i: usize| {
                    let term = at(outer, i) * at(inner, i + a);
                    if known.is_empty() {
                        term
                    } else {
                        at(&known, i) + term
                    }
                };
                *sum = (0..period).map(entry).collect();
            }
        }
        Self::new(self.slots, product.into_iter().map(|(r, d)| (r as i64, d)))
    }

    /// Row i of the matrix times c_i, for one period of factors.
    ///
    /// # Errors
    /// When their number is no power of two up to the slots, or one is not finite.
    pub fn scaled_rows(&self, factors: &[Complex64]) -> Result<Self, CircuitError> {
        let rows = Self::new(self.slots, [(0, factors.to_vec())])?;
        self.then(&rows)
    }

    /// The same matrix for more slots, whose vectors repeat with the period of the present ones.
    ///
    /// # Errors
    /// When `slots` is no power of two, or smaller.
    pub fn repeated(&self, slots: usize) -> Result<Self, CircuitError> {
        // A shift by r modulo n is one by r modulo any multiple of n, where vectors repeat after n.
        let diagonals = self.diagonals.iter();
        Self::new(slots, diagonals.map(|(r, d)| (*r as i64, d.clone())))
    }

    /// The cheapest split into baby and giant steps.
    #[must_use]
    pub fn steps(&self) -> Steps {
        Steps::best(self.slots, self.diagonals.keys())
    }
}

/// Entry i of a diagonal that repeats.
fn at(period: &[Complex64], i: usize) -> Complex64 {
    period[i & (period.len() - 1)]
}

/// The shortest period of a power of two slots. Pre: their number is a power of two.
pub(crate) fn shortest<T: PartialEq>(slots: &[T]) -> usize {
    let mut period = slots.len();
    while period > 1 && slots[..period / 2] == slots[period / 2..period] {
        period /= 2;
    }
    period
}

/// Which rotations a transform takes: diagonals grouped by giant step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Giant step g, and the baby steps b of its diagonals g + b.
    pub groups: BTreeMap<usize, Vec<usize>>,
}

/// What a giant step weighs in baby steps: a giant step takes a decomposition of its own and a division by P, where baby
/// steps share theirs.
const GIANT: usize = 3;

impl Steps {
    /// The cheapest split of the diagonals of these numbers.
    pub(super) fn best<'a>(
        slots: usize,
        diagonals: impl IntoIterator<Item = &'a usize> + Clone,
    ) -> Self {
        let split = |log: u32| Self::new(diagonals.clone(), 1 << log);
        // Never empty: there is at least one power of two.
        let best = (0..=slots.ilog2()).map(split).min_by_key(Self::cost);
        best.unwrap_or_else(|| split(0))
    }

    fn new<'a>(diagonals: impl IntoIterator<Item = &'a usize>, baby: usize) -> Self {
        let mut groups = BTreeMap::<usize, Vec<usize>>::new();
        for r in diagonals {
            groups.entry(r - r % baby).or_default().push(r % baby);
        }
        Self { groups }
    }

    /// All baby steps, 0 included where it occurs.
    #[must_use]
    pub fn babies(&self) -> BTreeSet<usize> {
        self.groups.values().flatten().copied().collect()
    }

    /// The rotations that keys are needed for.
    #[must_use]
    pub fn rotations(&self) -> BTreeSet<usize> {
        let mut all = self.babies();
        all.extend(self.groups.keys());
        all.remove(&0);
        all
    }

    /// In baby steps.
    pub(super) fn cost(&self) -> usize {
        let nonzero = |x: &&usize| **x != 0;
        let giants = self.groups.keys().filter(nonzero).count();
        self.babies().iter().filter(nonzero).count() + GIANT * giants
    }
}
