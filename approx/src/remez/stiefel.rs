//! Linear minimax on points by Stiefel's exchange (the dual simplex method), for bases without the Haar property.
//!
//! `min_c max_i |f_i − φ_i·c|` over n functions is decided by n+1 points with weights `λ_i ≥ 0` and signs `s_i` such
//! that `Σ λ_i s_i φ_i = 0`: the levelled error there is a lower bound of the optimum. A point with a larger error
//! enters, the ratio test names the one that leaves, and the bound rises.

use nalgebra::{DMatrix, DVector};

use super::Budget;
use crate::{ApproxError, Result};

/// A row of the problem: values of the basis at a point, and of the function.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) basis: Vec<f64>,
    pub(crate) value: f64,
}

impl Row {
    /// `f − φ·c`.
    pub(crate) fn residual(&self, coeffs: &[f64]) -> f64 {
        self.value
            - self
                .basis
                .iter()
                .zip(coeffs)
                .map(|(b, c)| b * c)
                .sum::<f64>()
    }
}

/// Solution of a discrete problem.
#[derive(Debug, Clone)]
pub(crate) struct Levelled {
    pub(crate) coeffs: Vec<f64>,
    pub(crate) error: f64,
    /// Indices of the reference rows.
    pub(crate) reference: Vec<usize>,
}

const MAX_STEPS: usize = 5000;
/// How far from level a solution may be when rounding ends the exchange.
const STALLED: f64 = 1e-5;

/// Solves the problem over `rows` to the relative tolerance `tolerance`.
///
/// # Errors
/// Too few rows, a basis that is dependent on them, or an exchange that cycles.
pub(crate) fn solve(rows: &[Row], tolerance: f64, budget: Budget) -> Result<Levelled> {
    let n = rows.first().map_or(0, |r| r.basis.len());
    if rows.len() <= n || n == 0 {
        let why = format!(
            "{} points carry no approximation by {n} functions",
            rows.len()
        );
        return Err(ApproxError::Degree {
            degree: n,
            min: 1,
            max: rows.len().saturating_sub(1),
            why,
        });
    }
    let mut basis = Basis::new(rows, independent(rows, n)?)?;
    let mut best: Option<(f64, Levelled)> = None;
    let mut risen = (0.0, 0);
    for step in 0..MAX_STEPS {
        budget.check("the last stage's exchange")?;
        let solution = basis.solution(rows)?;
        let (entering, residual) = rows
            .iter()
            .map(|r| r.residual(&solution.coeffs))
            .enumerate()
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
            .unwrap_or((0, 0.0));
        let excess = residual.abs() / solution.error.max(f64::MIN_POSITIVE) - 1.0;
        if excess <= tolerance || residual == 0.0 {
            return Ok(solution);
        }
        if solution.error > risen.0 * (1.0 + 1e-12) {
            risen = (solution.error, step);
        }
        // In exact arithmetic the bound rises with every step; when it has not for long, rounding has the say.
        let stalled = step > risen.1 + 4 * (n + 1) || basis.reference.contains(&entering);
        if best.as_ref().is_none_or(|b| excess < b.0) {
            best = Some((excess, solution));
        }
        if stalled {
            break;
        }
        basis.exchange(rows, entering, residual.signum())?;
    }
    match best {
        Some((excess, solution)) if excess < STALLED => Ok(solution),
        best => Err(ApproxError::NotConverged {
            iterations: MAX_STEPS,
            precision: 53,
            levelled: best
                .as_ref()
                .map_or("none".into(), |b| format!("{:.6e}", b.1.error)),
            largest: best.as_ref().map_or("none".into(), |b| {
                format!("{:.6e}", b.1.error * (1.0 + b.0))
            }),
        }),
    }
}

/// n+1 rows of which n are chosen by pivoted QR, so that the first reference is regular.
fn independent(rows: &[Row], n: usize) -> Result<Vec<usize>> {
    let stride = rows.len().div_ceil(4000);
    let sample: Vec<usize> = (0..rows.len()).step_by(stride).collect();
    let matrix = DMatrix::from_fn(n, sample.len(), |i, j| rows[sample[j]].basis[i]);
    let qr = matrix.col_piv_qr();
    let mut order = DMatrix::from_fn(1, sample.len(), |_, j| j as f64);
    qr.p().permute_columns(&mut order);
    let chosen: Vec<usize> = order
        .iter()
        .take(n + 1)
        .map(|j| sample[*j as usize])
        .collect();
    if chosen.len() <= n {
        return Err(ApproxError::Singular {
            why: "too few points for the first reference".into(),
        });
    }
    Ok(chosen)
}

/// n+1 points, their signs and weights.
struct Basis {
    reference: Vec<usize>,
    signs: Vec<f64>,
    weights: Vec<f64>,
}

impl Basis {
    /// Signs and weights from the kernel of `Σ v_i φ_i = 0`.
    fn new(rows: &[Row], reference: Vec<usize>) -> Result<Self> {
        let n = reference.len() - 1;
        let singular = || ApproxError::Singular {
            why: "the first reference is degenerate".into(),
        };
        // Σ_{i<n} v_i φ_i = −φ_n with v_n = 1.
        let matrix = DMatrix::from_fn(n, n, |k, i| rows[reference[i]].basis[k]);
        let last = DVector::from_fn(n, |k, _| -rows[reference[n]].basis[k]);
        let mut kernel: Vec<f64> = matrix
            .lu()
            .solve(&last)
            .ok_or_else(singular)?
            .iter()
            .copied()
            .collect();
        kernel.push(1.0);
        let total: f64 = kernel.iter().map(|v| v.abs()).sum();
        if !total.is_finite() {
            return Err(singular());
        }
        let along: f64 = kernel
            .iter()
            .zip(&reference)
            .map(|(v, &i)| v * rows[i].value)
            .sum();
        let side = if along < 0.0 { -1.0 } else { 1.0 };
        let signs = kernel
            .iter()
            .map(|v| if *v < 0.0 { -side } else { side })
            .collect();
        let weights = kernel.iter().map(|v| v.abs() / total).collect();
        Ok(Self {
            reference,
            signs,
            weights,
        })
    }

    /// Rows `[φ_i, s_i]`.
    fn system(&self, rows: &[Row]) -> DMatrix<f64> {
        let n = self.reference.len() - 1;
        DMatrix::from_fn(n + 1, n + 1, |i, k| {
            if k == n {
                self.signs[i]
            } else {
                rows[self.reference[i]].basis[k]
            }
        })
    }

    fn solution(&self, rows: &[Row]) -> Result<Levelled> {
        let values = DVector::from_fn(self.reference.len(), |i, _| rows[self.reference[i]].value);
        let solved = self.system(rows).lu().solve(&values);
        let mut coeffs: Vec<f64> = solved
            .ok_or_else(|| ApproxError::Singular {
                why: "a reference of the exchange is degenerate".into(),
            })?
            .iter()
            .copied()
            .collect();
        let error = coeffs.pop().unwrap_or(0.0).abs();
        Ok(Levelled {
            coeffs,
            error,
            reference: self.reference.clone(),
        })
    }

    /// Brings row `entering` with error sign `sign` in; the ratio test decides which one leaves.
    fn exchange(&mut self, rows: &[Row], entering: usize, sign: f64) -> Result<()> {
        let n = self.reference.len() - 1;
        // Σ μ_i (s_i φ_i, 1) = (σ φ_q, 1); scaling row i of the system by s_i turns it into the transposed problem.
        let mut system = self.system(rows);
        for (i, s) in self.signs.iter().enumerate() {
            for k in 0..=n {
                system[(i, k)] *= s;
            }
        }
        let target = DVector::from_fn(n + 1, |k, _| {
            if k == n {
                1.0
            } else {
                sign * rows[entering].basis[k]
            }
        });
        let mu = system
            .transpose()
            .lu()
            .solve(&target)
            .ok_or_else(|| ApproxError::Singular {
                why: "a reference of the exchange is degenerate".into(),
            })?;
        let scale = mu.amax();
        let ratio = |i: usize| self.weights[i] / mu[i];
        let candidates: Vec<usize> = (0..=n).filter(|&i| mu[i] > 1e-12 * scale).collect();
        let least = candidates
            .iter()
            .map(|&i| ratio(i))
            .fold(f64::INFINITY, f64::min);
        // Among points that tie up to rounding, the largest pivot keeps the next system well-conditioned.
        let leaving = candidates
            .into_iter()
            .filter(|&i| ratio(i) <= least + 1e-13 / scale)
            .max_by(|&i, &j| mu[i].total_cmp(&mu[j]))
            .ok_or_else(|| ApproxError::Singular {
                why: "no point can leave the reference".into(),
            })?;
        let step = self.weights[leaving] / mu[leaving];
        for (w, m) in self.weights.iter_mut().zip(mu.iter()) {
            *w = (*w - step * m).max(0.0);
        }
        self.weights[leaving] = step;
        self.signs[leaving] = sign;
        self.reference[leaving] = entering;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_through_absolute_value() {
        // |x| on [−1, 1] by a + bx: a = ½, b = 0, E = ½.
        let rows: Vec<Row> = (-50..=50)
            .map(|i| f64::from(i) / 50.0)
            .map(|x| Row {
                basis: vec![1.0, x],
                value: x.abs(),
            })
            .collect();
        let best = solve(&rows, 1e-12, Budget::unlimited()).expect("converges");
        assert!(
            (best.error - 0.5).abs() < 1e-12
                && (best.coeffs[0] - 0.5).abs() < 1e-12
                && best.coeffs[1].abs() < 1e-12
        );
    }

    #[test]
    fn too_few_points_are_an_error() {
        let row = Row {
            basis: vec![1.0, 2.0],
            value: 0.0,
        };
        assert!(matches!(
            solve(&[row.clone(), row], 1e-9, Budget::unlimited()),
            Err(ApproxError::Degree { .. })
        ));
    }
}
