//! The weighted system in the Chebyshev basis, factored once for all degrees.

use nalgebra::{DMatrix, DVector, Dyn, linalg::QR, linalg::SVD};

use super::points::WeightedPoint;
use crate::{ApproxError, Result, poly::Parity};

/// `A·D = Q·R` with the column scales `D`, and `Qᵀb`.
pub(super) struct Factored<'a> {
    points: &'a [WeightedPoint],
    parity: Parity,
    interval: (f64, f64),
    /// Scales the columns of `A` to unit length.
    scales: Vec<f64>,
    qr: QR<f64, Dyn, Dyn>,
    r: DMatrix<f64>,
    /// As long as there are points.
    rotated: DVector<f64>,
}

impl<'a> Factored<'a> {
    /// Factors the system of `unknowns` coefficients on `interval`; there must be as many points at least.
    pub(super) fn new(
        points: &'a [WeightedPoint],
        parity: Parity,
        interval: (f64, f64),
        unknowns: usize,
    ) -> Self {
        let mut matrix = DMatrix::zeros(points.len(), unknowns);
        for (i, p) in points.iter().enumerate() {
            let root = p.weight.sqrt();
            for (k, t) in basis(parity, interval, p.x).take(unknowns).enumerate() {
                matrix[(i, k)] = root * t;
            }
        }
        let mut scales = Vec::with_capacity(unknowns);
        for mut column in matrix.column_iter_mut() {
            let norm = column.norm();
            let scale = if norm > 0.0 { norm.recip() } else { 1.0 };
            column *= scale;
            scales.push(scale);
        }
        let values = points.iter().map(|p| p.weight.sqrt() * p.value);
        let mut rotated = DVector::from_iterator(points.len(), values);
        let qr = QR::new(matrix);
        qr.q_tr_mul(&mut rotated);
        Self {
            points,
            parity,
            interval,
            scales,
            r: qr.r(),
            qr,
            rotated,
        }
    }

    /// Ratio of the extreme singular values of the scaled system of the first `n` columns.
    ///
    /// # Errors
    /// [`ApproxError::Singular`] if the rank is below `n` in f64.
    pub(super) fn condition(&self, n: usize) -> Result<f64> {
        let block = self.r.view((0, 0), (n, n)).into_owned();
        let tolerance = f64::EPSILON * self.points.len() as f64;
        let singular =
            SVD::try_new(block, false, false, f64::EPSILON, 0).map(|d| d.singular_values);
        let rank = singular.as_ref().map_or(0, |values| {
            let least = values.max() * tolerance;
            values.iter().filter(|v| **v > least).count()
        });
        match singular {
            Some(values) if rank == n => Ok(values.max() / values.min()),
            _ => Err(ApproxError::Singular {
                why: format!(
                    "in f64 the {} points determine only {rank} of {n} coefficients, so take a smaller degree or an \
                     interval as wide as the points",
                    self.points.len()
                ),
            }),
        }
    }

    /// The first `n` coefficients that solve the system of `n` columns. One step of refinement takes back what the
    /// long sums of the factorisation lost.
    ///
    /// # Errors
    /// [`ApproxError::Singular`] for a zero on the diagonal.
    pub(super) fn coefficients(&self, n: usize) -> Result<Vec<f64>> {
        let mut coeffs = self.solve(&self.rotated, n)?;
        let residual = self.points.iter().map(|p| {
            let terms = basis(self.parity, self.interval, p.x).zip(&coeffs);
            let value: f64 = terms.map(|(t, c)| t * c).sum();
            p.weight.sqrt() * (p.value - value)
        });
        let mut rest = DVector::from_iterator(self.points.len(), residual);
        self.qr.q_tr_mul(&mut rest);
        for (c, step) in coeffs.iter_mut().zip(self.solve(&rest, n)?) {
            *c += step;
        }
        Ok(coeffs)
    }

    fn solve(&self, rotated: &DVector<f64>, n: usize) -> Result<Vec<f64>> {
        let block = self.r.view((0, 0), (n, n));
        let scaled = block.solve_upper_triangular(&rotated.rows(0, n));
        let scaled = scaled.ok_or_else(|| ApproxError::Singular {
            why: format!("a pivot of {n} is zero"),
        })?;
        Ok(scaled
            .iter()
            .zip(&self.scales)
            .map(|(c, d)| c * d)
            .collect())
    }

    /// The rms error of `n = 1, 2, …` coefficients: what is left of `Qᵀb` beyond the first n entries.
    pub(super) fn rms(&self) -> Vec<f64> {
        let mut rest: f64 = self
            .rotated
            .iter()
            .skip(self.scales.len())
            .map(|v| v * v)
            .sum();
        let mut rms: Vec<f64> = (0..self.scales.len())
            .rev()
            .map(|n| {
                let root = rest.sqrt();
                rest += self.rotated[n] * self.rotated[n];
                root
            })
            .collect();
        rms.reverse();
        rms
    }
}

/// `T_{δ(0)}(s), T_{δ(1)}(s), …`: `T_{k+j} = 2 T_j T_k − T_{k−j}` with steps `j` of 1, or of 2 within a parity.
fn basis(parity: Parity, (lo, hi): (f64, f64), x: f64) -> impl Iterator<Item = f64> {
    let s = (2.0 * x - (lo + hi)) / (hi - lo);
    let double = 2.0 * s * s - 1.0;
    let (factor, first, before) = match parity {
        Parity::Full => (s, 1.0, s),
        Parity::Even => (double, 1.0, double),
        Parity::Odd => (double, s, s),
    };
    let next = move |(now, before): &(f64, f64)| Some((2.0 * factor * now - before, *now));
    std::iter::successors(Some((first, before)), next).map(|(now, _)| now)
}
