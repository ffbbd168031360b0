//! Rounding on a lattice: among all coefficient vectors on the grid, one whose polynomial is close to the given one
//! on the interval of use (LLL reduction and Babai's nearest plane; Brisebarre and Chevillard, "Efficient polynomial
//! L∞-approximations", 2007).

use rug::{Float, float::Constant};

use super::to_grid;
use crate::{
    ApproxError, Result,
    poly::{Chebyshev, Parity},
};

/// Lovász's constant.
const DELTA: f64 = 0.99;
const MAX_SWAPS: usize = 200_000;

/// The polynomial with coefficients on the grid `2^-bits` that Babai's nearest plane finds for the lattice spanned by
/// the basis functions at Chebyshev points of `[lo, hi]`, or the nearest ones if these move it less.
///
/// # Errors
/// [`ApproxError::Singular`] when the reduction does not end.
pub fn round_on_lattice(p: &Chebyshev, lo: &Float, hi: &Float, bits: u32) -> Result<Chebyshev> {
    let n = p.coeffs().len();
    let prec = 128 + 4 * n as u32 + bits;
    let points = sample_points(p.parity(), lo, hi, 2 * n, prec);
    // Columns: every basis polynomial at the sample points, in units of the grid.
    let mut basis: Vec<Vec<Float>> = (0..n)
        .map(|k| {
            let mut unit = vec![Float::new(prec); n];
            unit[k] = Float::with_val(prec, 1);
            let t_k = p.map_coeffs(|_| Float::new(prec));
            let t_k = with_coeffs(&t_k, unit);
            points.iter().map(|x| t_k.eval(x, prec)).collect()
        })
        .collect();
    let mut transform: Vec<Vec<Float>> = (0..n)
        .map(|i| {
            (0..n)
                .map(|j| Float::with_val(prec, u32::from(i == j)))
                .collect()
        })
        .collect();
    reduce(&mut basis, &mut transform, prec)?;
    // Babai: peel off the nearest multiple of each reduced vector, the last one first.
    let ortho = gram_schmidt(&basis, prec);
    let exact: Vec<Float> = points.iter().map(|x| p.eval(x, prec) << bits).collect();
    let mut rest = exact.clone();
    let mut chosen = vec![Float::new(prec); n];
    for i in (0..n).rev() {
        let along = (dot(&rest, &ortho[i], prec) / dot(&ortho[i], &ortho[i], prec)).round();
        for (r, b) in rest.iter_mut().zip(&basis[i]) {
            *r -= Float::with_val(prec, b * &along);
        }
        for (c, t) in chosen.iter_mut().zip(&transform[i]) {
            *c += Float::with_val(prec, t * &along);
        }
    }
    let on_lattice = with_coeffs(
        p,
        chosen
            .into_iter()
            .map(|c| to_grid(&(c >> bits), bits))
            .collect(),
    );
    // The nearest plane is close in the mean square; where the basis is nearly orthogonal as it is, single roundings
    // may come out ahead.
    let single = p.map_coeffs(|c| to_grid(c, bits));
    let moved = |q: &Chebyshev| {
        points.iter().zip(&exact).fold(Float::new(64), |m, (x, y)| {
            let by = Float::with_val(64, (q.eval(x, prec) << bits) - y);
            m.max(&by.abs())
        })
    };
    Ok(if moved(&on_lattice) <= moved(&single) {
        on_lattice
    } else {
        single
    })
}

fn with_coeffs(p: &Chebyshev, coeffs: Vec<Float>) -> Chebyshev {
    let mut coeffs = coeffs.into_iter();
    p.map_coeffs(|c| coeffs.next().unwrap_or_else(|| c.clone()))
}

fn sample_points(parity: Parity, lo: &Float, hi: &Float, count: usize, prec: u32) -> Vec<Float> {
    let pi = Float::with_val(prec, Constant::Pi);
    let from = if parity == Parity::Full || *lo > 0 {
        lo.clone()
    } else {
        Float::new(prec)
    };
    (0..count)
        .map(|j| {
            let angle = Float::with_val(prec, &pi * (2 * j as u32 + 1)) / (2 * count as u32);
            Float::with_val(prec, hi - &from) * (1u32 - angle.cos()) / 2u32 + &from
        })
        .collect()
}

fn dot(a: &[Float], b: &[Float], prec: u32) -> Float {
    a.iter().zip(b).fold(Float::new(prec), |s, (x, y)| {
        s + Float::with_val(prec, x * y)
    })
}

fn gram_schmidt(basis: &[Vec<Float>], prec: u32) -> Vec<Vec<Float>> {
    let mut ortho: Vec<Vec<Float>> = vec![];
    for b in basis {
        let mut v = b.clone();
        for o in &ortho {
            let mu = dot(b, o, prec) / dot(o, o, prec);
            for (x, y) in v.iter_mut().zip(o) {
                *x -= Float::with_val(prec, y * &mu);
            }
        }
        ortho.push(v);
    }
    ortho
}

/// LLL with the Gram–Schmidt coefficients updated in place.
fn reduce(basis: &mut [Vec<Float>], transform: &mut [Vec<Float>], prec: u32) -> Result<()> {
    let n = basis.len();
    let ortho = gram_schmidt(basis, prec);
    let mut norms: Vec<Float> = ortho.iter().map(|o| dot(o, o, prec)).collect();
    let mut mu: Vec<Vec<Float>> = basis
        .iter()
        .map(|b| {
            ortho
                .iter()
                .zip(&norms)
                .map(|(o, n)| dot(b, o, prec) / n)
                .collect()
        })
        .collect();
    let mut k = 1;
    for _ in 0..MAX_SWAPS {
        if k >= n {
            return Ok(());
        }
        for j in (0..k).rev() {
            let q = Float::with_val(prec, mu[k][j].round_ref());
            if q == 0 {
                continue;
            }
            subtract(basis, k, j, &q, prec);
            subtract(transform, k, j, &q, prec);
            subtract(&mut mu, k, j, &q, prec);
        }
        let m = mu[k][k - 1].clone();
        let projected = Float::with_val(prec, m.square_ref()) * &norms[k - 1] + &norms[k];
        if projected >= Float::with_val(prec, &norms[k - 1] * DELTA) {
            k += 1;
            continue;
        }
        basis.swap(k, k - 1);
        transform.swap(k, k - 1);
        // Standard update of μ and of the squared lengths after a swap.
        let nu = Float::with_val(prec, &m * &norms[k - 1]) / &projected;
        norms[k] = Float::with_val(prec, &norms[k - 1] * &norms[k]) / &projected;
        norms[k - 1] = projected;
        mu.swap(k, k - 1);
        mu[k][k - 1] = nu.clone();
        mu[k - 1][k - 1] = Float::with_val(prec, 1);
        mu[k][k] = Float::with_val(prec, 1);
        for row in &mut mu[k + 1..] {
            let t = row[k].clone();
            row[k] = Float::with_val(prec, &row[k - 1] - Float::with_val(prec, &m * &t));
            row[k - 1] = t + Float::with_val(prec, &nu * &row[k]);
        }
        k = (k - 1).max(1);
    }
    Err(ApproxError::Singular {
        why: format!("the lattice reduction of {n} basis functions did not end"),
    })
}

fn subtract(rows: &mut [Vec<Float>], k: usize, j: usize, q: &Float, prec: u32) {
    let (before, from_k) = rows.split_at_mut(k);
    for (x, y) in from_k[0].iter_mut().zip(&before[j]) {
        *x -= Float::with_val(prec, y * q);
    }
}
