//! Linear transforms of real slots, two diagonals in each complex one.
//!
//! Real slots leave the imaginary half of a ciphertext unused. With x̃_i = x_i + √−1·x_(i+δ), which is a rotation,
//!
//! Re(½(d_r − √−1·d_(r+δ))\[i\] · 2x̃_(i+r)) = d_r\[i\]·x_(i+r) + d_(r+δ)\[i\]·x_(i+r+δ),
//!
//! so that one product serves diagonals r and r + δ, and adding the conjugate at the end takes twice the real part. About
//! half the products, half the plaintexts and fewer rotations are left; one rotation and one conjugation are added, no level.
//! The imaginary parts of x, which are errors, come in at the size of the other errors.

use super::{CircuitError, Evaluator, LinearTransform, linear::Steps};
use crate::quantity::{Level, Scale};
use num_complex::Complex64;
use std::collections::{BTreeMap, BTreeSet};

/// A transform of real slots by a real matrix.
///
/// ```
/// use equiripple::circuit::{LinearTransform, RealTransform};
/// use num_complex::Complex64;
/// // The taps of a convolution of 16 channels, 32×32 pixels each.
/// let offsets = (0..16).flat_map(|c| (-1..=1).flat_map(move |y| (-1..=1).map(move |x| 1024 * c + 32 * y + x)));
/// let matrix = LinearTransform::new(1 << 14, offsets.map(|d| (d, vec![Complex64::ONE])))?;
/// let real = RealTransform::new(&matrix)?;
/// assert_eq!((matrix.diagonals().len(), real.matrix().diagonals().len()), (144, 72));
/// # Ok::<(), equiripple::circuit::CircuitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RealTransform {
    /// δ, where pairs save something.
    shift: Option<usize>,
    /// What is applied, to x̃ where there is a shift.
    matrix: LinearTransform,
}

/// A [`RealTransform`] with its plaintexts encoded for one level.
#[derive(Debug)]
pub struct Prepared<T> {
    shift: Option<usize>,
    transform: T,
}

/// What a baby step weighs in products with a diagonal, at the levels in the middle of a chain.
const BABY: usize = 3;
/// What the rotation and the conjugation weigh, each with a decomposition and a division of its own, in baby steps.
const PAIRING: usize = 10;
/// How many shifts of the most pairs are compared by the steps that they leave.
const COMPARED: usize = 32;

impl RealTransform {
    /// From the matrix; pairs are made where they save work.
    ///
    /// # Errors
    /// When an entry is not real.
    pub fn new(matrix: &LinearTransform) -> Result<Self, CircuitError> {
        let diagonals = matrix.diagonals();
        for (r, diagonal) in diagonals {
            if let Some(entry) = diagonal.iter().find(|x| x.im != 0.0) {
                return Err(CircuitError::Transform {
                    slots: matrix.slots(),
                    found: format!("the entry {entry} in diagonal {r}"),
                    remedy: "give real numbers, or take a LinearTransform",
                });
            }
        }
        let numbers: BTreeSet<usize> = diagonals.keys().copied().collect();
        let unpaired = Self {
            shift: None,
            matrix: matrix.clone(),
        };
        let Some((shift, first)) = best(matrix.slots(), &numbers) else {
            return Ok(unpaired);
        };
        let (alone, paired) = (weight(matrix.slots(), &numbers), {
            weight(matrix.slots(), &first) + BABY * PAIRING
        });
        if alone <= paired {
            return Ok(unpaired);
        }
        let mut rest: BTreeMap<usize, &Vec<Complex64>> =
            diagonals.iter().map(|(r, d)| (*r, d)).collect();
        let mut made = vec![];
        for r in first {
            let (real, imaginary) = (
                rest.remove(&r),
                rest.remove(&((r + shift) % matrix.slots())),
            );
            made.push((r as i64, halved(real, imaginary)));
        }
        Ok(Self {
            shift: Some(shift),
            matrix: LinearTransform::new(matrix.slots(), made)?,
        })
    }

    /// The matrix that is applied, half of whose result is taken with its conjugate where there are pairs.
    #[must_use]
    pub const fn matrix(&self) -> &LinearTransform {
        &self.matrix
    }

    /// The transform in the clear, through x̃ as on ciphertexts. Expects n slots.
    #[must_use]
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        let later = |i: usize| self.shift.map_or(0.0, |shift| x[(i + shift) % x.len()]);
        let argument: Vec<Complex64> = (0..x.len())
            .map(|i| Complex64::new(x[i], later(i)))
            .collect();
        let times = if self.conjugates() { 2.0 } else { 1.0 };
        let y = self.matrix.apply(&argument);
        y.into_iter().map(|y| times * y.re).collect()
    }

    /// The rotations that keys are needed for; where there are any pairs, one for the conjugate too.
    #[must_use]
    pub fn rotations(&self) -> BTreeSet<usize> {
        let mut all = self.matrix.steps().rotations();
        all.extend(self.shift);
        all
    }

    /// Whether a key for the conjugate is needed.
    #[must_use]
    pub const fn conjugates(&self) -> bool {
        self.shift.is_some()
    }

    /// Encodes the diagonals for ciphertexts of that level, at `scale`; where it is to be `compact`, in the least memory.
    ///
    /// # Errors
    /// As [`Evaluator::prepare`] and [`Evaluator::prepare_compact`].
    pub fn prepare<E: Evaluator>(
        &self,
        evaluator: &E,
        level: Level,
        scale: &Scale,
        compact: bool,
    ) -> Result<Prepared<E::Transform>, E::Error> {
        Ok(Prepared {
            shift: self.shift,
            transform: match compact {
                true => evaluator.prepare_compact(&self.matrix, level, scale)?,
                false => evaluator.prepare(&self.matrix, level, scale)?,
            },
        })
    }
}

impl<T: Send + Sync> Prepared<T> {
    /// δ, where there are pairs.
    #[must_use]
    pub const fn shift(&self) -> Option<usize> {
        self.shift
    }

    /// What the interpreter has encoded.
    #[must_use]
    pub const fn transform(&self) -> &T {
        &self.transform
    }

    /// What a transform is applied to: x̃, or x itself. One for all transforms of the same shift.
    ///
    /// # Errors
    /// What the interpreter refuses, a missing key for instance.
    pub fn argument<E: Evaluator<Transform = T>>(
        &self,
        evaluator: &E,
        x: &E::Ciphertext,
    ) -> Result<E::Ciphertext, E::Error> {
        match self.shift {
            None => Ok(x.clone()),
            Some(shift) => {
                let later = evaluator.rotate(x, shift as i64)?;
                evaluator.add(x, &evaluator.mul_i(&later)?)
            }
        }
    }

    /// The product of a matrix with an argument; the scale becomes the product. Those of several matrices with the same
    /// shift may be summed before they are finished.
    ///
    /// # Errors
    /// What the interpreter refuses, a missing key for instance.
    pub fn product<E: Evaluator<Transform = T>>(
        &self,
        evaluator: &E,
        argument: &E::Ciphertext,
    ) -> Result<E::Ciphertext, E::Error> {
        evaluator.transform(argument, &self.transform)
    }

    /// The transform of real slots, rescaled.
    ///
    /// # Errors
    /// What the interpreter refuses, a missing key for instance.
    pub fn evaluate<E: Evaluator<Transform = T>>(
        &self,
        evaluator: &E,
        x: &E::Ciphertext,
    ) -> Result<E::Ciphertext, E::Error> {
        let argument = self.argument(evaluator, x)?;
        let product = self.product(evaluator, &argument)?;
        finished(evaluator, &product, self.shift.is_some())
    }
}

/// A product of [`Prepared::product`], or a sum of such ones, rescaled; where they are `paired` twice the real part of it.
///
/// # Errors
/// What the interpreter refuses, a missing key for instance.
pub fn finished<E: Evaluator>(
    evaluator: &E,
    product: &E::Ciphertext,
    paired: bool,
) -> Result<E::Ciphertext, E::Error> {
    let y = evaluator.rescale(product)?;
    if paired {
        evaluator.add(&y, &evaluator.conjugate(&y)?)
    } else {
        Ok(y)
    }
}

/// ½(a − √−1·b), of one period of each.
fn halved(a: Option<&Vec<Complex64>>, b: Option<&Vec<Complex64>>) -> Vec<Complex64> {
    let length = |d: Option<&Vec<Complex64>>| d.map_or(1, Vec::len);
    let at = |d: Option<&Vec<Complex64>>, i: usize| d.map_or(0.0, |d| d[i % d.len()].re / 2.0);
    let period = length(a).max(length(b));
    (0..period)
        .map(|i| Complex64::new(at(a, i), -at(b, i)))
        .collect()
}

/// The shift that leaves the least work, and the first diagonal of each pair; what finds no partner stands alone.
fn best(slots: usize, diagonals: &BTreeSet<usize>) -> Option<(usize, BTreeSet<usize>)> {
    // The first diagonal has a partner in whatever leaves few alone.
    let first = *diagonals.first()?;
    let shifts = diagonals.iter().skip(1).map(|r| r - first);
    let mut left: Vec<(usize, usize)> = shifts
        .map(|shift| (firsts(slots, diagonals, shift).len(), shift))
        .collect();
    left.sort_unstable();
    let fewest = left.first()?.0;
    let fewest = left.iter().filter(|(count, _)| *count == fewest);
    let made = fewest.take(COMPARED).flat_map(|(_, shift)| {
        // r with r + δ is r + δ with itself less δ.
        [*shift, slots - shift].map(|shift| (shift, firsts(slots, diagonals, shift)))
    });
    made.min_by_key(|(_, first)| weight(slots, first))
}

/// The first of every pair (r, r + δ) when as many as possible are made, and those that are left alone.
fn firsts(slots: usize, diagonals: &BTreeSet<usize>, shift: usize) -> BTreeSet<usize> {
    let mut waiting = diagonals.clone();
    let mut firsts = BTreeSet::new();
    let mut walk = |start: usize| {
        let mut r = start;
        while waiting.remove(&r) {
            firsts.insert(r);
            waiting.remove(&((r + shift) % slots));
            r = (r + 2 * shift) % slots;
        }
    };
    // Chains from their beginnings on; what is left then are closed ones, which may begin anywhere.
    let begins = |r: &&usize| !diagonals.contains(&((**r + slots - shift) % slots));
    diagonals.iter().filter(begins).for_each(|r| walk(*r));
    diagonals.iter().for_each(|r| walk(*r));
    firsts
}

/// The work of a transform with these diagonals, in products.
fn weight(slots: usize, diagonals: &BTreeSet<usize>) -> usize {
    diagonals.len() + BABY * Steps::best(slots, diagonals).cost()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by it")]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_matrix(diagonals in prop::collection::btree_map(0i64..64, prop::collection::vec(-1.0..1.0, 64), 1..64)) {
            let complex = |d: Vec<f64>| d.into_iter().map(|x| Complex64::new(x, 0.0)).collect();
            let matrix = LinearTransform::new(64, diagonals.into_iter().map(|(r, d)| (r, complex(d)))).unwrap();
            let real = RealTransform::new(&matrix).unwrap();
            let x: Vec<f64> = (0..64).map(|i| f64::from(i).sin()).collect();
            let wanted = matrix.apply(&x.iter().map(|x| Complex64::new(*x, 0.0)).collect::<Vec<_>>());
            for (y, wanted) in real.apply(&x).into_iter().zip(wanted) {
                prop_assert!((y - wanted.re).abs() < 1e-12);
            }
        }

        #[test]
        fn every_diagonal_is_in_one_pair(diagonals in prop::collection::btree_set(0usize..64, 1..64), shift in 1usize..64) {
            let firsts = firsts(64, &diagonals, shift);
            let seconds = firsts.iter().map(|r| (r + shift) % 64);
            let all: BTreeSet<usize> = firsts.iter().copied().chain(seconds).filter(|r| diagonals.contains(r)).collect();
            prop_assert_eq!(all, diagonals);
        }
    }

    #[test]
    fn a_few_diagonals_stay_as_they_are() {
        let one = vec![Complex64::ONE];
        let matrix = LinearTransform::new(64, (0..4).map(|r| (r, one.clone()))).unwrap();
        let real = RealTransform::new(&matrix).unwrap();
        assert!(!real.conjugates());
        assert_eq!(real.matrix(), &matrix);
    }

    #[test]
    fn imaginary_entries_are_refused() {
        let matrix = LinearTransform::new(8, [(3, vec![Complex64::I])]).unwrap();
        let refused = RealTransform::new(&matrix).unwrap_err().to_string();
        assert!(refused.contains("diagonal 3"), "{refused}");
    }
}
