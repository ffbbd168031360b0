//! Dense linear systems in MPFR, for the reference equations of an exchange.

use rug::{Assign, Float};

use crate::{ApproxError, Result};

/// Solves `A·x = b` by Gaussian elimination with partial pivoting; `rows[i]` holds row `i` of `A` followed by `b_i`.
///
/// # Errors
/// [`ApproxError::Singular`] when a column has no pivot.
pub(crate) fn solve(mut rows: Vec<Vec<Float>>, prec: u32) -> Result<Vec<Float>> {
    let n = rows.len();
    let mut product = Float::new(prec);
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|&i, &j| {
                rows[i][k]
                    .cmp_abs(&rows[j][k])
                    .unwrap_or(std::cmp::Ordering::Equal)
            })
            .filter(|&i| rows[i][k].is_finite() && rows[i][k] != 0)
            .ok_or_else(|| ApproxError::Singular {
                why: format!("no pivot in column {k} of {n}"),
            })?;
        rows.swap(k, pivot);
        let (done, rest) = rows.split_at_mut(k + 1);
        let pivot_row = &done[k];
        for row in rest {
            let factor = Float::with_val(prec, &row[k] / &pivot_row[k]);
            for (entry, above) in row[k + 1..].iter_mut().zip(&pivot_row[k + 1..]) {
                product.assign(&factor * above);
                *entry -= &product;
            }
        }
    }
    let mut x: Vec<Float> = vec![Float::new(prec); n];
    for k in (0..n).rev() {
        let mut value = rows[k][n].clone();
        for j in k + 1..n {
            product.assign(&rows[k][j] * &x[j]);
            value -= &product;
        }
        x[k] = value / &rows[k][k];
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hilbert_system_of_ones() {
        let (n, prec) = (12u32, 256);
        let rows = (0..n)
            .map(|i| {
                let mut row: Vec<Float> = (0..n)
                    .map(|j| Float::with_val(prec, 1) / (i + j + 1))
                    .collect();
                let sum = row.iter().fold(Float::new(prec), |s, a| s + a);
                row.push(sum);
                row
            })
            .collect();
        for x in solve(rows, prec).expect("regular") {
            assert!(Float::with_val(prec, x - 1u32).abs() < 1e-55);
        }
    }

    #[test]
    fn singular_system_is_an_error() {
        let one = || Float::with_val(64, 1);
        assert!(matches!(
            solve(vec![vec![one(); 3]; 2], 64),
            Err(ApproxError::Singular { .. })
        ));
    }
}
