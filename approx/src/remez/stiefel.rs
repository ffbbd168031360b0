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
/// A weight below this is rounding: the point takes no part in the reference's dependence.
const NO_WEIGHT: f64 = 1e-14;
/// Relative perturbations of the rows that are tried when the exchange stalls. Where the inner composition is flat the
/// rows of many points are parallel; such a reference is degenerate, and the exchange may turn in circles there.
const PERTURBATIONS: [f64; 4] = [1e-11, 1e-9, 1e-8, 1e-7];

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
    let first = first_reference(rows, n)?;
    let mut best = Attempt::run(rows, first.clone(), tolerance, budget);
    for size in PERTURBATIONS {
        if best.as_ref().is_ok_and(|b| b.excess <= STALLED) {
            break;
        }
        budget.check("the last stage's exchange")?;
        let start = Attempt::run(&perturbed(rows, size), first.clone(), tolerance, budget)
            .map_or_else(|_| first.clone(), |a| a.solution.reference);
        let again = Attempt::run(rows, start, tolerance, budget);
        let better = match (&best, &again) {
            (Ok(a), Ok(b)) => b.excess < a.excess,
            (_, b) => b.is_ok(),
        };
        if better {
            best = again;
        }
    }
    let best = best?;
    if best.excess <= STALLED {
        return Ok(best.solution);
    }
    Err(ApproxError::NotConverged {
        iterations: best.steps,
        precision: 53,
        levelled: format!("{:.6e}", best.solution.error),
        largest: format!("{:.6e}", best.solution.error * (1.0 + best.excess)),
    })
}

/// The rows with every entry off by up to `size`, always in the same way.
fn perturbed(rows: &[Row], size: f64) -> Vec<Row> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut factor = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        1.0 + size * ((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
    };
    rows.iter()
        .map(|row| Row {
            basis: row.basis.iter().map(|b| b * factor()).collect(),
            value: row.value,
        })
        .collect()
}

/// How far one run of the exchange got.
struct Attempt {
    solution: Levelled,
    /// Largest error over the levelled one, minus one.
    excess: f64,
    steps: usize,
}

impl Attempt {
    fn run(rows: &[Row], reference: Vec<usize>, tolerance: f64, budget: Budget) -> Result<Self> {
        let n = reference.len() - 1;
        let mut basis = Basis::new(rows, reference)?;
        let mut best: Option<Self> = None;
        let mut risen = (0.0, 0);
        for steps in 0..MAX_STEPS {
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
                return Ok(Self {
                    solution,
                    excess: excess.min(tolerance),
                    steps,
                });
            }
            if solution.error > risen.0 * (1.0 + 1e-12) {
                risen = (solution.error, steps);
            }
            // In exact arithmetic the bound rises with every step that is not degenerate; when it has not for long,
            // rounding has the say.
            let stalled = steps > risen.1 + 4 * (n + 1) || basis.reference.contains(&entering);
            if best.as_ref().is_none_or(|b| excess < b.excess) {
                best = Some(Self {
                    solution,
                    excess,
                    steps,
                });
            }
            // A reference that rounding made singular ends the run with what there is.
            if stalled || basis.exchange(rows, entering, residual.signum()).is_err() {
                break;
            }
        }
        best.ok_or_else(degenerate)
    }
}

fn degenerate() -> ApproxError {
    ApproxError::Singular {
        why: "a reference of the exchange is degenerate".into(),
    }
}

/// n rows by pivoted QR, so that the reference is regular, and the one that their interpolant misses by most, so that
/// its levelled error is not zero.
fn first_reference(rows: &[Row], n: usize) -> Result<Vec<usize>> {
    let stride = rows.len().div_ceil(4000);
    let sample: Vec<usize> = (0..rows.len()).step_by(stride).collect();
    let matrix = DMatrix::from_fn(n, sample.len(), |i, j| rows[sample[j]].basis[i]);
    let qr = matrix.col_piv_qr();
    let mut order = DMatrix::from_fn(1, sample.len(), |_, j| j as f64);
    qr.p().permute_columns(&mut order);
    let order: Vec<usize> = order.iter().map(|j| sample[*j as usize]).collect();
    if order.len() <= n {
        return Err(ApproxError::Singular {
            why: "too few points for the first reference".into(),
        });
    }
    let (mut chosen, rest) = (order[..n].to_vec(), &order[n..]);
    let system = DMatrix::from_fn(n, n, |i, k| rows[chosen[i]].basis[k]);
    let values = DVector::from_fn(n, |i, _| rows[chosen[i]].value);
    let last = system
        .lu()
        .solve(&values)
        .and_then(|c| {
            let missed = |i: usize| rows[i].residual(c.as_slice()).abs();
            let worst = rest
                .iter()
                .copied()
                .max_by(|&i, &j| missed(i).total_cmp(&missed(j)))?;
            missed(worst).is_finite().then_some(worst)
        })
        .unwrap_or(rest[0]);
    chosen.push(last);
    Ok(chosen)
}

/// n+1 points and their signs.
struct Basis {
    reference: Vec<usize>,
    signs: Vec<f64>,
}

impl Basis {
    /// Signs from the kernel of `Σ v_i φ_i = 0`.
    fn new(rows: &[Row], reference: Vec<usize>) -> Result<Self> {
        let n = reference.len() - 1;
        // Σ_{i<n} v_i φ_i = −φ_n with v_n = 1.
        let matrix = DMatrix::from_fn(n, n, |k, i| rows[reference[i]].basis[k]);
        let last = DVector::from_fn(n, |k, _| -rows[reference[n]].basis[k]);
        let kernel = matrix.lu().solve(&last);
        // A reference that was found for other rows may have its dependence elsewhere.
        let kernel = kernel
            .filter(|v| v.iter().all(|x| x.is_finite()))
            .ok_or_else(degenerate)?;
        let kernel: Vec<f64> = kernel.iter().copied().chain([1.0]).collect();
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
        Ok(Self { reference, signs })
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
            .filter(|c| c.iter().all(|x| x.is_finite()))
            .ok_or_else(degenerate)?
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
        // Σ μ_i (s_i φ_i, 1) = (σ φ_q, 1) and Σ λ_i (s_i φ_i, 1) = (0, 1). The weights λ are computed afresh: carried
        // along from step to step they would drift, and the ratio test would name the wrong point.
        let system = DMatrix::from_fn(n + 1, n + 1, |k, i| {
            if k == n {
                1.0
            } else {
                self.signs[i] * rows[self.reference[i]].basis[k]
            }
        });
        let targets = DMatrix::from_fn(n + 1, 2, |k, j| match (k == n, j) {
            (true, _) => 1.0,
            (false, 0) => sign * rows[entering].basis[k],
            (false, _) => 0.0,
        });
        let solved = system
            .lu()
            .solve(&targets)
            .filter(|v| v.iter().all(|x| x.is_finite()))
            .ok_or_else(degenerate)?;
        let mu = solved.column(0);
        let scale = mu.amax();
        let weight = |i: usize| {
            let w = solved[(i, 1)];
            if w < NO_WEIGHT { 0.0 } else { w }
        };
        let ratio = |i: usize| weight(i) / mu[i];
        let candidates: Vec<usize> = (0..=n).filter(|&i| mu[i] > 1e-11 * scale).collect();
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
